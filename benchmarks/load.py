"""A bounded HTTP load on 127.0.0.1 that never sleeps, so that no latency is this process's own.

Run as a process of its own, pinned to its own core; prints one JSON line. It asks its sockets
again and again instead of waiting for them: a waiting client is woken late, which would count as
the server's delay.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import select
import socket
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

MAX_CONNECTIONS, MAX_SECONDS = 64, 120
WARM_UP, DRAIN = 0.3, 0.3


class Caller:
    """One keep-alive connection that has one request under way at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""
        self.sent, self.asked = 0.0, 0

    def ask(self, request: bytes, asked: int, planned: float) -> None:
        """Send a request; its latency counts from when it was `planned`."""
        self.sent, self.asked = planned, asked
        self.socket.sendall(request)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body once the answer is whole; None before.

        Raises
        ------
        ConnectionError
            If the server closed the connection.
        """
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError
        self.got += data
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return None
        self.got = b""
        return int(head[9:12]), body


class Run:
    """One measured run: closed loop, or open loop at a fixed rate of requests a second."""

    def __init__(self, requests: list[bytes], rate: float, keep: bool) -> None:
        self.requests, self.rate, self.keep = requests, rate, keep
        self.at, self.dropped = 0, 0
        self.latencies: list[float] = []
        self.bodies: list[tuple[int, bytes]] = []
        self.statuses: dict[int, int] = {}
        self.idle: deque[Caller] = deque()

    def ask(self, caller: Caller, planned: float) -> None:
        """Send the next request."""
        self.at = (self.at + 1) % len(self.requests)
        caller.ask(self.requests[self.at], self.at, planned)

    def forget(self) -> None:
        """The warm-up's latencies are not counted; its failures are."""
        self.latencies, self.bodies = [], []

    def hear(self, caller: Caller) -> None:
        """Take what has come on one connection."""
        answer = caller.answer()
        if answer is None:
            return
        self.latencies.append(perf_counter() - caller.sent)
        self.statuses[answer[0]] = self.statuses.get(answer[0], 0) + 1
        if self.keep:
            self.bodies.append((caller.asked, answer[1]))
        self.idle.append(caller)

    def lose(self, caller: Caller) -> None:
        """Count a connection that is gone, and use it no more."""
        self.dropped += 1
        if caller in self.idle:
            self.idle.remove(caller)
        caller.socket.close()

    def send(self, moments: Iterator[float]) -> None:
        """Give every idle connection its next request, or the planned ones that are due."""
        while self.idle:
            planned = next(moments) if self.rate else perf_counter()
            if planned < 0:
                return
            caller = self.idle.popleft()
            try:
                self.ask(caller, planned)
            except ConnectionError:
                self.lose(caller)


def plan(rate: float) -> Iterator[float]:
    """Moments evenly in time, each once it is due, -1 while none is: late answers delay none."""
    start, planned = perf_counter(), 0
    while True:
        moment = start + planned / rate
        if moment > perf_counter():
            yield -1.0
        else:
            planned += 1
            yield moment


def load(
    port: int, requests: list[bytes], *, connections: int, seconds: float, rate: float, keep: bool
) -> Run:
    """Run the load for `seconds` after a warm-up."""
    run = Run(requests, rate, keep)
    callers = [Caller(port) for _ in range(min(connections, MAX_CONNECTIONS))]
    by_number = {caller.socket.fileno(): caller for caller in callers}
    run.idle.extend(callers)
    with select.epoll() as ears:
        for number in by_number:
            ears.register(number, select.EPOLLIN)
        _talk(run, ears, by_number, WARM_UP, asking=True)
        run.forget()
        _talk(run, ears, by_number, min(seconds, MAX_SECONDS), asking=True)
        _talk(run, ears, by_number, DRAIN, asking=False)
    for caller in callers:
        caller.socket.close()
    return run


def _talk(
    run: Run, ears: select.epoll, callers: dict[int, Caller], seconds: float, *, asking: bool
) -> None:
    end, moments = perf_counter() + seconds, plan(run.rate)
    while perf_counter() < end:
        if asking:
            run.send(moments)
        for number, _ in ears.poll(0):
            try:
                run.hear(callers[number])
            except ConnectionError:
                run.lose(callers[number])  # closing takes it from `ears` too


def http_request(path: str, body: bytes | None) -> bytes:
    """One request as bytes on the wire."""
    if body is None:
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def summary(run: Run, seconds: float) -> dict[str, Any]:
    """Requests a second and quantiles of latency in milliseconds."""
    milliseconds = 1000 * np.array(run.latencies)
    cuts = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p999": 0.999}
    quantiles = {name: float(np.quantile(milliseconds, q)) for name, q in cuts.items()}
    return {
        "requests_per_second": len(run.latencies) / seconds,
        "n": len(run.latencies),
        "all": sum(run.statuses.values()),
        **{f"{name}_ms": value for name, value in quantiles.items()},
        "max_ms": float(milliseconds.max()),
        "failed": sum(n for status, n in run.statuses.items() if status != 200) + run.dropped,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default="/predict")
    parser.add_argument("--bodies", type=Path, help="JSON list of payments; none: GET")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--core", type=int)
    parser.add_argument("--keep", type=Path, help="where to write every answer")
    args = parser.parse_args()
    if args.core is not None:
        os.sched_setaffinity(0, {args.core})
    payments = json.loads(args.bodies.read_text()) if args.bodies else [None]
    encoded = [None if p is None else json.dumps(p).encode() for p in payments]
    requests = [http_request(args.path, body) for body in encoded]
    gc.disable()  # a collection here would show as the server's slowest answers
    run = load(
        args.port,
        requests,
        connections=args.connections,
        seconds=args.seconds,
        rate=args.rate,
        keep=bool(args.keep),
    )
    if args.keep:
        kept = [(at, body.decode()) for at, body in run.bodies]
        args.keep.write_text(json.dumps({"answers": kept}))
    print(json.dumps(summary(run, args.seconds)))


if __name__ == "__main__":
    main()
