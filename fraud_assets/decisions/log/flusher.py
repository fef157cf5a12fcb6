"""The thread that brings entries to disk, a block for each window, and declares what is missing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol, TypeAlias

from msgspec import Raw

from fraud_assets.decisions.line import Chunk, chunk_of, encode
from fraud_assets.decisions.log.appender import Appender
from fraud_assets.decisions.log.clock import Clock
from fraud_assets.decisions.log.counter import Counter
from fraud_assets.decisions.log.settings import LogSettings
from fraud_assets.documents.decision import Decision, Gap, Label, Loss, Shadowed
from fraud_assets.errors import FraudAssetsError

_log = logging.getLogger("fraud_assets.decisions")

_BLOCK = 4096
"""Entries at which a block is full."""

_GATHERING = 0.8
"""Share of the window in which entries gather; the rest is for the flush."""

_IDLE_SECONDS = 1.0
"""How often an idle log looks whether its segment is old enough to be closed."""

Recordable: TypeAlias = Decision | Shadowed | Label


class Guard(Protocol):
    """What covers personal values before they reach the log."""

    def cover(self, entry: Recordable) -> Recordable:
        """The entry with its personal values covered; no I/O."""
        ...

    def flush(self) -> None:
        """Bring new keys to disk, before what they cover."""
        ...


class Flusher:
    """Entries on their way to disk.

    `recorded`, `missing` and `put` belong to the event loop's thread, `flushed` and `declared`
    to this one's; each is written by its owner alone. `on_change` is called after each flush and
    each failure. `accounted` entries are on record or declared, `lost` are to be declared.
    `guards` are all that ever covered an entry of this process: each may have new keys.
    """

    def __init__(
        self,
        appender: Appender,
        *,
        counter: Counter,
        guard: Guard | None,
        clock: Clock,
        settings: LogSettings,
        on_change: Callable[[], None],
        accounted: int,
        lost: int,
    ) -> None:
        self._appender, self._counter = appender, counter
        self.guards = [] if guard is None else [guard]
        self._clock, self._settings, self._on_change = clock, settings, on_change
        self._accounted, self._lost = accounted, lost
        self.waiting: list[Chunk] = []
        self.held: list[Chunk] = []
        self.recorded = self.flushed = self.missing = self.declared = 0
        self.trouble = self.late = ""
        self._is_idle = False
        self._wake, self._stop = threading.Event(), threading.Event()
        self._look_at_clock()
        self._thread = threading.Thread(target=self._work, name="decision-log", daemon=True)

    def start(self) -> None:
        """Begin; what the place lost before is said at once: others look for it (see `lost`)."""
        if self._lost:
            self._turn()
        self._thread.start()

    def put(self, chunk: Chunk) -> int:
        """Take entries; the number of the last."""
        self.waiting.append(chunk)
        self.recorded += chunk.entries
        if self._is_idle:
            self._wake.set()
        return self.recorded

    def wake(self) -> None:
        """Flush at once: somebody waits for it."""
        self._wake.set()

    def end(self) -> None:
        """Flush what waits and let the file go."""
        self._stop.set()
        self._wake.set()
        self._thread.join()
        self._appender.close()

    def _work(self) -> None:
        """Gather for most of the window, flush within the rest of it, until the end."""
        while not self._stop.is_set():
            self._is_idle = True
            if not self.waiting and not self._owes:
                self._wake.wait(_IDLE_SECONDS)
            self._is_idle = False
            self._wake.clear()
            if self.trouble or not self._settings.sync:
                self._stop.wait(self._settings.window_seconds * _GATHERING)
            self._turn()
        self._turn()

    def _turn(self) -> None:
        try:
            self._look_at_clock()
            self._flush()
            self._close_old()
        except FraudAssetsError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever it was
            _log.exception("The decision log stumbled.")
            self._fail(f"The decision log stumbled: {type(error).__name__}: {error}.")

    @property
    def _owes(self) -> bool:
        return bool(self.held) or self._lost > 0 or self.missing > self.declared

    def _flush(self) -> None:
        # Held before it waits no more, so that whoever looks for it meets it in one of the two.
        taken = self.waiting[:]
        self.held += taken
        del self.waiting[: len(taken)]
        while self._owes:
            self._flush_block()
        if self.trouble:
            _log.warning("The decision log is written again.")
            self.trouble = ""

    def _flush_block(self) -> None:
        chunks = self._next_chunks()
        entries = sum(one.entries for one in chunks)
        lost, missing = self._lost, self.missing - self.declared
        gaps = [*self._gap("killed", lost), *self._gap("refused_by_disk", missing)]
        for guard in self.guards:
            guard.flush()
        if self._appender.has_blocks and self._appender.size >= self._settings.segment_bytes:
            self._appender.rotate()
        self._appender.append([*gaps, *chunks], self._accounted, self._clock.now())
        self._accounted += entries + lost + missing
        self._lost = 0
        self.declared += missing
        self._counter.declare(missing)
        del self.held[: len(chunks)]
        self.flushed += entries
        self._on_change()

    def _next_chunks(self) -> list[Chunk]:
        """What comes into the next block: at least one chunk of those held, where there are any."""
        count = 0
        for at, one in enumerate(self.held):
            count += one.entries
            if count >= _BLOCK:
                return self.held[: at + 1]
        return self.held[:]

    def _gap(self, loss: Loss, missing: int) -> list[Chunk]:
        if not missing:
            return []
        gap = Gap(loss=loss, missing=missing, noticed_at=self._clock.now())
        return [chunk_of([Raw(encode(gap))])]

    def _close_old(self) -> None:
        appender = self._appender
        if appender.has_blocks and appender.age >= self._settings.segment_seconds:
            appender.rotate()

    def _look_at_clock(self) -> None:
        behind, before = self._clock.behind, self.late
        self.late = (
            f"The clock is {behind / 1e6:,.0f} s behind the newest time on record: set it right; "
            "times stand still until it has caught up."
            if behind
            else ""
        )
        if self.late and not before:
            _log.error("%s", self.late)

    def _fail(self, sentence: str) -> None:
        if sentence != self.trouble:
            _log.error("%s", sentence)
        self.trouble = sentence
        self._on_change()
