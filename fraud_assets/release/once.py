"""What judge and publisher of one process both show, made once for the same bytes.

The publisher believes nothing that was handed to it, so a value is kept beside the digest of all
that it is made of: model, contract, every row. Each step takes the digest anew; whoever edits one
of them between judging and publishing gets a value made of what he edited. One value of each kind
is kept, in this process alone, and nothing comes from disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class MadeOnce(Generic[Value]):
    """The last value of its kind, made again only for another digest."""

    def __init__(self) -> None:
        self._kept: tuple[str, Value] | None = None

    def kept(self, digest: str) -> Value | None:
        """What was made for what has this digest; None if another value was made since, or none."""
        return None if self._kept is None or self._kept[0] != digest else self._kept[1]

    def of(self, digest: str, make: Callable[[], Value]) -> Value:
        """What `make` gives for what has this digest; nobody may change it in place."""
        if self._kept is None or self._kept[0] != digest:
            self._kept = digest, make()
        return self._kept[1]
