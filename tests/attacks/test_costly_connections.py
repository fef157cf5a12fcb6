"""Someone on the network without a key: bytes without end, connections that never ask.

At d2ae1cc one connection of 200 MB of headers cost the service 764 MB and everybody else 21
seconds, and 1,200 silent sockets stopped it for good where it might open 1,024 files. Each test
here fails there. `python -m benchmarks.siege` is the long form.
"""

from __future__ import annotations

import contextlib
import socket

import pytest

from benchmarks.siege import besiege, resident
from benchmarks.siege_attacks import ATTACKS, Flood
from fraud_assets.store.store import Store
from tests.service.stores import PAYMENT, Server, new_store, promote, serving

MEGABYTES = 24
FLOODS = {name: attack for name, attack in ATTACKS.items() if isinstance(attack, Flood)}
ANSWERS = {
    "header": 431,
    "header name": 431,
    "headers": 431,
    "url": 414,
    "method": 400,
    "trailer": 431,
    "trailers": 431,
    "chunk extension": 431,
    "chunk sizes": 431,
    "zeros": 431,
    "endless body": 413,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    made = new_store(tmp_path_factory.mktemp("store"))
    promote(made, "logistic_regression")
    return made


@pytest.fixture(scope="module")
def besieged(store):
    """A server of its own: its memory is measured."""
    with serving(store) as running:
        for _ in range(200):
            running.ask("/predict", PAYMENT)
        yield running


@pytest.mark.parametrize("name", FLOODS)
def test_a_stream_without_end_is_cut_off_and_costs_next_to_nothing(besieged: Server, name: str):
    """Refused with its status, without memory, while others are answered."""
    before = resident(besieged.process.pid)

    with socket.create_connection(("127.0.0.1", besieged.port), timeout=10) as one:
        answer = flooded(one, FLOODS[name])
    asked = besieged.ask("/predict", PAYMENT)  # has a deadline of its own

    assert asked[0] == 200
    assert resident(besieged.process.pid) - before < 8 * 2**20
    if name in ANSWERS:
        assert answer.startswith(b"HTTP/1.1 %d " % ANSWERS[name]), answer[:80]


def flooded(one: socket.socket, flood: Flood) -> bytes:
    """What the server answered, to whom it let send."""
    with contextlib.suppress(OSError):
        one.sendall(flood.opening)
        for _ in range(MEGABYTES * 2**20 // len(flood.filler)):
            one.sendall(flood.filler)
            one.settimeout(0.001)
            with contextlib.suppress(TimeoutError):
                return one.recv(65536)
            one.settimeout(10)
    with contextlib.suppress(OSError):
        one.settimeout(10)
        return one.recv(65536)
    return b""


FILES = 300


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"POST /predict HTTP/1.1\r\nHost: a\r\n",
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
    ids=["silent", "half-sent", "idle"],
)
def test_more_connections_than_files_stop_nobody_else(store, beginning):
    """New callers are answered while all of them are open."""
    few_files = ("sh", "-c", f'ulimit -n {FILES}; exec "$@"', "sh")

    with serving(store, through=few_files) as running:
        crowd = []
        for _ in range(2 * FILES):
            one = socket.create_connection(("127.0.0.1", running.port), timeout=10)
            with contextlib.suppress(OSError):
                one.sendall(beginning)
            crowd.append(one)
        answers = [running.ask("/predict", PAYMENT)[0] for _ in range(20)]
        closed = running.ask("/metrics")[1]
        for one in crowd:
            one.close()

    assert answers == [200] * 20
    assert 'connections_closed_total{why="too_many_connections"}' in closed


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("name", ["header", "chunk extension", "silent", "half a body", "idle"])
def test_a_siege_is_hardly_noticed(besieged: Server, name: str):
    """The short form of `python -m benchmarks.siege`: ten seconds, a busy machine's latencies."""
    import json

    found = besiege(
        besieged.process.pid, besieged.port, json.dumps(PAYMENT).encode(), name, seconds=10
    )

    assert found["failed"] == 0, found
    assert found["p50_ms"] < 50, found
    assert found["grown_mib"] < 64, found
