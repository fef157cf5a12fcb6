"""The factory as the gateway meets it: a service on a port, and its commands."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from fraud_assets.errors import RefusedError
from fraud_assets.gateway.clock import SimulatedClock

_WAIT_SECONDS, _PAUSE = 120.0, 0.01
_END_SECONDS = 15.0
"""After which a process that was asked to end is killed."""
_AHEAD = "time_after_now"


class Ran(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


class Factory:
    """Processes under one simulated clock, with everything that they keep below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, SimulatedClock(folder)
        self.environment = {
            **os.environ,
            **self.clock.clocked_environment(),
            "FRAUD_ASSETS_CONTRACT": str(folder / "contract.toml"),
            "FRAUD_ASSETS_MODELS": str(folder / "models"),
            "FRAUD_ASSETS_KEYS": str(folder / "keys"),
            "FRAUD_ASSETS_STATE": str(folder / "state"),
            "FRAUD_ASSETS_DECISIONS": str(self.record),
            "DAGSTER_HOME": str(folder / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "OMP_NUM_THREADS": "1",
        }
        for name in ("FRAUD_ASSETS_DATABASE", "FRAUD_ASSETS_WEBHOOK", "FRAUD_ASSETS_DASK"):
            self.environment.pop(name, None)
        (folder / "dagster").mkdir(exist_ok=True)
        (folder / "dagster" / "dagster.yaml").touch()
        self._desk: subprocess.Popen[str] | None = None
        self._service: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def record(self) -> Path:
        """The folder of decisions and labels."""
        return self.folder / "decisions"

    def command(self, *arguments: str) -> Ran:
        """Run one of the factory's commands, as `fraud-assets ARGUMENTS`."""
        if self._desk is None:
            self._desk = subprocess.Popen(
                [sys.executable, "-m", "fraud_assets.cli._desk"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=self.environment,
                cwd=self.folder,
            )
        assert self._desk.stdin is not None
        assert self._desk.stdout is not None
        self._desk.stdin.write(json.dumps(arguments) + "\n")
        self._desk.stdin.flush()
        said = self._desk.stdout.readline()
        if not said:
            raise RefusedError(f"fraud-assets {' '.join(arguments)} ended without an answer.")
        return Ran(**json.loads(said))

    def open(self) -> None:
        """Start the service and wait until it decides on raw payments."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        options = ["--port", str(self._port), "--last-good", str(self.folder / "last_good")]
        options += ["--with-parent", str(os.getpid())]
        self._service = subprocess.Popen(  # noqa: S603 - this interpreter
            [sys.executable, "-m", "fraud_assets", "serve", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "service.log").open("ab"),
            env=self.environment,
            cwd=self.folder,
        )
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.ask("/ready")["decisions"] == "ready":
                    return
            except OSError:
                if self._service.poll() is not None:
                    break
            time.sleep(_PAUSE)
        raise RefusedError(f"The service did not start; {self.folder / 'service.log'} says why.")

    def ask(self, path: str, body: object = None) -> dict[str, Any]:
        """The service's answer; asked again while its clock is behind the simulated one.

        Raises
        ------
        RefusedError
            If it refuses.
        """
        while True:
            status, told = self._asked(path, body)
            if status == http.client.OK:
                return told
            if status != http.client.UNPROCESSABLE_ENTITY or _AHEAD not in str(told):
                raise RefusedError(f"{path} answered {status}: {told}")
            time.sleep(_PAUSE)

    def close(self) -> None:
        """End every process."""
        for process in (self._service, self._desk):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=_END_SECONDS)
                except subprocess.TimeoutExpired:
                    # Dagster takes SIGTERM as it takes an interrupt, which a shell's background
                    # processes ignore.
                    process.kill()
                    process.wait()
        self._service = self._desk = None

    def _asked(self, path: str, body: object) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_WAIT_SECONDS)
        try:
            if body is None:
                connection.request("GET", path)
            else:
                headers = {"content-type": "application/json"}
                connection.request("POST", path, json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@contextmanager
def factory_in(folder: Path) -> Iterator[Factory]:
    """A factory whose processes end with the block."""
    made = Factory(folder)
    try:
        yield made
    finally:
        made.close()


def demand(ran: Ran, what: str) -> Ran:
    """The command's result, where it must have succeeded; raises RefusedError else."""
    if ran.code:
        said: Sequence[str] = (ran.err.strip() or ran.out.strip()).splitlines()
        raise RefusedError(f"{what} failed: {' '.join(said[-3:])}")
    return ran
