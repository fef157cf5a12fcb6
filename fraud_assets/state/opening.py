"""Opens a state, and notices what may not be served from: lost, damaged, or of other features."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from fraud_assets.errors import DamagedStateError, StateError, UnbuiltStateError
from fraud_assets.state.adapter import Adapter, Transaction
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.plan import Plan
from fraud_assets.state.sealed import Records
from fraud_assets.state.state import EPOCH, State

ABOUT = b"M"
"""Key of what a state says about itself."""

MEMORY = "memory:"
"""The place of a state that nobody keeps."""

_BEGUN, _COMPLETE = b"0", b"1"
_REMOTE = ("redis://", "rediss://", "unix://", "valkey://")
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_REBUILD = "Build it: fraud-assets state build"


class About(msgspec.Struct, frozen=True):
    """Which features a state was built for, until when from the source, and since which boot.

    `boot` is empty where the state was brought to disk and closed: any later boot may go on.
    """

    plan: str
    built_until: int | None = None
    boot: str = ""
    is_complete: bool = True


def default_place(models: object) -> str:
    """The folder `state` beside the store; in the working directory where the store is none."""
    text = str(models)
    return "state" if "://" in text else str(Path(text).parent / "state")


def open_adapter(place: str, name: str) -> Adapter:
    """The adapter of a place: a folder, or a server's URL; `name` is the contract's.

    Raises
    ------
    StateError
        If it cannot be opened, or what it needs is not installed.
    """
    if place == MEMORY:
        return Memory()
    try:
        if place.startswith(_REMOTE):
            from fraud_assets.state.adapters.remote import Remote  # noqa: PLC0415 - only where it is used

            return Remote(place.replace("valkey://", "redis://", 1), name)
        from fraud_assets.state.adapters.embedded import Embedded  # noqa: PLC0415 - as above

        return Embedded(Path(place) / name)
    except ImportError as error:
        raise StateError(
            f"The state needs {error.name}, which is not installed; run: pip install "
            "'fraud-assets[serve]'."
        ) from error


def begin(adapter: Adapter, plan: Plan, *, is_complete: bool = True) -> State:
    """An empty state for these features; what the place held is gone.

    One that is not complete is served from only once it is finished.
    """
    adapter.clear()
    epoch = os.urandom(8) + (_COMPLETE if is_complete else _BEGUN)

    def work(transaction: Transaction) -> None:
        records = Records(transaction)
        records.put(EPOCH, epoch)
        records.put(ABOUT, msgspec.json.encode(About(plan.digest, None, boot_id(), is_complete)))

    adapter.transact(work)
    return State(adapter, plan, epoch)


def finish(adapter: Adapter, built_until: int | None) -> None:
    """Say that a state holds all of its source until an instant, in microseconds."""
    about = read_about(adapter)
    if about is not None:
        about = msgspec.structs.replace(about, is_complete=True, built_until=built_until)
        _say(adapter, about)
        adapter.transact(_complete, [EPOCH])


def go_on(adapter: Adapter, plan: Plan) -> State:
    """The state as it was left.

    A state that keeps nothing but ids begins by itself; one that lacks history does not.

    Raises
    ------
    UnbuiltStateError
        If there is none for these features.
    DamagedStateError
        If it may have lost writes.
    """
    about = read_about(adapter)
    if about is None and not plan.tracks:
        return begin(adapter, plan)
    if about is None:
        raise UnbuiltStateError(
            f"There must be a state of past payments, but there is none. {_REBUILD}"
        )
    if about.is_complete and about.plan != plan.digest:
        raise UnbuiltStateError(
            "The state must be of the features of the version that serves, but was built for "
            f"others. {_REBUILD}"
        )
    if not about.is_complete:
        raise UnbuiltStateError(
            "The state must be whole, but building broke off or damage was found. " + _REBUILD
        )
    if about.boot not in ("", boot_id()):
        raise DamagedStateError(
            "The machine went down while the state was in use, so that it may lack payments. "
            f"Nothing is answered from it. {_REBUILD}"
        )
    _say(adapter, msgspec.structs.replace(about, boot=boot_id()))
    return State(adapter, plan, _epoch(adapter))


def condemn(adapter: Adapter) -> None:
    """Let nobody answer from a state any more: what it holds is damaged."""

    def work(transaction: Transaction) -> None:
        records = Records(transaction)
        records.put(EPOCH, os.urandom(8) + _BEGUN)
        records.put(ABOUT, msgspec.json.encode(About("", None, boot_id(), is_complete=False)))

    adapter.transact(work)


def close(state: State) -> None:
    """Bring the state to disk, and say so."""
    about = read_about(state.adapter)
    state.adapter.sync()
    if about is not None:
        _say(state.adapter, msgspec.structs.replace(about, boot=""))
        state.adapter.sync()
    state.adapter.close()


def read_about(adapter: Adapter) -> About | None:
    """What the state says about itself."""
    data = adapter.transact(lambda transaction: Records(transaction).get(ABOUT), [ABOUT])
    return None if data is None else Records.trusted(_decode, data)


def boot_id() -> str:
    """Names this start of the machine; empty where the system has no such name."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def _epoch(adapter: Adapter) -> bytes | None:
    return adapter.transact(lambda transaction: Records(transaction).get(EPOCH), [EPOCH])


def _complete(transaction: Transaction) -> None:
    records = Records(transaction)
    records.put(EPOCH, (records.get(EPOCH) or b"")[:-1] + _COMPLETE)


def _decode(data: bytes) -> About:
    return msgspec.json.decode(data, type=About)


def _say(adapter: Adapter, about: About) -> None:
    adapter.transact(lambda t: Records(t).put(ABOUT, msgspec.json.encode(about)), [ABOUT])
