"""The data that a worker's process keeps at hand, so that it fetches each of them once."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

MOST_BYTES = 2 * 1024**3
"""Data beyond, the longest unused first, are let go; the newest stays however large it is."""


class Shelf:
    """Values by their digest; several threads may use it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._values: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def put(self, digest: str, value: object, size: int) -> None:
        """Keep a value of so many bytes."""
        with self._lock:
            self._values[digest] = (value, size)
            self._values.move_to_end(digest)
            while len(self._values) > 1 and sum(n for _, n in self._values.values()) > self._most:
                self._values.popitem(last=False)

    def take(self, digest: str) -> Any:
        """The value.

        Raises
        ------
        KeyError
            If it is not at hand.
        """
        with self._lock:
            self._values.move_to_end(digest)
            return self._values[digest][0]

    def clear(self) -> None:
        """Let all go."""
        with self._lock:
            self._values.clear()


SHELF = Shelf()
"""That of this process."""
