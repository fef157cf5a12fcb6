"""What does units of work: one interface, whatever the kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")


class Executor(AbstractContextManager["Executor"], Protocol):
    """Does units on one thread each, so that no result depends on where or beside what it is made.

    An error of a unit is raised as it was there. What becomes of the place of work itself is a
    `WorkError`. Left by an error, it waits for no unit.
    """

    @property
    def processes(self) -> int:
        """Processes of this host that its caller may keep busy."""

    @property
    def slots(self) -> int:
        """Units that are done beside each other; at least one."""

    @property
    def is_here(self) -> bool:
        """Whether units are done in this process, so that they may call back."""

    @property
    def sees_files(self) -> bool:
        """Whether units see the files of this host."""

    def start(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Begin one unit; where `is_here` it is done when this returns."""

    def ended(self, running: Collection[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Those of the units that have ended; waits for the first, at most so long."""

    def each(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
    ) -> Generator[tuple[int, Result], None, None]:
        """Do `function(*task)` for each task; position and result of each as it ends.

        Other processes of this host begin at once, before a result is asked for.
        """
