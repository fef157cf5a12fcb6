"""A real PostgreSQL, started for the tests in a folder of its own and reached by its socket."""

from __future__ import annotations

import os
import shutil
import signal
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


class Server:
    """A server in `folder`, which may be stopped and started again."""

    def __init__(self, folder: Path, program: str, user: str | None, password: str = "") -> None:
        self.folder, self._user, self._password = folder, user, password
        data = str(folder / "data")
        self._command = [program, "-D", data, "-k", str(folder), "-c", "listen_addresses="]

    @property
    def url(self) -> str:
        """By its socket."""
        return _url(self.folder)

    def start(self) -> None:
        """Come up with whatever was stored before."""
        with (self.folder / "server.log").open("ab") as said:
            self.process = subprocess.Popen(
                self._command, stdout=said, stderr=said, user=self._user, cwd=self.folder
            )
        wait_until(lambda: self.process.poll() is not None or _answers(self.folder, self._password))

    def stop(self) -> None:
        """At once, ending what is under way, as a restart does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


@contextmanager
def postgres(password: str = "") -> Iterator[str]:
    """A server's URL without the password; skips where there is no PostgreSQL on this machine.

    With a password its user must give it.
    """
    with postgres_server(password) as server:
        yield server.url


@contextmanager
def postgres_server(password: str = "") -> Iterator[Server]:
    """A running server, gone afterwards; skips where there is no PostgreSQL on this machine."""
    pytest.importorskip("psycopg", reason="needs psycopg, which the extra postgres brings")
    initdb, program = binary("initdb"), binary("postgres")
    if initdb is None or program is None:
        pytest.skip("needs a PostgreSQL server on this machine: apt-get install postgresql")
    # Short, for a socket's path may have 107 letters; the server refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="fraud-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    try:
        data = folder / "data"
        made = [initdb, "-D", str(data), "-U", "test", "-A", "trust", "--no-sync"]
        if password:
            secret = folder / "password"
            secret.write_text(password)
            secret.chmod(0o644)
            made = [*made[:-3], "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder)
        server = Server(folder, program, user, password)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(url: str, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _url(folder: Path) -> str:
    return f"postgresql:///postgres?host={folder}&user=test"


def _answers(folder: Path, password: str) -> bool:
    import psycopg

    try:
        psycopg.connect(_url(folder), password=password or None).close()
    except psycopg.OperationalError:
        return False
    return True
