"""Processes of this host; a single one is this process itself."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from joblib import Parallel, delayed
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.backend import resource_tracker

from fraud_assets.work.executor import Executor
from fraud_assets.work.interrupts import interrupts_kept_from_helpers
from fraud_assets.work.packing import Packing, WorkUnit, unpacked, unpickled
from fraud_assets.work.shelf import SHELF
from fraud_assets.work.threads import on_one_thread

Result = TypeVar("Result")

IDLE_SECONDS = 15
"""After this long without work a process ends, also where its parent was killed."""


def open_executor(place: str | None, processes: int) -> Executor:  # noqa: ARG001 - it needs none
    """So many processes of this host."""
    return Local(processes)


class Local:
    """So many processes, begun with the first unit that needs them."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._folder: Path | None = None
        self._packing = Packing(self._keep, self._forget)

    def __enter__(self) -> Executor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            # Whoever leaves in the middle waits for no unit, but until the processes are gone: the
            # pool's thread tidies up after them, and says so where its own process ends before it.
            self._pool.shutdown(wait=True, kill_workers=error is not None)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            resource_tracker.unregister(str(self._folder), "folder")
        self._pool = self._folder = None

    @property
    def processes(self) -> int:
        """As many as were asked for."""
        return self._processes

    @property
    def slots(self) -> int:
        """One for each process."""
        return self._processes

    @property
    def is_here(self) -> bool:
        """Whether this process does it all."""
        return self._processes == 1

    @property
    def sees_files(self) -> bool:
        """Always."""
        return True

    def start(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Begin one unit in another process, or do it now."""
        if self.is_here:
            return _done(function, arguments)
        if self._pool is None:
            # Its own pool: joblib keeps that of `each` in loky's reusable one.
            self._pool = ProcessPoolExecutor(max_workers=self._processes, timeout=IDLE_SECONDS)
        unit = self._packing.pack(function, arguments)
        with interrupts_kept_from_helpers():
            future = self._pool.submit(_there, self._folder, unit)
        future.add_done_callback(partial(_hold, arguments))
        return future

    def ended(self, running: Collection[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Those that have ended."""
        return wait(running, seconds, FIRST_COMPLETED).done

    def each(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
    ) -> Generator[tuple[int, Result], None, None]:
        """Do every task; large arrays are shared with the processes as memory maps."""
        run = Parallel(n_jobs=self._processes, return_as="generator_unordered", batch_size=1)
        # No generator itself: other processes have begun when this returns.
        with interrupts_kept_from_helpers():
            begun: Generator[tuple[int, Result], None, None] = run(
                delayed(_numbered)(function, i, task) for i, task in enumerate(tasks)
            )
        return begun

    def _keep(self, digest: str, data: bytes) -> None:
        if self._folder is None:  # only this user can read it, and it goes where this one is killed
            self._folder = Path(tempfile.mkdtemp(prefix="fraud-assets-work-"))
            resource_tracker.register(str(self._folder), "folder")
        (self._folder / digest).write_bytes(data)

    def _forget(self, digest: str) -> None:
        if self._folder is not None:
            (self._folder / digest).unlink(missing_ok=True)


def _numbered(
    function: Callable[..., Result], index: int, task: tuple[Any, ...]
) -> tuple[int, Result]:
    return index, on_one_thread(function, *task)


def _hold(arguments: tuple[Any, ...], future: Future[Any]) -> None:
    """Keeps the data of a unit alive until it is done."""


def _done(function: Callable[..., Result], arguments: tuple[Any, ...]) -> Future[Result]:
    future: Future[Result] = Future()
    try:
        future.set_result(on_one_thread(function, *arguments))
    except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
        future.set_exception(error)
    return future


def _there(folder: Path | None, unit: WorkUnit) -> Any:
    data = {digest: _datum(folder / digest) for digest in unit.data} if folder else {}
    return on_one_thread(unpacked, unit, data)


def _datum(path: Path) -> Any:
    try:
        return SHELF.take(path.name)
    except KeyError:
        data = path.read_bytes()
    value = unpickled(data)
    SHELF.put(path.name, value, len(data))
    return value
