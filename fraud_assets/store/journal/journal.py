"""Moves of production: `latest.json` and `promotions.jsonl` change together or not at all.

A move is written beside in full (`.promotions.next`, then `.latest.next`), flushed, and takes
place at one instant, the replacement of `latest.json`. What a crash can leave behind, and what
the next writer does with it:

- no valid `.latest.next`: the move never was; leftovers are removed;
- a valid `.latest.next` whose version is in place: every check had passed and nothing has moved
  since, so the move is finished;
- a `latest.json` one ahead of the log, or of a log whose last line is torn: its line is added.

Writers hold the store's lock; readers need none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fraud_assets.documents.move import Move
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.files import flush_folder, one_sentence, read_file, write_over
from fraud_assets.store.journal.log import LOG_FILE, Entry, Log, follows, read_entries
from fraud_assets.store.journal.position import Position
from fraud_assets.store.journal.record import MOST_OF_LINE, line_of, read_move, sign_move
from fraud_assets.store.keys import Keys, Trusted

POINTER_FILE = "latest.json"
MOST_OF_LOG = 64 * 1024 * 1024
"""Bytes of the log: room for some 60,000 moves."""

_NEXT_POINTER = ".latest.next"
_NEXT_LOG = ".promotions.next"
_READS = 20
_REPAIR = "put it back with `fraud-assets models rollback {} --actor NAME --reason TEXT`"


@dataclass(frozen=True)
class Journal:
    """The pointer and the log in `root`."""

    root: Path
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

    def is_moving(self) -> bool:
        """Whether a move was begun that the next writer finishes or withdraws."""
        return self._intent() is not None

    def move(
        self, draft: Move, place: Callable[[], None], take_back: Callable[[], None]
    ) -> Position:
        """Sign `draft` and make it the current move; `place` puts its version in place first.

        The record is read back, as every reader will read it, before anything is placed.

        Raises
        ------
        TrustError
            If it could not be read back.
        StoreError
            If the disk refuses; `take_back` has undone `place` then.
        """
        line = line_of(sign_move(draft, self.keys))
        before = Log.parse(self._log()).lines
        moved = self._agreed(line, Log(before, b""))
        if moved is None or moved.entries[-1].line != line:
            raise TrustError(f"The record of {draft.version} cannot be read back; nothing moved.")
        try:
            with one_sentence("move production in", self.root):
                write_over(self.root / _NEXT_LOG, moved.log)
                write_over(self.root / _NEXT_POINTER, line)
                flush_folder(self.root)
                place()
                flush_folder(self.root)
                (self.root / _NEXT_POINTER).replace(self.root / POINTER_FILE)
                flush_folder(self.root)
        except BaseException:
            if self._optional(POINTER_FILE, MOST_OF_LINE) != line:
                take_back()
                self._withdraw()
            raise
        # From here on the move is in force and the pointer carries its line, so a failure to put
        # the log in place is no failure of the move: readers count the line, the next run adds it.
        with suppress(OSError):
            self._put_log()
        return moved

    def recover(self, is_in_place: Callable[[Move], bool]) -> list[str]:
        """Finish or undo what a crash left behind; returns what was done, in sentences."""
        done = []
        try:
            now, intent = self.position(), self._intent()
            last = None if now is None else now.entries[-1]
            if (
                intent is not None
                and follows(intent, last, self._trusted())
                and is_in_place(intent)
            ):
                (self.root / _NEXT_POINTER).replace(self.root / POINTER_FILE)
                flush_folder(self.root)
                done.append(f"finished the {intent.kind} of {intent.version}")
                now = self.position()
            if now is not None and self._log() != now.log:
                write_over(self.root / _NEXT_LOG, now.log)
                self._put_log()
                done.append(f"logged the {now.move.kind} of {now.move.version}")
        except StoreError:
            # Pointer or log do not hold: nothing can be finished on such ground. Whoever asks
            # for the current version hears of it; a rollback mends it.
            pass
        self._withdraw()
        return done

    def _put_log(self) -> None:
        (self.root / _NEXT_LOG).replace(self.root / LOG_FILE)
        flush_folder(self.root)

    def _withdraw(self) -> None:
        for name in (_NEXT_POINTER, _NEXT_LOG):
            with suppress(OSError):
                (self.root / name).unlink(missing_ok=True)

    def _intent(self) -> Move | None:
        data = self._optional(_NEXT_POINTER, MOST_OF_LINE)
        if data is None:
            return None
        try:
            return read_move(data, self._trusted(), _NEXT_POINTER)
        except TrustError:
            return None

    def _read(self) -> tuple[bytes | None, bytes]:
        """Pointer and log of one moment: read again while the pointer moves."""
        pointer = self._optional(POINTER_FILE, MOST_OF_LINE)
        for _ in range(_READS):
            log, before = self._log(), pointer
            pointer = self._optional(POINTER_FILE, MOST_OF_LINE)
            if pointer == before:
                return pointer, log
        raise StoreError(f"{self.root / POINTER_FILE} changes without pause: run again.")

    def _log(self) -> bytes:
        return self._optional(LOG_FILE, MOST_OF_LOG) or b""

    def _optional(self, name: str, most: int) -> bytes | None:
        with one_sentence("read", self.root / name):
            try:
                return read_file(self.root / name, most)
            except FileNotFoundError:
                return None

    def _trusted(self) -> Trusted:
        return self.keys.trusted(self.root)

    def _entries(self, lines: Sequence[bytes], *, is_thorough: bool = False) -> list[Entry]:
        return read_entries(lines, self._trusted(), is_thorough=is_thorough)

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
            return Position([*entries, Entry.of(pointer, data, first)])
        ends = f"ends with move {last.move.sequence} to {last.move.version}" if last else "is empty"
        ends += ", then half a line" if log.torn else ""
        raise TrustError(
            f"{POINTER_FILE} says move {pointer.sequence} to {pointer.version}, {LOG_FILE} {ends}: "
            f"one of them was replaced; restore the log, or {repair}."
        )
