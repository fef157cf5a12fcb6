"""Moves of production: the pointer and the log of moves change together or not at all.

`latest.json` is the last line of `promotions.jsonl`, byte for byte, so that one act of the
storage is the move, and a log that lags behind by a crash can be completed without a key.
Writers hold the storage's lock where it has one; readers need none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.files import one_sentence
from fraud_assets.store.journal.log import JournalEntry, Log, follows, read_journal
from fraud_assets.store.journal.position import Position
from fraud_assets.store.journal.record import MOST_OF_LINE, move_line, read_move, sign_move
from fraud_assets.store.keys import Keys, Trusted
from fraud_assets.store.storage.port import LOG_FILE, POINTER_FILE, Staged, Storage, read

MOST_OF_LOG = 64 * 1024 * 1024
"""Bytes of the log: room for some 60,000 moves."""

_READS = 20
_REPAIR = "put it back with `fraud-assets models rollback {} --actor NAME --reason TEXT`"


@dataclass(frozen=True)
class Journal:
    """The pointer and the log in a storage."""

    storage: Storage
    keys: Keys

    def position(self) -> Position | None:
        """Where the journal stands; None before the first promotion.

        Raises
        ------
        TrustError
            If pointer or last log line do not hold, or one is older than the other.
        StoreError
            If the pointer is missing though the log has moves.
        """
        pointer, log = self._read()
        return self._agreed(pointer, Log.parse(log))

    def logged(self) -> Position | None:
        """Where the log alone stands, each line verified: what a lost pointer is mended from."""
        lines = Log.parse(self._log()).lines
        return Position(self._entries(lines, is_thorough=True)) if lines else None

    def demand_signed(self, position: Position) -> None:
        """Verify each record's own signature too, which the last one's vouches for.

        Raises
        ------
        TrustError
            If one does not hold; names the line.
        """
        self._entries([entry.line for entry in position.entries], is_thorough=True)

    def move(self, draft: Move, staged: Staged | None) -> Position:
        """Sign `draft` and make it the current move, together with the version that is staged.

        The record is read back, as every reader will read it, before anything is published.

        Raises
        ------
        TrustError
            If it could not be read back.
        StoreError
            If the storage refuses, or has moved; nothing has changed then.
        """
        line = move_line(sign_move(draft, self.keys))
        before = Log.parse(self._log()).lines
        moved = self._agreed(line, Log(before, b""))
        if moved is None or moved.entries[-1].line != line:
            raise TrustError(f"The record of {draft.version} cannot be read back; nothing moved.")
        with one_sentence("move production in", self.storage.where()):
            self.storage.move(b"".join(before), line, staged)
        return moved

    def recover(self, is_in_place: Callable[[Move], bool]) -> list[str]:
        """Finish or undo what a crash left behind; returns what was done, in sentences."""
        done = []
        if self.storage.recover(lambda line: self._may_follow(line, is_in_place)):
            done.append("finished the {0.kind} of {0.version}")
        try:
            now = self.position()
            log = Log.parse(self._log())
        except StoreError:
            # Pointer or log do not hold: nothing can be finished on such ground. Whoever asks
            # for the current version hears of it; a rollback mends it.
            return []
        if now is not None and (log.torn or len(log.lines) < len(now.entries)):
            self.storage.append(LOG_FILE, b"".join(log.lines), now.entries[-1].line)
            done.append("logged the {0.kind} of {0.version}")
        return [] if now is None else [sentence.format(now.move) for sentence in done]

    def _may_follow(self, line: bytes, is_in_place: Callable[[Move], bool]) -> bool:
        """Whether a move that was begun holds, is the next one, and its version is in place."""
        try:
            intent, now = (
                read_move(line, self._trusted(), "the move that was begun"),
                self.position(),
            )
        except StoreError:
            return False
        last = None if now is None else now.entries[-1]
        return follows(intent, last, self._trusted()) and is_in_place(intent)

    def _read(self) -> tuple[bytes | None, bytes]:
        """Pointer and log of one moment: read again while the pointer moves."""
        pointer = self._pointer()
        for _ in range(_READS):
            log, before = self._log(), pointer
            pointer = self._pointer()
            if pointer == before:
                return pointer, log
        where = self.storage.where(POINTER_FILE)
        raise StoreError(f"{where} changes without pause: run again.")

    def _pointer(self) -> bytes | None:
        with one_sentence("read", self.storage.where(POINTER_FILE)):
            return read(self.storage, POINTER_FILE, MOST_OF_LINE)

    def _log(self) -> bytes:
        with one_sentence("read", self.storage.where(LOG_FILE)):
            return read(self.storage, LOG_FILE, MOST_OF_LOG) or b""

    def _trusted(self) -> Trusted:
        return self.keys.trusted(self.storage)

    def _entries(self, lines: Sequence[bytes], *, is_thorough: bool = False) -> list[JournalEntry]:
        return read_journal(lines, self._trusted(), is_thorough=is_thorough)

    def _agreed(self, data: bytes | None, log: Log) -> Position | None:
        """What pointer and log say together, the pointer at most one move ahead."""
        if data is None and not log.lines and not log.torn:
            return None
        entries = self._entries(log.lines)
        last = entries[-1] if entries else None
        if last is not None and data == last.line and not log.torn:
            return Position(entries)
        repair = _REPAIR.format(last.move.version if last else "VERSION")
        if data is None:
            raise StoreError(f"{POINTER_FILE} is missing, {LOG_FILE} has moves: {repair}.")
        try:
            pointer = read_move(data, self._trusted(), POINTER_FILE)
        except TrustError as error:
            raise TrustError(f"{error}; {repair}.") from error
        if follows(pointer, last, self._trusted()) and data.startswith(log.torn):
            first = log.lines[0] if log.lines else data
            return Position([*entries, JournalEntry.of(pointer, data, first)])
        ends = f"ends with move {last.move.sequence} to {last.move.version}" if last else "is empty"
        ends += ", then half a line" if log.torn else ""
        raise TrustError(
            f"{POINTER_FILE} says move {pointer.sequence} to {pointer.version}, {LOG_FILE} {ends}: "
            f"one of them was replaced; restore the log, or {repair}."
        )
