"""Dagster's own launcher, which also tells whether a run's worker still lives.

A worker is a process of the code server, `dagster api grpc`. One that dies there is noticed by the
server; if the server itself dies, or its host, its runs would stay "started" for ever. With
`run_monitoring` the daemon asks here, marks such a run as failed, and retries it. The server of
`dagster code-server start` cannot say which runs it has; of its runs nothing is assumed.
Concept: https://docs.dagster.io/deployment/execution/run-monitoring
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
import grpc
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import GetCurrentRunsResult
from dagster._serdes import ConfigurableClassData, deserialize_value

UNREACHABLE = 120.0
"""Seconds that a code server may be unreachable before its runs count as lost."""


class WatchedLauncher(DefaultRunLauncher):
    """Launches runs in the code server, and looks after them."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(inst_data)
        self._unreachable_since: dict[str, float] = {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: Mapping[str, Any],  # noqa: ARG003 - Dagster's
    ) -> Self:
        """It has no settings."""
        return cls(inst_data)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """What it adds."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the code server that the run was given to still has it.

        A server that does not answer may be restarting; only when that lasts its runs are lost.
        """
        where = run.tags.get(GRPC_INFO_TAG)
        if where is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        try:
            runs = _current_runs(where)
        except DagsterUserCodeUnreachableError as error:
            return self._unreachable(run.run_id, error)
        self._unreachable_since.pop(run.run_id, None)
        if run.run_id in runs:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, "The code server was started anew and does not know the run."
        )

    def _unreachable(self, run_id: str, error: Exception) -> CheckRunHealthResult:
        cause = error.__cause__
        if isinstance(cause, grpc.RpcError) and cause.code() == grpc.StatusCode.UNIMPLEMENTED:
            return CheckRunHealthResult(WorkerStatus.RUNNING)  # it answers, and cannot say
        now = time.monotonic()
        since = self._unreachable_since.setdefault(run_id, now)
        if now - since < UNREACHABLE:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, f"The code server has not answered for {now - since:.0f} s."
        )


def _current_runs(where: str) -> list[str]:
    info = json.loads(where)
    client = DagsterGrpcClient(
        port=info.get("port"),
        socket=info.get("socket"),
        host=info.get("host"),
        use_ssl=bool(info.get("use_ssl", False)),
    )
    found = deserialize_value(client.get_current_runs(), GetCurrentRunsResult)
    return list(found.current_runs)
