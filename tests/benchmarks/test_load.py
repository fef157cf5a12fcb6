"""The load counts what a server answers, refuses and drops, and measures from the plan."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from benchmarks.load import http_request, load, summary

REQUEST = http_request("/predict", b"{}")


def test_a_closed_loop_counts_every_answer_with_its_latency():
    """One request under way for each connection; the answers belong to what was asked."""
    requests = [http_request("/predict", body) for body in (b"0", b"1", b"2")]

    with serving(echo) as port:
        run = load(port, requests, connections=2, seconds=0.3, rate=0, keep=True)

    told = summary(run, 0.3)
    assert told["n"] == len(run.bodies) > 50
    assert all(body == str(asked).encode() for asked, body in run.bodies)
    assert told["failed"] == 0
    assert 0 < told["p50_ms"] <= told["p99_ms"] <= told["max_ms"]


def test_an_open_loop_asks_at_its_rate_and_counts_latency_from_the_plan():
    """A server that sleeps 20 ms for each is behind the plan: its latencies grow past 20 ms."""
    with serving(echo) as port:
        quick = load(port, [REQUEST], connections=4, seconds=0.5, rate=200, keep=False)
    with serving(slow) as port:
        late = load(port, [REQUEST], connections=1, seconds=0.5, rate=200, keep=False)

    assert abs(len(quick.latencies) - 100) <= 20
    assert np.median(late.latencies) > 0.04


def test_refusals_and_lost_connections_are_failures():
    """A 500 is one, a connection that the server closes another."""
    with serving(broken) as port:
        run = load(port, [REQUEST], connections=3, seconds=0.2, rate=0, keep=False)

    assert run.statuses == {500: 3}
    assert run.dropped == 3


@pytest.mark.parametrize("rate", [0, 200])
def test_a_connection_closed_while_idle_is_a_failure_and_ends_nothing(rate: int):
    """The server hangs up after each answer; the run goes on to its end and counts them."""
    with serving(once) as port:
        run = load(port, [REQUEST], connections=3, seconds=0.2, rate=rate, keep=False)

    assert run.statuses == {200: 3}
    assert run.dropped == 3


def once(handler: socketserver.StreamRequestHandler) -> None:
    """Answer well once and hang up."""
    _body(handler)
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def echo(handler: socketserver.StreamRequestHandler) -> None:
    """Answer with the request's body, in two pieces."""
    while body := _body(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body))
        handler.wfile.write(b"\r\n" + body)


def slow(handler: socketserver.StreamRequestHandler) -> None:
    """Answer 20 ms late."""
    while body := _body(handler):
        threading.Event().wait(0.02)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def broken(handler: socketserver.StreamRequestHandler) -> None:
    """Answer 500 once and hang up."""
    _body(handler)
    handler.wfile.write(b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno")


def _body(handler: socketserver.StreamRequestHandler) -> bytes:
    length = 0
    while (line := handler.rfile.readline()).strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return handler.rfile.read(length)


@contextmanager
def serving(answer):
    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self):
            answer(self)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
