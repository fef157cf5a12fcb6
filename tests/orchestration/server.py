"""The Dagster server that an engineer starts, and questions to its GraphQL."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.orchestration.runs import BIN
from tests.weeks import REPOSITORY, Week

START, RUN = 240, 480
"""Longest waits in seconds: for the server, for a run."""

NEWEST = "{ runsOrError(limit: 1) { ... on Runs { results { runId status } } } }"


@contextmanager
def dagster_dev(week: Week) -> Iterator[str]:
    """`dagster dev` with the repository's dagster.yaml; stopped with all that it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (week.folder / "dagster.yaml").write_text((REPOSITORY / "dagster.yaml").read_text())
    words = ["dev", "-m", "fraud_assets.definitions", "-h", "127.0.0.1", "-p", str(port)]
    environment = {key: value for key, value in os.environ.items() if key != "DAGSTER_HOME"}
    with (week.folder / "dev.log").open("w") as log:
        server = subprocess.Popen(
            [str(BIN / "dagster"), *words],
            cwd=week.folder,
            env=environment | week.environment | {"DAGSTER_HOME": str(week.folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _started(f"http://127.0.0.1:{port}", week.folder / "dev.log", server)
        finally:
            os.killpg(server.pid, signal.SIGINT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(30)


def _started(address: str, log: Path, server: subprocess.Popen[bytes]) -> str:
    """The address, once something answers there."""
    end = time.monotonic() + START
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):
                return address
        except OSError:
            time.sleep(1)
    raise AssertionError(log.read_text()[-2000:])


def ask(address: str, query: str) -> dict[str, Any]:
    """The answer's data to a GraphQL query or mutation."""
    request = urllib.request.Request(
        f"{address}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        data: dict[str, Any] = json.load(answer)["data"]
    return data


def finished(address: str) -> str:
    """The status in which the newest run ended."""
    end, status = time.monotonic() + RUN, "no run"
    while time.monotonic() < end:
        runs = ask(address, NEWEST)["runsOrError"]["results"]
        status = runs[0]["status"] if runs else "no run"
        if status in {"SUCCESS", "FAILURE", "CANCELED"}:
            return status
        time.sleep(2)
    return status
