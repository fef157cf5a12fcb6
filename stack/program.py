"""What the stack runs: a program, when it starts, how it is seen to be ready."""

from __future__ import annotations

import http.client
import importlib
import pkgutil
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from stack import programs
from stack.place import Place


class NotReadyError(Exception):
    """A program did not come up; the text says which, why, and what to do."""


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Program:
    """One process. `stage` says after which others it starts; `shown` is where it answers.

    `ports` are the numbers that it listens on. `prepare` runs before it is started, `after` once
    it is ready. One that is optional may be not ready yet when all is up, and says why by `waits`.
    """

    name: str
    stage: int
    words: Sequence[str]
    what: str
    shown: str
    is_ready: Callable[[], bool]
    ports: Sequence[int] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: str = "TERM"
    prepare: Callable[[], None] = _nothing
    after: Callable[[], None] = _nothing
    waits: Callable[[], str] = str


def all_programs(place: Place) -> list[Program]:
    """What each file in `programs` brings, in the order in which it starts."""
    names = [found.name for found in pkgutil.iter_modules(programs.__path__)]
    modules = [importlib.import_module(f"{programs.__name__}.{name}") for name in names]
    found: list[Program] = [one for module in modules for one in module.programs_of(place)]
    return sorted(found, key=lambda one: one.stage)


def listens(port: int) -> bool:
    """Whether something takes connections on a port of loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError:
        return False
    return True


def status(url: str, method: str = "GET") -> int:
    """The status with which a page on loopback answers; 0 where it does not."""
    return asked(url, method)[0]


def asked(url: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and body of a page on loopback; 0 where it does not answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request(method, parts.path or "/")
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
