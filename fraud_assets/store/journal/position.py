"""Where a journal stands, and what was seen of it before: it may go forward, never back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import TrustError
from fraud_assets.store.journal.log import JournalEntry
from fraud_assets.store.journal.record import move_digest

RESTORED = (
    "restore latest.json and promotions.jsonl from a backup, or accept what is there, on record: "
    "`fraud-assets models rollback VERSION --restored --actor NAME --reason TEXT`"
)


class Mark(msgspec.Struct, frozen=True):
    """How far a store's journal was seen: the store's identity, the move, its line's digest."""

    store: str
    sequence: int
    line: str


@dataclass(frozen=True)
class Position:
    """Every entry of a journal up to the move in force; never empty."""

    entries: Sequence[JournalEntry]

    @property
    def move(self) -> Move:
        """The move in force."""
        return self.entries[-1].move

    @property
    def moves(self) -> list[Move]:
        """Every move that led here, oldest first."""
        return [entry.move for entry in self.entries]

    @property
    def store(self) -> str:
        """The identity of the store."""
        return self.entries[-1].store

    @property
    def mark(self) -> Mark:
        """What to remember, so that going back is noticed."""
        return Mark(self.store, self.move.sequence, move_digest(self.entries[-1].line))

    @property
    def log(self) -> bytes:
        """The log as it should be."""
        return b"".join(entry.line for entry in self.entries)


def demand_fresh(found: Position | None, seen: Mark | None, where: object) -> None:
    """Demand that the journal at `where` goes on from what was seen of it.

    Pure; whoever keeps running, such as a service, keeps the last mark and passes it in.

    Raises
    ------
    TrustError
        If it is gone, another store's, older, or of another history.
    """
    if seen is None:
        return
    if found is None:
        fault = f"has no journal any more, move {seen.sequence} was seen before"
    elif found.store != seen.store:
        fault = (
            f"holds the journal of store {found.store[:12]}, {seen.store[:12]}'s was seen before"
        )
    elif found.move.sequence < seen.sequence:
        fault = (
            f"stands at move {found.move.sequence} to {found.move.version}, move {seen.sequence} "
            "was seen before"
        )
    elif move_digest(found.entries[seen.sequence - 1].line) != seen.line:
        fault = f"has another move {seen.sequence} than was seen before"
    else:
        return
    raise TrustError(f"{where} {fault}: pointer and log were replaced or removed; {RESTORED}.")
