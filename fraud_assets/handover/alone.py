"""One builder of a state at a time, and a place that can be built on whatever lies there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from fraud_assets.errors import DamagedStateError
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.opening import open_adapter
from fraud_assets.store.lock import take

BUSY = "Another process builds the state"
"""How it is told that this one waits."""

LOOK_SECONDS = 0.5
"""How often one that waits looks whether the other has ended."""

Telling = Callable[[str], None]

Result = TypeVar("Result")


def build_alone(
    place: str, name: str, work: Callable[[Adapter], Result], say: Telling = lambda _: None
) -> Result:
    """Do the work of the place's one builder; a file in which damage stops it is set aside first.

    Raises
    ------
    StateError
        If the place cannot be opened or built on.
    """
    with building_alone(place, name, say) as adapter:
        try:
            return work(adapter)
        except DamagedStateError as error:
            if "://" in place:
                raise
            adapter.close()
            say(f"{error}. It is set aside, and built anew now.")
            return work(_afresh(place, name))


def building_alone(
    place: str, name: str, say: Telling = lambda _: None
) -> AbstractContextManager[Adapter]:
    """The adapter of a place, for its one builder; a file that cannot be opened is set aside.

    While another process builds there, on this host or, in a server, on any, this one waits, and
    says so once. A builder that dies lets go: at once on its host, of a server after a few seconds.

    Raises
    ------
    StateError
        If the place cannot be opened.
    """
    if "://" not in place:
        return _folder(place, name, say)
    from fraud_assets.handover.leased import leased  # noqa: PLC0415 - needs redis

    return leased(open_adapter(place, name), say)


@contextmanager
def _folder(place: str, name: str, say: Telling) -> Iterator[Adapter]:
    Path(place).mkdir(parents=True, exist_ok=True)
    file = Path(place) / f"{name}.building"
    lock = take(file)
    if lock is None:
        say(f"{BUSY} in {place}; this one waits until it has ended.")
    while lock is None:
        time.sleep(LOOK_SECONDS)
        lock = take(file)
    try:
        yield _opened(place, name)
    finally:
        lock.release()


def _opened(place: str, name: str) -> Adapter:
    try:
        return open_adapter(place, name)
    except DamagedStateError:
        return _afresh(place, name)


def _afresh(place: str, name: str) -> Adapter:
    from fraud_assets.state.adapters.embedded import set_aside  # noqa: PLC0415 - needs LMDB

    set_aside(Path(place) / name)
    return open_adapter(place, name)
