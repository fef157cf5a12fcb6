"""Runs the weeks' models on one or more processes: searches first, refits as settings appear.

Every finished week is kept before it is counted, so that nothing is done twice; results do
not depend on the number of processes.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from fraud_assets.backtest.finished import FinishedWeek, FinishedWeeks, digest_of_parts
from fraud_assets.backtest.history import BacktestHistory
from fraud_assets.backtest.training import FoundSetting, train_week
from fraud_assets.modelling.progress import Progress
from fraud_assets.values.counted import counted
from fraud_assets.work.executor import Executor
from fraud_assets.work.workers import Workers, executor_of

SEARCH_COST = 15
"""What a search costs in refits, for the time left."""

HEARTBEAT_SECONDS = 20
"""After this long without a finished week it is said which weeks are being made."""

_Week: TypeAlias = Future[FinishedWeek]


@dataclass(frozen=True)
class Task:
    """A week to train; `followers` are refitted with what its search finds."""

    as_of: np.datetime64
    setting: FoundSetting | None = None
    followers: tuple[np.datetime64, ...] = ()

    @property
    def name(self) -> str:
        """The week's name among the finished ones."""
        setting = self.setting and [self.setting.family, dict(self.setting.parameters)]
        if self.setting and self.setting.reach:
            setting = [*(setting or []), asdict(self.setting.reach)]
        return f"{str(self.as_of)[:10]}-{digest_of_parts(str(self.as_of), setting)[:16]}"


def plan(weeks: Sequence[np.datetime64], search_every: int) -> list[Task]:
    """One search task for each `search_every` weeks, the others its followers."""
    groups = [weeks[at : at + search_every] for at in range(0, len(weeks), search_every)]
    return [Task(group[0], None, tuple(group[1:])) for group in groups]


def next_tasks(task: Task, made: FinishedWeek) -> list[Task]:
    """What a finished week makes possible: refits, or a search by the next one if it failed."""
    if not task.followers:
        return []
    model = made.week.model
    if model is None:
        return [Task(task.followers[0], None, task.followers[1:])]
    setting = FoundSetting(model.family, model.parameters, model.presence, model.reach)
    return [Task(as_of, setting) for as_of in task.followers]


def train_all(
    history: BacktestHistory,
    tasks: Sequence[Task],
    kept: FinishedWeeks,
    workers: Workers,
    progress: Progress,
) -> dict[np.datetime64, FinishedWeek]:
    """All weeks by their Monday; those already finished are not made again."""
    done: dict[np.datetime64, FinishedWeek] = {}
    # The newest windows are the fullest: begun first, no process ends alone with them.
    waiting = deque(sorted(tasks, key=lambda task: task.as_of, reverse=True))
    ticker = WeekTicker(tasks, progress)

    def finished(task: Task, week: FinishedWeek, *, made: bool) -> None:
        done[task.as_of] = week
        ticker.tick(task, made=made)
        waiting.extend(next_tasks(task, week))

    with executor_of(workers) as executor:
        running: dict[_Week, Task] = {}
        while waiting or running:
            while waiting and len(running) < executor.slots:
                task = waiting.popleft()
                found = kept.find(task.name)
                if found is not None:
                    finished(task, found, made=False)
                else:
                    ticker.begin(task)
                    running[_begun(executor, history, task, progress)] = task
            ended = executor.ended(running, HEARTBEAT_SECONDS) if running else ()
            if running and not ended:
                ticker.beat()
            for future in ended:
                task = running.pop(future)
                kept.put(task.name, future.result())
                week = kept.find(task.name)
                if week is None:
                    raise OSError(f"{kept.folder} lost the week {task.name}; run again.")
                finished(task, week, made=True)
    return done


class WeekTicker:
    """Tells how many weeks are done and about how long the others will take."""

    def __init__(self, tasks: Sequence[Task], progress: Progress) -> None:
        followers = sum(len(task.followers) for task in tasks)
        self._total, self._progress = len(tasks) + followers, progress
        self._left = len(tasks) * SEARCH_COST + followers
        self._done = self._made = 0
        self._started = time.monotonic()
        self._begun: dict[np.datetime64, tuple[Task, float]] = {}

    def begin(self, task: Task) -> None:
        """A week is begun."""
        self._begun[task.as_of] = (task, time.monotonic())

    def beat(self) -> None:
        """Say which weeks are being made, and for how long."""
        now = time.monotonic()
        told = ", ".join(
            f"{str(task.as_of)[:10]} being {_done_how(task)} for {now - since:.0f} s"
            for task, since in self._begun.values()
        )
        self._progress(f"{self._done} of {counted(self._total, 'week')}; {told}")

    def tick(self, task: Task, *, made: bool) -> None:
        """Count a week, made now or found finished."""
        self._begun.pop(task.as_of, None)
        cost = 1 if task.setting else SEARCH_COST
        self._done, self._left = self._done + 1, max(0, self._left - cost)
        self._made += cost * made
        spent = time.monotonic() - self._started
        left = self._left * spent / max(self._made, 1)
        how = _done_how(task) if made else "was finished"
        self._progress(
            f"{self._done} of {counted(self._total, 'week')}; {str(task.as_of)[:10]} {how}; "
            f"{spent:.0f} s so far, about {left:.0f} s left"
        )


def _done_how(task: Task) -> str:
    return "searched" if task.setting is None else "refitted"


def _begun(executor: Executor, history: BacktestHistory, task: Task, progress: Progress) -> _Week:
    """The week begun; one that is made in this process says how far it is."""
    said = partial(_said, progress, task) if executor.is_here else None
    return executor.start(train_week, history, task.as_of, task.setting, said)


def _said(progress: Progress, task: Task, said: str) -> None:
    progress(f"{str(task.as_of)[:10]}: {said}")
