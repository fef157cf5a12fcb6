"""Real Dask clusters on loopback, started as their documentation says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import wait_until

REPOSITORY = Path(__file__).parents[2]


@contextmanager
def scheduler(
    folder: Path, *, strict: bool = False
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler's address and process; a strict one does nothing again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}  # who dies of a unit dies once
    with _running(["scheduler", *where], folder, **(once if strict else {})) as process:
        wait_until(lambda: _listens(port))
        yield f"tcp://127.0.0.1:{port}", process


@contextmanager
def workers(
    address: str, folder: Path, *more: str, code: Path = REPOSITORY
) -> Iterator[subprocess.Popen[bytes]]:
    """Workers of one thread each, which run the code of a folder."""
    asked = ["worker", address, "--nthreads", "1", "--no-dashboard", *more]
    with _running(asked, folder, PYTHONPATH=str(code)) as process:
        yield process


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _running(arguments: list[str], folder: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "dask", *arguments]
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env=os.environ | more
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
