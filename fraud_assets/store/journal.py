"""Moves of production: `latest.json` and `promotions.jsonl` change together or not at all.

A move is written beside in full (`.promotions.next`, then `.latest.next`), flushed, and takes
place at one instant, the replacement of `latest.json`. What a crash can leave behind, and what
the next writer does with it:

- no valid `.latest.next`: the move never was; leftovers are removed;
- a valid `.latest.next` whose version is in place: every check had passed and nothing has moved
  since, so the move is finished;
- a `latest.json` one ahead of the log: its line is added to the log.

Writers hold the store's lock; readers need none.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.files import flush_folder, one_sentence, read_file, write_over
from fraud_assets.store.keys import Keys
from fraud_assets.store.log import LOG_FILE, follows, read_last, read_log
from fraud_assets.store.pointer import Pointer, read_pointer, sign_pointer

POINTER_FILE = "latest.json"
_NEXT_POINTER = ".latest.next"
_NEXT_LOG = ".promotions.next"
_READS = 20
_REPAIR = "put it back with `fraud-assets models rollback {} --actor NAME --reason TEXT`"


@dataclass(frozen=True)
class Journal:
    """The pointer and the log in `root`."""

    root: Path
    keys: Keys

    def current(self) -> Pointer | None:
        """What serves now; None before the first promotion.

        Raises
        ------
        TrustError
            If pointer or last log line do not hold, or one is older than the other.
        StoreError
            If the pointer is missing though the log has moves.
        """
        pointer, log = self._read()
        return self._agreed(pointer, log)

    def history(self) -> list[Pointer]:
        """Every move, oldest first, all signatures and the whole chain verified; raises alike."""
        pointer, log = self._read()
        now = self._agreed(pointer, log)
        moves = read_log(log, self.keys.public_key()) if log else []
        return moves if now is None or (moves and moves[-1] == now) else [*moves, now]

    def logged(self) -> list[Pointer]:
        """The log's moves, verified, whatever the pointer says: what a lost one is mended from."""
        log = self._log()
        return read_log(log, self.keys.public_key()) if log else []

    def move(
        self, draft: Pointer, place: Callable[[], None], take_back: Callable[[], None]
    ) -> Pointer:
        """Sign `draft` and make it the current move; `place` puts its version in place first.

        Raises
        ------
        StoreError
            If the disk refuses; `take_back` has undone `place` then.
        """
        signed = sign_pointer(draft, self.keys)
        line = signed.line()
        try:
            with one_sentence("move production in", self.root):
                write_over(self.root / _NEXT_LOG, self._log() + line)
                write_over(self.root / _NEXT_POINTER, line)
                flush_folder(self.root)
                place()
                flush_folder(self.root)
                (self.root / _NEXT_POINTER).replace(self.root / POINTER_FILE)
                flush_folder(self.root)
        except BaseException:
            if self._optional(POINTER_FILE) != line:
                self._withdraw()
                take_back()
            raise
        # From here on the move is in force and the pointer carries its line, so a failure to put
        # the log in place is no failure of the move: readers count the line, the next run adds it.
        with suppress(OSError):
            self._put_log()
        return signed

    def recover(self, is_in_place: Callable[[Pointer], bool]) -> list[str]:
        """Finish or undo what a crash left behind; returns what was done, in sentences."""
        done = []
        try:
            now = self.current()
            intent = self._intent()
            if intent is not None and follows(intent, now) and is_in_place(intent):
                (self.root / _NEXT_POINTER).replace(self.root / POINTER_FILE)
                flush_folder(self.root)
                done.append(f"finished the {intent.kind} of {intent.version}")
                now = intent
            if now is not None and not self._log().endswith(now.line()):
                write_over(self.root / _NEXT_LOG, self._log() + now.line())
                self._put_log()
                done.append(f"logged the {now.kind} of {now.version}")
        except StoreError:
            # Pointer or log do not hold: nothing can be finished on such ground. Whoever asks
            # for the current version is told; a rollback mends it.
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

    def _intent(self) -> Pointer | None:
        data = self._optional(_NEXT_POINTER)
        if data is None:
            return None
        try:
            return read_pointer(data, self.keys.public_key(), _NEXT_POINTER)
        except TrustError:
            return None

    def _read(self) -> tuple[bytes | None, bytes]:
        """Pointer and log of one moment: read again while the pointer moves."""
        pointer = self._optional(POINTER_FILE)
        for _ in range(_READS):
            log, before = self._log(), pointer
            pointer = self._optional(POINTER_FILE)
            if pointer == before:
                return pointer, log
        raise StoreError(f"{self.root / POINTER_FILE} changes without pause: run again.")

    def _log(self) -> bytes:
        return self._optional(LOG_FILE) or b""

    def _optional(self, name: str) -> bytes | None:
        with one_sentence("read", self.root / name):
            try:
                return read_file(self.root / name)
            except FileNotFoundError:
                return None

    def _agreed(self, data: bytes | None, log: bytes) -> Pointer | None:
        if data is None and not log:
            return None
        key = self.keys.public_key()
        last = read_last(log, key)
        if last is not None and data == last.line():
            return last
        repair = _REPAIR.format(last.version if last else "VERSION")
        if data is None:
            raise StoreError(f"{POINTER_FILE} is missing, {LOG_FILE} has moves: {repair}.")
        try:
            pointer = read_pointer(data, key, POINTER_FILE)
        except TrustError as error:
            raise TrustError(f"{error}; {repair}.") from error
        if follows(pointer, last):
            return pointer
        ends = f"ends with move {last.sequence} to {last.version}" if last else "is empty"
        raise TrustError(
            f"{POINTER_FILE} says move {pointer.sequence} to {pointer.version}, {LOG_FILE} {ends}: "
            f"one of them was replaced; restore the log, or {repair}."
        )
