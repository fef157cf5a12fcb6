"""The state in this process's own memory: for tests, and for replays that nobody keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock

from fraud_assets.state.adapter import Items, T, Transaction, Work


class _Overlay:
    """A transaction over a dictionary: written together at its end."""

    def __init__(self, held: dict[bytes, bytes], position: int) -> None:
        self._held, self.position = held, position
        self.written: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.written[key] if key in self.written else self._held.get(key)

    glance = get

    def put(self, key: bytes, value: bytes) -> None:
        self.written[key] = value

    def delete(self, key: bytes) -> None:
        self.written[key] = None


class Memory:
    """Holds the state while the process lives."""

    is_exclusive = True

    def __init__(self) -> None:
        self.held: dict[bytes, bytes] = {}
        self._done = 0
        self._lock = RLock()

    def transact(
        self,
        work: Callable[[Transaction], T],
        keys: Sequence[bytes] = (),  # noqa: ARG002 - nothing to fetch
        new: Sequence[bytes] = (),  # noqa: ARG002
    ) -> T:
        """See `Adapter`."""
        with self._lock:
            overlay = _Overlay(self.held, self._done + 1)
            result = work(overlay)
            self._done += 1
            for key, value in overlay.written.items():
                if value is None:
                    self.held.pop(key, None)
                else:
                    self.held[key] = value
            return result

    def transact_each(self, works: Sequence[Work[T]]) -> list[T | Exception]:
        """See `Adapter`."""
        found: list[T | Exception] = []
        for work in works:
            try:
                found.append(self.transact(work.run))
            except Exception as error:  # noqa: BLE001 - whoever asked for it raises it
                found.append(error)
        return found

    def walk(self, cursor: bytes | None, most: int) -> Items:
        """See `Adapter`."""
        with self._lock:
            keys = sorted(key for key in self.held if cursor is None or key > cursor)[:most]
            found = [(key, self.held[key]) for key in keys]
        return Items(found, keys[-1] if len(keys) == most else None)

    def bytes_used(self) -> int:
        """Bytes of all keys and values."""
        with self._lock:
            return sum(len(key) + len(value) for key, value in self.held.items())

    def clear(self) -> None:
        """See `Adapter`."""
        with self._lock:
            self.held.clear()

    def life(self) -> str:
        """Nobody can open it after this process."""
        return ""

    def sync(self) -> bool:
        """There is no disk."""
        return True

    def close(self) -> None:
        """There is nothing to let go of."""
