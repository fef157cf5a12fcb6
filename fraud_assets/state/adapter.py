"""What a place must do to hold the state: one atomic transaction, and a walk through everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Transaction(Protocol):
    """Reads and writes that take effect together, or not at all.

    `position` grows with each transaction that takes effect; 0 where the place counts none.
    """

    position: int

    def get(self, key: bytes) -> bytes | None:
        """The value as it is when the transaction takes effect, None where there is none."""
        ...

    def glance(self, key: bytes) -> bytes | None:
        """The value as it was a moment ago; the transaction may take effect though it changed."""
        ...

    def put(self, key: bytes, value: bytes) -> None:
        """Write a value."""
        ...

    def delete(self, key: bytes) -> None:
        """Take a value away, if there is one."""
        ...


class Work(NamedTuple, Generic[T]):
    """What one transaction does; `keys` and `new` as in `Adapter.transact`."""

    run: Callable[[Transaction], T]
    keys: Sequence[bytes] = ()
    new: Sequence[bytes] = ()


class Items(NamedTuple):
    """Some of the keys and values, and where to go on; None where all were walked through."""

    found: list[tuple[bytes, bytes]]
    cursor: bytes | None


class Adapter(Protocol):
    """A place that holds the state. Keys have at most 64 bytes.

    `is_exclusive` where one transaction runs at a time: then a large one never has to run again.
    """

    is_exclusive: bool

    def transact(
        self,
        work: Callable[[Transaction], T],
        keys: Sequence[bytes] = (),
        new: Sequence[bytes] = (),
    ) -> T:
        """Run `work` as one atomic transaction; what it raises leaves nothing behind.

        `work` may run more than once; only the last run counts. `keys` are those that it will
        likely read, `new` those of them that are likely not there yet.

        Raises
        ------
        StateError
            If the place cannot be reached or is full; nothing was written.
        """
        ...

    def transact_each(self, works: Sequence[Work[T]]) -> list[T | Exception]:
        """Run each as an atomic transaction of its own, in order; what it gave, or what it raised.

        One that raises leaves nothing behind and hinders no other. They share what the place can
        share: a commit, a round trip.

        Raises
        ------
        StateError
            If the place cannot be reached or is full; nothing was written.
        """
        ...

    def walk(self, cursor: bytes | None, most: int) -> Items:
        """About `most` keys and values behind a cursor, each at least once over a whole walk."""
        ...

    def bytes_used(self) -> int:
        """Room that the state takes."""
        ...

    def clear(self) -> None:
        """Take everything away."""
        ...

    def life(self) -> str:
        """Names the life of the memory in which writes may lie that are on no disk yet.

        Under another name some of them may be lost; empty where none ever is.
        """
        ...

    def sync(self) -> bool:
        """Bring to disk what may still be in memory only; whether all is there now.

        Raises
        ------
        DamagedStateError
            If writes may have been lost since `life` was asked for.
        """
        ...

    def close(self) -> None:
        """Let go of the place."""
        ...
