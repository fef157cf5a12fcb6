"""The cluster: reached, compared with this process, looked after, and left."""

from __future__ import annotations

import logging
import re
import time
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

import dask
from distributed import Client, LocalCluster

from fraud_assets.errors import WorkError
from fraud_assets.masking import without_secrets
from fraud_assets.work.environment import other_versions, work_environment
from fraud_assets.work.interrupts import interrupts_kept_from_helpers
from fraud_assets.work.kinds.dask.worker import forget_data, other_code, what_runs

OWN = "local"
"""The place that asks for a cluster of this host, ended with the executor."""

ADDRESS = re.compile(r"(tcp|tls)://([\w.-]+|\[[\da-f:]+\]):\d+")
"""Of a scheduler; the port is never left out."""

CONNECT_SECONDS = 20
"""A scheduler that answers no sooner is none."""

ALONE_SECONDS = 60
"""After this long without a worker a cluster is lost."""

CLOSE_SECONDS = 10
"""After this long a cluster that does not end is left as it is."""

LOOK_SECONDS = 1.0
"""From one look at the cluster to the next."""

SETTINGS = {
    "distributed.admin.large-graph-warning-threshold": "1TB",  # data are sent once, on purpose
    "distributed.worker.profile.enabled": False,  # of a cluster of our own: it takes its share
}


class Cluster:
    """A client of a scheduler, whose workers run what this process runs."""

    def __init__(self, place: str, processes: int) -> None:
        self.place = without_secrets(place)
        self._own: LocalCluster | None = None
        self._client: Client | None = None
        self._slots, self._looked, self._seen = 0, 0.0, time.monotonic()
        for name in ("distributed", "distributed.client"):  # what matters is raised
            logging.getLogger(name).setLevel(logging.CRITICAL)
        dask.config.set(SETTINGS)
        try:
            self._reach(place, processes)
            self._demand_same()
            self.look()
        except BaseException:
            self.close()
            raise

    @property
    def client(self) -> Client:
        """Dask's own client."""
        if self._client is None:
            raise WorkError("The cluster was left already: open another executor.")
        return self._client

    @property
    def slots(self) -> int:
        """Threads of all workers when it was last looked at; at least one."""
        return max(1, self._slots)

    def look(self) -> None:
        """Count the workers, unless that was done a moment ago.

        Raises
        ------
        WorkError
            If the scheduler is gone, or all workers have been for some time.
        """
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        try:
            self._slots = sum(self.client.nthreads().values())
        except (OSError, ValueError, CancelledError):
            raise self.lost() from None
        self._looked = now
        if self._slots:
            self._seen = now
        elif now - self._seen > ALONE_SECONDS:
            raise self._alone()

    def _alone(self) -> WorkError:
        return WorkError(
            f"The Dask scheduler at {self.place} must have a worker within {ALONE_SECONDS} s, got "
            f"none: start some with `dask worker {self.place}` and run again."
        )

    def lost(self) -> WorkError:
        """What to raise where the scheduler is gone."""
        return WorkError(
            f"The Dask scheduler at {self.place} was lost in the middle of the work; nothing of it "
            "was kept. Start it again and run again, or unset FRAUD_ASSETS_DASK to work in "
            "processes of this host."
        )

    def close(self) -> None:
        """Leave it; what was begun is given up, and the workers let go of the data."""
        with suppress(Exception):  # it may be gone
            self.client.run(forget_data, on_error="ignore")
        for opened in (self._client, self._own):
            with suppress(Exception):
                if opened is not None:
                    opened.close(timeout=CLOSE_SECONDS)
        self._client = self._own = None

    def _reach(self, place: str, processes: int) -> None:
        if place == OWN:
            with interrupts_kept_from_helpers():
                self._own = LocalCluster(
                    n_workers=processes,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                )
        else:
            _demand_address(place)
        try:
            self._client = Client(
                self._own or place,
                timeout=CONNECT_SECONDS,
                set_as_default=False,
                direct_to_workers=self._own is not None,  # else they may be in another network
            )
        except (OSError, ValueError):
            raise WorkError(
                "FRAUD_ASSETS_DASK must be the address of a Dask scheduler, but none answered at "
                f"{self.place} within {CONNECT_SECONDS} s: start it with `dask scheduler`, or "
                "unset the setting to work in processes of this host."
            ) from None
        try:
            self._client.wait_for_workers(1, timeout=ALONE_SECONDS)
        except OSError:
            raise self._alone() from None

    def _demand_same(self) -> None:
        found: dict[str, Any] = self.client.run(what_runs, on_error="return")
        told = {worker: _told(there) for worker, there in found.items()}
        if any(told.values()):
            raise WorkError(
                other_code([f"{worker}: {said}" for worker, said in told.items() if said])
            )


def _told(there: dict[str, str] | BaseException) -> str:
    """What differs on a worker; empty where nothing does."""
    if isinstance(there, BaseException):
        return f"it cannot load fraud_assets ({type(there).__name__}: {there})"
    return ", ".join(other_versions(work_environment(), there))


def _demand_address(place: str) -> None:
    if not ADDRESS.fullmatch(place):
        raise WorkError(
            "FRAUD_ASSETS_DASK must be a scheduler's address such as tcp://host:8786 or "
            f"tls://host:8786, without user or password, or {OWN}; got {without_secrets(place)!r}."
        )
