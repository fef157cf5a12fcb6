"""A bounded HTTP load on 127.0.0.1: raw sockets under asyncio, so that the server is what is slow.

Run as a process of its own, pinned to its own core; prints one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

MAX_CONNECTIONS, MAX_SECONDS = 64, 120


class Caller(asyncio.Protocol):
    """One keep-alive connection that has one request under way at a time."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.buffer = bytearray()
        self.sent = 0.0
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.run.free(self)

    def ask(self, planned: float | None = None) -> None:
        """Send the next request; its latency counts from when it was planned."""
        self.sent = planned or time.perf_counter()
        self.transport.write(self.run.next_request())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self.buffer) < end + 4 + length:
            return
        status = int(self.buffer[9:12])
        body = bytes(self.buffer[end + 4 : end + 4 + length])
        del self.buffer[: end + 4 + length]
        self.run.answered(self, status, body, time.perf_counter() - self.sent)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.run.dropped += not self.run.over
        if not self.lost.done():
            self.lost.set_result(None)


class Run:
    """One measured run: closed loop, or open loop at a fixed rate."""

    def __init__(self, requests: list[bytes], rate: float, keep: bool) -> None:
        self.requests, self.rate, self.keep = requests, rate, keep
        self.at, self.over, self.dropped = 0, False, 0
        self.latencies: list[float] = []
        self.moments: list[float] = []
        self.bodies: list[tuple[int, bytes]] = []
        self.statuses: dict[int, int] = {}
        self.idle: list[Caller] = []
        self.waiting: list[float] = []
        self.asked: dict[int, int] = {}

    def next_request(self) -> bytes:
        self.at += 1
        return self.requests[self.at % len(self.requests)]

    def free(self, caller: Caller) -> None:
        """What an idle connection does next."""
        if self.over:
            return
        if not self.rate:
            self.asked[id(caller)] = self.at + 1
            caller.ask()
        elif self.waiting:
            caller.ask(self.waiting.pop(0))
        else:
            self.idle.append(caller)

    def answered(self, caller: Caller, status: int, body: bytes, seconds: float) -> None:
        self.latencies.append(seconds)
        self.moments.append(time.time())
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if self.keep:
            self.bodies.append((self.asked.get(id(caller), 0) % len(self.requests), body))
        self.free(caller)

    async def tick(self) -> None:
        """Plan requests evenly in time; a late answer delays none of the plans."""
        start = time.perf_counter()
        planned = 0
        while not self.over:
            due = int((time.perf_counter() - start) * self.rate)
            while planned < due:
                moment = start + planned / self.rate
                planned += 1
                if self.idle:
                    self.idle.pop().ask(moment)
                else:
                    self.waiting.append(moment)
            await asyncio.sleep(0.0005)


async def load(
    port: int, requests: list[bytes], *, connections: int, seconds: float, rate: float, keep: bool
) -> Run:
    """Run the load for `seconds` after a warm-up of one."""
    run = Run(requests, rate, keep)
    loop = asyncio.get_running_loop()
    callers = [
        (await loop.create_connection(lambda: Caller(run), "127.0.0.1", port))[1]
        for _ in range(min(connections, MAX_CONNECTIONS))
    ]
    ticking = asyncio.create_task(run.tick()) if rate else None
    await asyncio.sleep(1)
    run.latencies.clear()
    run.moments.clear()
    run.bodies.clear()
    await asyncio.sleep(min(seconds, MAX_SECONDS))
    run.over = True
    if ticking:
        await ticking
    await asyncio.sleep(0.3)
    for caller in callers:
        caller.transport.close()
    return run


def http_request(path: str, body: bytes | None) -> bytes:
    """One request as bytes on the wire."""
    if body is None:
        return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
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
    work = load(
        args.port,
        requests,
        connections=args.connections,
        seconds=args.seconds,
        rate=args.rate,
        keep=bool(args.keep),
    )
    run = uvloop.run(work)
    if args.keep:
        kept = [(at, body.decode()) for at, body in run.bodies]
        args.keep.write_text(
            json.dumps({"answers": kept, "moments": run.moments, "latencies": run.latencies})
        )
    print(json.dumps(summary(run, args.seconds)))


if __name__ == "__main__":
    main()
