"""The log of moves, `promotions.jsonl`: signed lines, each bearing the digest of the one before.

A line edited, removed, added or moved is noticed, since the last line's signature vouches for
every line before it. Lines removed from the end together with the pointer's move are noticed by
what was seen before: `marks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import TrustError
from fraud_assets.store.journal.record import move_digest, parse_move, read_move
from fraud_assets.store.keys import Trusted
from fraud_assets.store.storage.port import LOG_FILE

_RESTORE = "restore it from a backup"


@dataclass(frozen=True)
class Log:
    """The lines as stored, newline included; `torn` is the beginning of one more."""

    lines: tuple[bytes, ...]
    torn: bytes

    @classmethod
    def parse(cls, data: bytes) -> Log:
        """The log in a file's bytes."""
        whole = data.rfind(b"\n") + 1
        lines = tuple(line + b"\n" for line in data[:whole].split(b"\n")[:-1])
        return cls(lines, data[whole:])


@dataclass(frozen=True)
class JournalEntry:
    """A move as it stands in a journal: its bytes, and the identity of the store."""

    move: Move
    line: bytes
    store: str

    @classmethod
    def of(cls, move: Move, line: bytes, first: bytes) -> JournalEntry:
        """The entry in a journal that opens with the line `first`.

        A store that was begun under format 1 bears the digest of that line.
        """
        return cls(move, line, move.store or move_digest(first))


def follows(move: Move, before: JournalEntry | None, trusted: Trusted) -> bool:
    """Whether `move` is the one right after `before`, in the same store.

    Its key must not be older than the one before: a key that was replaced, perhaps because others
    may have read it, signs nothing more.
    """
    if before is None:
        return move.sequence == 1 and move.previous_line is None
    last = before.move
    is_next = move.sequence == last.sequence + 1 and move.previous_line == move_digest(before.line)
    is_same = move.store in {"", before.store} and last.contract in {"", move.contract}
    is_newer = move.format >= last.format and trusted.rank(move.key) >= trusted.rank(last.key)
    return is_next and is_same and is_newer


def read_journal(
    lines: Sequence[bytes], trusted: Trusted, *, is_thorough: bool = False
) -> list[JournalEntry]:
    """Every move, oldest first, with the chain between them verified.

    The last line's signature vouches for all before it; `is_thorough` checks each one's too.

    Raises
    ------
    TrustError
        If a line does not hold or does not follow the one before; names the line.
    """
    if not is_thorough:
        try:
            return _chained(lines, trusted, verified_from=len(lines))
        except TrustError:
            pass  # read again, each line by itself, to name the one at fault
    return _chained(lines, trusted, verified_from=1)


def _chained(lines: Sequence[bytes], trusted: Trusted, verified_from: int) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for number, line in enumerate(lines, start=1):
        move = _read_line(line, trusted if number >= verified_from else None, number)
        if not follows(move, entries[-1] if entries else None, trusted):
            raise TrustError(
                f"{LOG_FILE} line {number} does not follow the line before it: a line was "
                f"removed, added or moved; {_RESTORE}."
            )
        entries.append(JournalEntry.of(move, line, lines[0]))
    return entries


def _read_line(line: bytes, trusted: Trusted | None, number: int) -> Move:
    what = f"{LOG_FILE} line {number}"
    try:
        return parse_move(line, what) if trusted is None else read_move(line, trusted, what)
    except TrustError as error:
        raise TrustError(f"{error}; {_RESTORE}.") from error
