"""One builder of a state at a time, and a place that can be built on whatever lies there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fraud_assets.errors import DamagedStateError, StateError
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.opening import open_adapter
from fraud_assets.store.lock import take

BUSY = "Another process builds the state"
"""How the refusal of a second builder begins."""


@contextmanager
def building_alone(place: str, name: str) -> Iterator[Adapter]:
    """The adapter of a place, for its one builder; a file that cannot be opened is set aside.

    Raises
    ------
    StateError
        If another process of this host builds there, or the place cannot be opened.
    """
    lock = None
    if "://" not in place:
        Path(place).mkdir(parents=True, exist_ok=True)
        lock = take(Path(place) / f"{name}.building")
        if lock is None:
            raise StateError(f"{BUSY} in {place}; wait until it has ended.")
    try:
        yield _opened(place, name)
    finally:
        if lock is not None:
            lock.release()


def _opened(place: str, name: str) -> Adapter:
    try:
        return open_adapter(place, name)
    except DamagedStateError:
        from fraud_assets.state.adapters.embedded import set_aside  # noqa: PLC0415 - needs LMDB

        set_aside(Path(place) / name)
        return open_adapter(place, name)
