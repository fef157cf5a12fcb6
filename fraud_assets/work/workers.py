"""Who does the units of a computation: so many processes of this host, or an open executor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Any, TypeAlias, TypeVar

from fraud_assets.work.executor import Executor
from fraud_assets.work.kinds.local import Local

Result = TypeVar("Result")

Workers: TypeAlias = int | Executor
"""So many processes of this host, or an executor that somebody else opened and closes."""

OpensExecutor: TypeAlias = Callable[[], Executor]
"""Opens an executor, where one is needed at all."""


def in_this_process() -> Executor:
    """An executor that begins nothing."""
    return Local(1)


def run_tasks(
    function: Callable[..., Result],
    tasks: Sequence[tuple[Any, ...]],
    workers: Workers,
    on_done: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Call `function(*task)` for each task; results in the order of the tasks.

    `on_done` sees each result as soon as it is there, in any order.
    """
    return begin_tasks(function, tasks, workers, on_done)()


def begin_tasks(
    function: Callable[..., Result],
    tasks: Sequence[tuple[Any, ...]],
    workers: Workers,
    on_done: Callable[[Result], None] | None = None,
) -> Callable[[], list[Result]]:
    """Begin `function(*task)` for each task, beside what the caller does next.

    What it gives waits for the results, in the order of the tasks; where no other process of this
    host does them, they are begun there. Whoever drops it stops them.
    """
    executor = Local(workers) if isinstance(workers, int) else workers
    begun = executor.each(function, tasks)

    def ended() -> list[Result]:
        results: dict[int, Result] = {}
        with closing(begun):  # an interrupt stops what runs
            for index, result in begun:
                results[index] = result
                if on_done is not None:
                    on_done(result)
        return [results[index] for index in range(len(tasks))]

    return ended


def executor_of(workers: Workers) -> AbstractContextManager[Executor]:
    """The executor, for a `with` that closes it if nobody else does."""
    return Local(workers) if isinstance(workers, int) else nullcontext(workers)


def processes_of(workers: Workers) -> int:
    """Processes of this host that a computation which is no unit may keep busy."""
    return workers if isinstance(workers, int) else workers.processes
