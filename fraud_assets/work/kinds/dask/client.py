"""The executor: units begun on the cluster, data sent once, results and errors brought back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, TypeVar

from distributed import Future as Remote
from distributed.scheduler import KilledWorker

from fraud_assets.errors import WorkError
from fraud_assets.work.environment import work_environment
from fraud_assets.work.executor import Executor
from fraud_assets.work.kinds.dask.cluster import LOOK_SECONDS, Cluster
from fraud_assets.work.kinds.dask.worker import Missing, datum, perform
from fraud_assets.work.packing import Packing, WorkUnit

Result = TypeVar("Result")

BEGUN_A_SLOT = 2
"""Units under way for each thread of a worker: no worker waits for one, and few data are sent
before they are needed."""


class Dask:
    """Units on a cluster, until it is left."""

    def __init__(self, cluster: Cluster, processes: int) -> None:
        self._cluster, self._processes = cluster, processes
        self._data: dict[str, Remote] = {}
        self._packing = Packing(self._keep, self._forget)
        self._pool = cluster.client.get_executor(pure=False)

    def __enter__(self) -> Executor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._data.clear()
        self._cluster.close()

    @property
    def processes(self) -> int:
        """As many as were asked for, on this host."""
        return self._processes

    @property
    def slots(self) -> int:
        """One for each thread of a worker."""
        return self._cluster.slots

    @property
    def is_here(self) -> bool:
        """Never."""
        return False

    @property
    def sees_files(self) -> bool:
        """Never: a worker may be on another host."""
        return False

    def start(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Begin one unit on the cluster."""
        unit, result = self._packing.pack(function, arguments), Future[Result]()
        result.set_running_or_notify_cancel()
        self._begin(unit, arguments, result)
        return result

    def ended(self, running: Collection[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Those that have ended; the cluster is looked at meanwhile."""
        done: set[Future[Any]] = set()
        while running and not done and seconds > 0:
            done = wait(running, min(seconds, LOOK_SECONDS), FIRST_COMPLETED).done
            seconds -= LOOK_SECONDS
            if not done:
                self._cluster.look()
        return done

    def each(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
    ) -> Generator[tuple[int, Result], None, None]:
        """Do every task, as many at a time as keep the workers busy."""
        waiting, running = iter(enumerate(tasks)), dict[Future[Result], int]()
        while True:
            self._cluster.look()
            free = max(BEGUN_A_SLOT * self.slots - len(running), 0)
            running |= {self.start(function, *task): at for at, task in islice(waiting, free)}
            if not running:
                return
            for future in self.ended(running, LOOK_SECONDS):
                yield running.pop(future), future.result()

    def _begin(
        self, unit: WorkUnit, arguments: tuple[Any, ...], result: Future[Any], worker: str = ""
    ) -> None:
        """Try the unit without its data, or with them on the worker that has not met them."""
        data = [self._data[digest] for digest in unit.data] if worker else []
        there = {"workers": [worker], "allow_other_workers": True} if worker else {}
        begun = self._pool.submit(perform, unit, work_environment(), *data, **there)
        # `arguments` live until then, and with them the data that the unit names.
        begun.add_done_callback(partial(self._end, unit, arguments, result))

    def _end(
        self, unit: WorkUnit, arguments: tuple[Any, ...], result: Future[Any], begun: Future[Any]
    ) -> None:
        if begun.cancelled():
            result.set_exception(self._cluster.lost())
        elif error := begun.exception():
            result.set_exception(_of_the_house(error))
        elif isinstance(found := begun.result(), Missing):
            self._begin(unit, arguments, result, found.worker)
        else:
            result.set_result(found)

    def _keep(self, digest: str, data: bytes) -> None:
        client = self._cluster.client
        self._data[digest] = client.submit(datum, data, key=f"fraud-assets-{digest}")

    def _forget(self, digest: str) -> None:
        self._data.pop(digest, None)


def _of_the_house(error: BaseException) -> BaseException:
    """What became of the worker or its code as a sentence; an error of the unit as it is."""
    if isinstance(error, KilledWorker):
        return WorkError(
            "A unit of work must end where it was begun, but its worker died every time "
            f"({error.allowed_failures + 1}), the last at {error.last_worker.address}: most often "
            "memory does not last. Give each worker more of it, or fewer threads, and run again."
        )
    if isinstance(error, ModuleNotFoundError):
        return WorkError(
            f"A worker that joined in the middle lacks the module {error.name}: install there what "
            "this process runs, and run again."
        )
    return error
