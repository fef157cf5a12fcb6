"""All decisions of a range, replayed by several processes, block by block in bounded memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import msgspec

from fraud_assets.decisions.erasure import DecisionOpener
from fraud_assets.decisions.line import entries_of
from fraud_assets.decisions.reading import read_segments
from fraud_assets.documents.decision import Decision
from fraud_assets.replay.one import Replayed, replay
from fraud_assets.replay.versions import Versions
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.registry import Address
from fraud_assets.store.store import Store
from fraud_assets.work.interrupts import interrupts_kept_from_helpers

MOST_SHOWN = 20
"""Decisions that do not match which a summary names."""

_AHEAD = 4
"""Blocks that wait for each process."""


@dataclass(frozen=True)
class Range:
    """Decisions made from `since` up to but not at `until`, microseconds; None: no bound."""

    since: int | None = None
    until: int | None = None

    def holds(self, decision: Decision) -> bool:
        """Whether the decision lies in it."""
        at = decision.decided_at
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How many decisions match, by version; of the others the first few."""

    match: int
    differs: int
    erased: int
    unavailable: int
    versions: dict[str, int]
    first: tuple[Replayed, ...]

    @property
    def total(self) -> int:
        """Decisions replayed, or tried."""
        return self.match + self.differs + self.erased + self.unavailable


@dataclass(frozen=True)
class Workshop:
    """What a process needs to replay: the store, its keys, and the subjects' keys."""

    root: Address
    keys: Path
    subjects: Path


def replay_all(
    folder: Path,
    workshop: Workshop,
    within: Range,
    jobs: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Summary:
    """Replay every decision within the range; `progress` hears how many are done.

    Raises
    ------
    RecordError
        If there is no log, or a segment does not hold.
    """
    counts: Counter[str] = Counter()
    versions: Counter[str] = Counter()
    first: list[Replayed] = []
    with _executor(jobs, workshop) as executor:
        for standings, named, others in _results(executor, folder, within, jobs):
            counts.update(standings)
            versions.update(named)
            first += others[: MOST_SHOWN - len(first)]
            progress(counts.total())
    return Summary(
        match=counts["match"],
        differs=counts["differs"],
        erased=counts["erased"],
        unavailable=counts["unavailable"],
        versions=dict(sorted(versions.items())),
        first=tuple(first),
    )


_Result = tuple[Counter[str], Counter[str], list[Replayed]]


@contextmanager
def _executor(jobs: int, workshop: Workshop) -> Iterator[Executor]:
    # Spawned, not forked: the caller may have threads.
    executor = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (workshop,))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _results(executor: Executor, folder: Path, within: Range, jobs: int) -> Iterator[_Result]:
    """The blocks' results in the log's order, few blocks ahead of the slowest process."""
    under_way: deque[Future[_Result]] = deque()
    for _, segment, _ in read_segments(folder):
        for block in segment.blocks:
            with interrupts_kept_from_helpers():  # a process begins with what it is given
                under_way.append(executor.submit(_replay_block, block.lines, within))
            if len(under_way) > jobs * _AHEAD:
                yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


_here: dict[str, object] = {}
"""What this process replays with; set once, when it begins."""


def _begin(workshop: Workshop) -> None:
    _here["versions"] = Versions(Store(workshop.root, Keys(workshop.keys)))
    _here["open"] = DecisionOpener(workshop.subjects).demand


def _replay_block(lines: bytes, within: Range) -> _Result:
    standings: Counter[str] = Counter()
    named: Counter[str] = Counter()
    others = []
    versions, opened = _here["versions"], _here["open"]
    assert isinstance(versions, Versions)
    for entry in entries_of(lines):
        if not isinstance(entry, Decision) or not within.holds(entry):
            continue
        found = replay(entry, versions, opened)  # type: ignore[arg-type]
        standings[found.standing] += 1
        named[found.version] += 1
        if found.standing != "match":
            others.append(found)
    return standings, named, others[:MOST_SHOWN]
