"""One worker's log: recording is a matter of memory, a thread of its own brings it to disk."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from filelock import BaseFileLock
from msgspec import Raw

from fraud_assets.decisions.find import find_decision, needle_of
from fraud_assets.decisions.line import (
    Frame,
    LineSource,
    chunk_of,
    encode,
    entries_of,
    lines_of,
)
from fraud_assets.decisions.log.appender import Appender
from fraud_assets.decisions.log.clock import Clock
from fraud_assets.decisions.log.counter import Counter
from fraud_assets.decisions.log.flusher import Flusher, Guard, Recordable
from fraud_assets.decisions.log.recovery import ResumePoint
from fraud_assets.decisions.log.settings import LogSettings, LogStatus
from fraud_assets.decisions.log.sound import demand_sound
from fraud_assets.decisions.log.waiters import Waiters
from fraud_assets.decisions.lost import Losses
from fraud_assets.documents.decision import Decision
from fraud_assets.errors import UnrecordedError

_LOOK_SECONDS = 0.005
"""How often it is looked whether a flush is done."""


class DecisionLog:
    """What one worker writes. All but `status` and `find` belong to one thread, the event loop's.

    `found` is how the writer's last process left it; see `opening.open_log`. `losses` knows what
    was lost in kills before.
    """

    def __init__(
        self,
        folder: Path,
        writer: Path,
        *,
        found: ResumePoint,
        counter: Counter,
        lock: BaseFileLock,
        settings: LogSettings,
        guard: Guard | None,
        clock: Clock,
    ) -> None:
        self.folder, self.settings = folder, settings
        self._prefix, self._notes = f"{found.log}-{found.writer}-", found.notes
        self._counter, self._lock, self._guard, self._clock = counter, lock, guard, clock
        self._most, self._goes_on = settings.most_waiting, settings.when_failing == "count"
        self._lost, let_go = counter.begin(found.accounted)
        self._waiters = Waiters(self._outcome, UnrecordedError)
        self._is_closed = False
        self.losses = Losses(folder, self._prefix, clock.now(), inherited=self._lost > 0)
        appender = Appender(writer, found)
        self._frames = appender.frames
        self._flusher = Flusher(
            appender,
            counter=counter,
            guard=guard,
            clock=clock,
            settings=settings,
            on_change=self._waiters.tell,
            accounted=found.accounted,
            lost=self._lost,
        )
        self._flusher.missing = let_go
        self._flusher.start()

    def now(self) -> int:
        """Microseconds since 1970, UTC; never before a time on record."""
        return self._clock.now()

    def next_id(self) -> str:
        """An id that no decision has borne, in any process; it says who wrote it and when."""
        return self.next_ids(1)[0]

    def next_ids(self, many: int) -> list[str]:
        """So many of them, in order."""
        prefix = self._prefix
        return [f"{prefix}{at:x}" for at in self._clock.unique(many)]

    @property
    def recorded(self) -> int:
        """Entries recorded since it was opened: the last one's ticket."""
        return self._flusher.recorded

    def promise(self, entries: int = 1) -> None:
        """Promise to keep so many entries: they count from now on, and `take` refuses none.

        Whoever changes something else on the strength of an entry asks before. What does not come
        is given back by `promise(-entries)`.

        Raises
        ------
        UnrecordedError
            If they cannot be kept, and the policy is to refuse then; one sentence.
        """
        if entries > 0:
            flusher = self._flusher
            if flusher.trouble or flusher.late or self._is_closed:
                self._demand_going_on()
            if not self._goes_on and flusher.recorded - flusher.flushed + entries > self._most:
                raise UnrecordedError(self._lag(entries))
        self._counter.accept(entries)

    def framed(self, frame: Frame) -> int:
        """The number by which decisions in brief name their frame in this log."""
        self._frames.append(frame)
        return len(self._frames) - 1

    def take(self, entries: Sequence[LineSource]) -> int:
        """Take entries that were promised; the ticket by which `settled` knows the last.

        Where the policy is to count, and as many wait as may, they are let go and counted.
        """
        flusher = self._flusher
        if self._goes_on and flusher.recorded - flusher.flushed >= self._most:
            self._counter.let_go(len(entries))
            flusher.missing += len(entries)
            return flusher.recorded
        return flusher.put(chunk_of(entries))

    def encoded(self, entry: Recordable) -> bytes:
        """An entry as a document, its personal values covered.

        Raises
        ------
        RecordError
            If it is no entry: a field of it has another type than the document says.
        """
        if self._guard is not None:
            entry = self._guard.cover(entry)
        demand_sound(entry)
        return encode(entry)

    def guard_with(self, guard: Guard | None) -> None:
        """Cover personal values so from now on, as another contract serves."""
        self._guard = guard
        if guard is not None:
            self._flusher.guards.append(guard)

    def record(self, entry: Recordable) -> int:
        """Take an entry for the log; its ticket. Raises as `promise` and `encoded` do."""
        line = self.encoded(entry)
        self.promise()
        return self.take([Raw(line)])

    async def settled(self, ticket: int) -> None:
        """Wait until the entry may be answered: at once, or after its flush with `sync`.

        Raises
        ------
        UnrecordedError
            If the disk refuses meanwhile, and the policy is to refuse then. The entry may be on
            record all the same once the disk takes it: whoever asks again gets the same answer.
        """
        if not self.settings.sync or self._flusher.flushed >= ticket:
            return
        self._flusher.wake()
        await self._waiters.wait(ticket)

    def wait_for_flush(self, seconds: float) -> bool:
        """Block until all that was recorded by now is on disk; whether it is, in time.

        May run in any thread. Whoever records faster than the disk takes it waits here.
        """
        ticket, until = self._flusher.recorded, time.monotonic() + seconds
        while self._flusher.flushed < ticket and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
        return self._flusher.flushed >= ticket

    def find(self, decision_id: str) -> Decision | None:
        """The decision of that id, on disk or on its way there; None where there is none."""
        needle = needle_of(decision_id)
        # In this order: the log's thread holds an entry before it takes it from those that wait.
        for one in (*self._flusher.waiting.copy(), *self._flusher.held.copy()):
            if needle in one.lines:
                for entry in entries_of(lines_of([one], self._frames), needle):
                    if isinstance(entry, Decision) and entry.decision_id == decision_id:
                        return entry
        return find_decision(self.folder, decision_id)

    def status(self) -> LogStatus:
        """How the log is."""
        flusher = self._flusher
        return LogStatus(
            recorded=flusher.recorded,
            flushed=flusher.flushed,
            missing=flusher.missing,
            lost=self._lost,
            sentence=flusher.trouble or flusher.late or self._lag(),
            notes=self._notes,
        )

    def close(self) -> None:
        """Flush what waits, and let the folder go; what the disk refuses is counted next time."""
        if self._is_closed:
            return
        self._is_closed = True
        self._flusher.end()
        self._counter.close()
        self._lock.release()

    def _demand_going_on(self) -> None:
        if self._is_closed:
            raise UnrecordedError("The decision log is closed: the service is ending.")
        if not self._goes_on:
            raise UnrecordedError(self._flusher.trouble or self._flusher.late)

    def _lag(self, entries: int = 1) -> str:
        waiting = self._flusher.recorded - self._flusher.flushed
        if waiting + entries <= self._most:
            return ""
        return (
            f"{waiting:,} entries wait to be written to {self.folder}, the limit is "
            f"{self._most:,}: give the log a faster disk, or ask for fewer decisions."
        )

    def _outcome(self, ticket: int) -> str | None:
        """How a ticket stands, as `Waiters` asks."""
        if self._flusher.flushed >= ticket:
            return ""
        trouble = self._flusher.trouble
        if trouble and not self._goes_on:
            return trouble
        return "" if trouble else None
