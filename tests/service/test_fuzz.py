"""Whatever is sent: no 500, no hang, and the service answers as its own document says."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.stores import PAYMENT, RISKY

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=40),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
fields = st.dictionaries(st.sampled_from([*PAYMENT, "other", "transactions"]), values)
relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@relaxed
@given(body=st.one_of(values, fields.map(lambda found: PAYMENT | found)))
def test_any_json_is_scored_or_refused_with_its_faults(server, body):
    """200 with a probability, or 422 with a list of faults; nothing else."""
    status, answer = server.ask("/predict?reasons=always", json.dumps(body).encode())

    assert status in {200, 422}
    if status == 200:
        assert 0 <= answer["fraud_probability"] <= 1
    else:
        assert answer["detail"]


@relaxed
@given(body=st.binary(max_size=200), path=st.sampled_from(["/predict", "/predict/batch"]))
def test_any_bytes_are_refused(server, body, path):
    """Bytes that are no payment are 422."""
    assert server.ask(path, body)[0] == 422


@relaxed
@given(
    numbers=st.lists(st.floats(-1e30, 1e30), min_size=2, max_size=2),
    text=st.text(max_size=256),
)
def test_every_payment_in_bounds_is_scored(server, numbers, text):
    """The largest numbers and any text give a finite probability and writable reasons."""
    body = PAYMENT | {"age": numbers[0], "count": numbers[1], "chain": text, "country": text}

    status, answer = server.ask("/predict?reasons=full", body)

    assert status == 200
    assert 0 <= answer["fraud_probability"] <= 1
    told = answer["explanation"]
    gap = told["base"] + sum(told["contributions"].values()) - told["margin"]
    assert abs(gap) < 1e-6


@pytest.mark.parametrize(
    "raw",
    [
        b"GARBAGE\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        (
            b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Length: 50\r\n\r\n{"
        ),
        (
            b"POST /predict?reasons=%ff%00 HTTP/1.1\r\nHost: a\r\n"
            b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        ),
    ],
    ids=["no-http", "negative-length", "endless-length", "cut-off", "odd-query"],
)
def test_broken_http_harms_nobody_else(server, raw):
    """The next caller is answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(200)

    assert b" 500 " not in answer[:20]
    assert server.ask("/predict", PAYMENT)[0] == 200


@pytest.mark.slow
def test_schemathesis_finds_the_service_true_to_its_document(server, tmp_path):
    """Every operation of /openapi.json, valid and invalid requests, all checks."""
    import subprocess
    import sys

    schema = tmp_path / "openapi.json"
    schema.write_text(json.dumps(server.ask("/openapi.json")[1]))
    tool = Path(sys.executable).parent / "schemathesis"
    if not tool.exists():
        pytest.skip("schemathesis is not installed")
    command = [
        tool, "run", schema, "--url", f"http://127.0.0.1:{server.port}",
        "--max-examples", "60", "--seed", "1", "--no-color",
    ]  # fmt: skip

    done = subprocess.run(
        command, capture_output=True, text=True, timeout=400, check=False, cwd=tmp_path
    )

    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.slow
def test_memory_stays_flat_under_bad_and_good_bodies(server):
    """After 6,000 more requests of all kinds the worker is not larger by 4 MiB."""
    bodies = [PAYMENT, RISKY, {}, b"[" * 5000, b"{", PAYMENT | {"chain": "x" * 300}]

    def rounds(count: int) -> int:
        for at in range(count):
            server.ask("/predict", bodies[at % len(bodies)])
        return resident(server.process.pid)

    before = rounds(2000)
    after = rounds(6000)

    assert after - before < 4 * 2**20


def resident(pid: int) -> int:
    """Resident memory in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])
