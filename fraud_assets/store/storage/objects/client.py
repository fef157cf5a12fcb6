"""What a store of objects has to do; a file in `kinds` makes each kind of client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class StoredObject:
    """An object as a listing shows it."""

    key: str
    size: int
    tag: str
    modified: datetime


class Client(Protocol):
    """Each act happens at once, and for all to see."""

    def create(self, key: str, data: bytes) -> bool:
        """Store an object unless there is one; whether it did."""

    def chunks(self, key: str) -> Iterator[bytes]:
        """An object's bytes; FileNotFoundError where there is none."""

    def found(self, prefix: str, after: str = "") -> list[StoredObject]:
        """The objects whose keys begin so, in order, from behind the key `after` on."""

    def replace(self, key: str, data: bytes) -> None:
        """Store an object over whatever was there; for what nobody may rely on."""

    def folders(self, prefix: str) -> list[str]:
        """The names below a prefix that have objects below them."""

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there does no harm."""
