"""Opens a state, and notices what may not be served from: lost, damaged, or of other features."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from fraud_assets.errors import DamagedStateError, StateError, UnbuiltStateError
from fraud_assets.masking import is_url
from fraud_assets.state.adapter import Adapter, Transaction
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.coming import EPOCH
from fraud_assets.state.plan import Plan
from fraud_assets.state.sealed import Records
from fraud_assets.state.state import State

ABOUT = b"M"
"""Key of what a state says about itself."""

MEMORY = "memory:"
"""The place of a state that nobody keeps."""

_BEGUN, _COMPLETE = b"0", b"1"
_REMOTE = ("redis://", "rediss://", "unix://", "valkey://")
_REBUILD = "Build it: fraud-assets state build"


class About(msgspec.Struct, frozen=True):
    """Which features a state was built for, and until when from the source.

    `life` is that of its place, see `Adapter.life`, in which it was used last; empty where all of
    it was brought to disk: any later one may go on.
    """

    plan: str
    built_until: int | None = None
    life: str = ""
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
        if is_url(place):
            raise StateError(
                f"FRAUD_ASSETS_STATE must be a folder, or a server's URL that begins with "
                f"{', '.join(_REMOTE)}, but is another URL, which is not shown: set it."
            )
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
    condemn(adapter)  # whoever still fills the old one is refused from here on
    adapter.clear()
    epoch = os.urandom(8) + (_COMPLETE if is_complete else _BEGUN)
    about = About(plan.digest, None, adapter.life(), is_complete)

    def work(transaction: Transaction) -> None:
        records = Records(transaction)
        records.put(EPOCH, epoch)
        _say(records, about)

    adapter.transact(work)
    return State(adapter, plan, epoch)


def finish(state: State, built_until: int | None) -> None:
    """Say that a state holds all of its source until an instant, in microseconds.

    Raises
    ------
    StateMovedError
        If somebody else has begun it anew meanwhile.
    """

    def work(transaction: Transaction) -> None:
        records = Records(transaction)
        state.demand_same(records)
        about = _about(records) or About(state.plan.digest)
        _say(records, msgspec.structs.replace(about, is_complete=True, built_until=built_until))
        records.put(EPOCH, (state.epoch or b"")[:-1] + _COMPLETE)

    state.adapter.transact(work, [EPOCH, ABOUT])


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
    life = adapter.life()

    def work(transaction: Transaction) -> bytes | None:
        records = Records(transaction)
        about, epoch = _about(records), records.get(EPOCH)
        if about is None and not plan.tracks:
            return None
        _demand_usable(about, epoch, plan, life)
        if about is not None and about.life != life:
            _say(records, msgspec.structs.replace(about, life=life))
        return epoch

    epoch = adapter.transact(work, [ABOUT, EPOCH])
    return begin(adapter, plan) if epoch is None else State(adapter, plan, epoch)


def _demand_usable(about: About | None, epoch: bytes | None, plan: Plan, life: str) -> None:
    if about is None:
        raise UnbuiltStateError(
            f"There must be a state of past payments, but there is none. {_REBUILD}"
        )
    if about.is_complete and about.plan != plan.digest:
        raise UnbuiltStateError(
            "The state must be of the features of the version that serves, but was built for "
            f"others. {_REBUILD}"
        )
    if not about.is_complete or epoch is None or epoch[-1:] != _COMPLETE:
        raise UnbuiltStateError(
            "The state must be whole, but building broke off or damage was found. " + _REBUILD
        )
    if about.life not in ("", life):
        raise DamagedStateError(
            "The machine or server that holds the state went down while it was in use, so that it "
            f"may lack payments. Nothing is answered from it. {_REBUILD}"
        )


def condemn(adapter: Adapter) -> None:
    """Let nobody answer from a state any more: what it holds is damaged."""

    def work(transaction: Transaction) -> None:
        records = Records(transaction)
        records.put(EPOCH, os.urandom(8) + _BEGUN)
        _say(records, About("", is_complete=False))

    adapter.transact(work)


def close(state: State) -> None:
    """Bring the state to disk, and say so; one that was begun anew meanwhile is left as it is."""

    def work(transaction: Transaction) -> None:
        records = Records(transaction)
        about = _about(records)
        if about is not None and records.get(EPOCH) == state.epoch:
            _say(records, msgspec.structs.replace(about, life=""))

    if state.adapter.sync():
        state.adapter.transact(work, [EPOCH, ABOUT])
        state.adapter.sync()
    state.adapter.close()


def read_about(adapter: Adapter) -> About | None:
    """What the state says about itself."""
    return adapter.transact(lambda transaction: _about(Records(transaction)), [ABOUT])


def _about(records: Records) -> About | None:
    data = records.get(ABOUT)
    return None if data is None else Records.trusted(_decode, data)


def _decode(data: bytes) -> About:
    return msgspec.json.decode(data, type=About)


def _say(records: Records, about: About) -> None:
    records.put(ABOUT, msgspec.json.encode(about))
