"""Runs a list of independent tasks on one or more processes and tells how far it is.

Every task computes on one thread, in this process or in a worker, so that results do not
depend on how many there are.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from fraud_assets.modelling.progress import Progress

Result = TypeVar("Result")

PROGRESS_SECONDS = 5.0
"""Least time between two progress lines."""


def run_tasks(
    function: Callable[..., Result],
    tasks: Sequence[tuple[Any, ...]],
    workers: int,
    on_done: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Call `function(*task)` for each task; results in the order of the tasks.

    Large arrays inside the tasks are shared with the workers as memory maps, not copied.
    `on_done` sees each result as soon as it is there, in any order.
    """
    results: dict[int, Result] = {}
    for index, result in _completed(function, tasks, workers):
        results[index] = result
        if on_done is not None:
            on_done(result)
    return [results[index] for index in range(len(tasks))]


class Ticker:
    """Turns finished tasks into sentences: done of total, the best so far, time left."""

    def __init__(self, what: str, total: int, progress: Progress | None) -> None:
        self._what, self._total, self._progress = what, total, progress
        self._done, self._best = 0, float("-inf")
        self._started = self._said = time.monotonic()

    def tick(self, auc: float = float("-inf")) -> None:
        """Count one task with ROC-AUC `auc`; say so if the last word is some seconds old."""
        self._done, self._best = self._done + 1, max(self._best, auc)
        now = time.monotonic()
        last = self._done == self._total
        if self._progress is None or (now - self._said < PROGRESS_SECONDS and not last):
            return
        self._said = now
        spent = now - self._started
        left = spent / self._done * (self._total - self._done)
        best = "" if math.isinf(self._best) else f"best fold ROC-AUC {self._best:.4f}, "
        self._progress(
            f"{self._what}: {self._done} of {self._total} fits in {spent:.0f} s, {best}"
            f"about {left:.0f} s left"
        )


def on_one_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call the function with OpenMP and BLAS held to one thread."""
    with threadpool_limits(1):
        return function(*arguments)


def _numbered(
    function: Callable[..., Result], index: int, task: tuple[Any, ...]
) -> tuple[int, Result]:
    return index, on_one_thread(function, *task)


def _completed(
    function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], workers: int
) -> Iterator[tuple[int, Result]]:
    run = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)
    yield from run(delayed(_numbered)(function, i, task) for i, task in enumerate(tasks))
