"""A real PostgreSQL, started for the tests in a folder of its own and reached by its socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import wait_until


def binary(name: str) -> str | None:
    """The server's program, on the path or where Debian puts it."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


@contextmanager
def postgres() -> Iterator[str]:
    """A server's URL; skips where there is no PostgreSQL on this machine."""
    pytest.importorskip("psycopg", reason="needs psycopg, which the extra postgres brings")
    initdb, server = binary("initdb"), binary("postgres")
    if initdb is None or server is None:
        pytest.skip("needs a PostgreSQL server on this machine: apt-get install postgresql")
    # Short, for a socket's path may have 107 letters; the server refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="fraud-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    try:
        data = folder / "data"
        made = [initdb, "-D", str(data), "-U", "test", "-A", "trust", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder)
        command = [server, "-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
        with (folder / "server.log").open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said, user=user, cwd=folder)
        try:
            wait_until(lambda: process.poll() is not None or _answers(folder))
            yield _url(folder)
        finally:
            process.kill() if process.poll() else process.terminate()
            process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _url(folder: Path) -> str:
    return f"postgresql:///postgres?host={folder}&user=test"


def _answers(folder: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(_url(folder)).close()
    except psycopg.OperationalError:
        return False
    return True
