"""Keeps the programs running: supervisord, told by a file and asked through its socket."""

from __future__ import annotations

import configparser
import io
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from stack.place import Place, free, write_private
from stack.program import NotReadyError, Program

PATIENCE = 300.0
"""Seconds that one program may take until it is ready."""

_STOP_SECONDS = 40.0
_A_MOMENT = 3.0
_NAMES = 1024 * 1024
_RUNNING, _STARTING = "RUNNING", "STARTING"


class Supervisor:
    """The supervisor of one stack."""

    def __init__(self, place: Place, programs: Sequence[Program]) -> None:
        self.place, self.programs = place, programs

    @property
    def is_running(self) -> bool:
        """Whether it answers."""
        try:
            return str(self._ask("getState")["statename"]) == _RUNNING
        except OSError:
            return False

    def up(self) -> None:
        """Start what does not run, stage by stage, and wait until each is ready.

        Raises
        ------
        NotReadyError
            If one does not come up.
        """
        if not self.is_running:
            self._demand_ports()
            self._begin()
        for stage in sorted({one.stage for one in self.programs}):
            now = [one for one in self.programs if one.stage == stage]
            for one in now:
                self._start(one)
            for one in now:
                self._wait_for(one)
                one.after()

    def down(self) -> bool:
        """Stop everything in the opposite order; False where nothing ran."""
        if not self.is_running:
            return False
        pid = int(self._ask("getPID"))
        for stage in sorted({one.stage for one in self.programs}, reverse=True):
            names = [one.name for one in self.programs if one.stage == stage]
            for name in names:
                self._quietly("stopProcess", name, False)
            for name in names:
                self._wait_until_ended(name)
        self._quietly("shutdown")
        until = time.monotonic() + _STOP_SECONDS
        while _lives(pid) and time.monotonic() < until:
            time.sleep(0.1)
        return True

    def state(self, name: str) -> tuple[str, int]:
        """What supervisord calls a program's state, and its process id, 0 where there is none."""
        found = self._ask("getProcessInfo", name)
        return str(found["statename"]), int(found["pid"])

    def restart(self, name: str) -> None:
        """Stop a program in order and start it again."""
        self._ask("stopProcess", name)
        self._ask("startProcess", name)

    def _demand_ports(self) -> None:
        """While nothing of it runs, whoever has one of its ports is another program."""
        taken = [
            f"{port} of {one.name}" for one in self.programs for port in one.ports if not free(port)
        ]
        if taken:
            ports = "ports" if len(taken) > 1 else "port"
            raise NotReadyError(
                f"This stack needs the {ports} {', '.join(taken)}, which another program has: end "
                "that one, or make another stack with --folder NAME, which takes ports that are "
                "free."
            )

    def _begin(self) -> None:
        self.place.logs.mkdir(exist_ok=True)
        file = self.place.private / "supervisord.conf"
        write_private(file, _settings(self.place, self.programs))
        words = [sys.executable, "-m", "supervisor.supervisord", "-c", str(file)]
        try:
            done = subprocess.run(words, check=False, capture_output=True, text=True)
            said = " ".join(done.stderr.split())
            if done.returncode or not self._answers_within(_STOP_SECONDS):
                raise NotReadyError(f"The supervisor does not start: {said}")
        except KeyboardInterrupt:
            self._answers_within(_A_MOMENT)  # so that whoever ends it can reach it
            raise

    def _answers_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not self.is_running:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _start(self, one: Program) -> None:
        if self.state(one.name)[0] in {_RUNNING, _STARTING}:
            return
        one.prepare()
        self._ask("startProcess", one.name, False)

    def _wait_for(self, one: Program) -> None:
        until = time.monotonic() + PATIENCE
        while not one.is_ready():
            if one.waits() and self.state(one.name)[0] == _RUNNING:
                return
            is_late = time.monotonic() > until
            if is_late or self.state(one.name)[0] in {"FATAL", "EXITED", "BACKOFF"}:
                file = self.place.logs / f"{one.name}.log"
                raise NotReadyError(
                    f"{one.name} does not come up; {file} says why, and ends: {self._last(one)}"
                )
            time.sleep(0.2)

    def _last(self, one: Program, most: int = 300) -> str:
        """The last line of a program's log."""
        file = self.place.logs / f"{one.name}.log"
        said = file.read_text(errors="replace").split("\n") if file.exists() else []
        lines = [line.strip() for line in said if line.strip()]
        return lines[-1][:most] if lines else "(nothing)"

    def _wait_until_ended(self, name: str) -> None:
        until = time.monotonic() + _STOP_SECONDS
        while self.is_running and self.state(name)[0] in {_RUNNING, _STARTING, "STOPPING"}:
            if time.monotonic() > until:
                return  # the shutdown kills it
            time.sleep(0.1)

    def _quietly(self, what: str, *told: Any) -> None:
        try:
            self._ask(what, *told)
        except xmlrpc.client.Fault:
            return  # it does not run

    def _ask(self, what: str, *told: Any) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{_socket(self.place)}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
            return getattr(server.supervisor, what)(*told)


def _socket(place: Place) -> Path:
    """Where it is asked; a socket's path may have about a hundred letters."""
    inside = place.private / "supervisor.sock"
    return inside if len(str(inside)) < 100 else Path("/", "run", f"fraud-assets-{place.mark}.sock")


def _settings(place: Place, programs: Sequence[Program]) -> str:
    """What supervisord is told, passwords included."""
    told = configparser.RawConfigParser()
    told["unix_http_server"] = {"file": str(_socket(place)), "chmod": "0700"}
    told["supervisord"] = {
        "logfile": str(place.logs / "supervisor.log"),
        "pidfile": str(place.private / "supervisor.pid"),
        "childlogdir": str(place.logs),
        "silent": "true",
        "minfds": "1024",
    }
    told["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    for one in programs:
        told[f"program:{one.name}"] = _section(place, one)
    text = io.StringIO()
    told.write(text)
    return text.getvalue()


def _section(place: Place, one: Program) -> dict[str, str]:
    environment = place.environment | dict(one.environment)
    if one.user is not None:
        environment = dict(one.environment)  # another user's: no settings of ours
    log = str(place.logs / f"{one.name}.log")
    made = {
        "command": " ".join(_quoted(word) for word in one.words),
        "directory": str(Path.cwd() if one.user is None else place.database),
        "environment": ",".join(f"{key}={_quoted(value)}" for key, value in environment.items()),
        "autostart": "false",
        "autorestart": "true",
        "startsecs": "1",
        "startretries": "1000",
        "stopsignal": one.stop_signal,
        "stopwaitsecs": "30",
        "stopasgroup": str(one.user is None).lower(),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": log,
        "stdout_logfile_maxbytes": "20MB",
        "stdout_logfile_backups": "2",
    }
    return made if one.user is None else made | {"user": one.user}


def _quoted(word: str) -> str:
    return '"' + word.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lives(pid: int) -> bool:
    if sys.platform == "linux":
        return Path(f"/proc/{pid}").exists()
    return subprocess.run(["ps", "-p", str(pid)], check=False, capture_output=True).returncode == 0
