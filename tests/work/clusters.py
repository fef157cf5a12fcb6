"""Real Dask clusters on loopback, started as their documentation says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler's address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    with _running(["scheduler", *where], folder) as process:
        yield f"tcp://127.0.0.1:{port}", process


@contextmanager
def workers(
    address: str, folder: Path, *more: str, code: Path = REPOSITORY
) -> Iterator[subprocess.Popen[bytes]]:
    """Workers of one thread each, which run the code of a folder."""
    asked = ["worker", address, "--nthreads", "1", "--no-dashboard", *more]
    with _running(asked, folder, PYTHONPATH=str(code)) as process:
        yield process


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
