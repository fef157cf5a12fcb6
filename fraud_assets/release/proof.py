"""Proves a candidate in the service that would serve it: the real command, over real HTTP.

Golden rows hold pipeline.joblib's own probabilities, so what is compared here is what callers
would get with what was judged.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

import msgspec
import numpy as np

from fraud_assets.documents.reason import Reason
from fraud_assets.documents.report.proof import Proof, not_served
from fraud_assets.errors import RefusedError, StoreError
from fraud_assets.release.raw_payments import Script, replay_raw
from fraud_assets.scoring.encode import Value
from fraud_assets.scoring.fallback import AnyScorer
from fraud_assets.scoring.golden import Golden, read_golden, reasons_gap
from fraud_assets.scoring.spec import GOLDEN
from fraud_assets.store.keys import Keys

TIMEOUT_SECONDS = 180.0
"""Longest that the service may take to answer first; a busy machine is slow, not wrong."""

PASSES = 4
"""How often each golden row is asked for the latency, after one pass that is not timed."""

_PRODUCTION = ("FRAUD_ASSETS_STATE", "FRAUD_ASSETS_DECISIONS")
"""Settings that a proof does not heed: it keeps nothing, and touches nothing that serves."""

_NEEDED = ("fastapi", "uvicorn", "httptools", "onnxruntime")


class _NotServedError(Exception):
    """The service did not start, or broke off; the message says how."""


class _Explained(msgspec.Struct):
    """How the service splits a margin among the features."""

    base: float
    margin: float
    contributions: dict[str, float]


class _Answer(msgspec.Struct):
    """What of the service's answer is compared."""

    fraud_probability: float
    is_flagged: bool
    reasons: tuple[Reason, ...]
    explanation: _Explained | None = None


RawPayments: TypeAlias = Callable[[], tuple[Script, AnyScorer]]
"""Makes the requests of raw payments, with the candidate's scorer; while the service starts."""


def prove(
    directory: Path,
    keys: Keys,
    timeout: float = TIMEOUT_SECONDS,
    raw_payments: RawPayments | None = None,
) -> Proof:
    """Section `proof` of report.json for the signed version in `directory`.

    Starts `fraud-assets serve --version-dir`, replays the golden rows and compares probability,
    flag and reasons; `p95_ms` is the 95th percentile of one-row requests, in milliseconds. Then
    it sends the raw payments, whose features the service derives from a state of its own.

    Raises
    ------
    RefusedError
        If the serving extra is not installed: what cannot be proved is not promoted.
    """
    _demand_serving_extra()
    try:
        golden = read_golden((directory / GOLDEN).read_bytes())
        with _serving(directory, keys, timeout) as service:
            script = None if raw_payments is None else raw_payments()
            connection = service.ready()
            proof = _replay(connection, golden)
            if script is None:
                return proof
            return msgspec.structs.replace(proof, raw=replay_raw(connection, *script))
    except (
        _NotServedError,
        StoreError,
        OSError,
        http.client.HTTPException,
        ValueError,
        msgspec.MsgspecError,
    ) as error:
        return not_served(str(error) or type(error).__name__)


def _demand_serving_extra() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise RefusedError(
            "A candidate must be proved in the scoring service before it is promoted, and "
            f"{', '.join(missing)} is not installed; run: pip install 'fraud-assets[serve]'."
        )


def _replay(connection: http.client.HTTPConnection, golden: Golden) -> Proof:
    probability_gap, reason_gap, flags = 0.0, 0.0, 0
    for row in golden.rows:
        body = _ask(connection, "/predict?reasons=full", row.values)
        answer = msgspec.json.decode(body, type=_Answer)
        gap = abs(answer.fraud_probability - row.probability)
        probability_gap = max(probability_gap, gap)
        gaps = reasons_gap(row.reasons, answer.reasons), _remainder(answer)
        reason_gap = max(reason_gap, *gaps)
        flags += answer.is_flagged != row.is_flagged
    seconds = [_timed(connection, row.values) for _ in range(PASSES) for row in golden.rows]
    return Proof(
        served=True,
        p95_ms=1000 * float(np.quantile(seconds, 0.95)),
        n=len(seconds),
        max_probability_difference=probability_gap,
        flags_different=flags,
        max_reason_gap=reason_gap,
        error=None,
    )


def _remainder(answer: _Answer) -> float:
    """By how much base and contributions miss the margin; 0 where nothing is explained.

    Relative to the contributions where those exceed 1: extreme golden rows move a linear margin
    by billions, whose last digits float64 does not hold.
    """
    explained = answer.explanation
    if not answer.reasons or explained is None:
        return 0.0
    contributions = list(explained.contributions.values())
    missed = abs(explained.base + sum(contributions) - explained.margin)
    return float(missed / max(1.0, sum(map(abs, contributions))))


def _timed(connection: http.client.HTTPConnection, values: Mapping[str, Value]) -> float:
    started = time.perf_counter()
    _ask(connection, "/predict", values)
    return time.perf_counter() - started


def _ask(connection: http.client.HTTPConnection, path: str, values: Mapping[str, Value]) -> bytes:
    connection.request("POST", path, json.dumps(values), {"content-type": "application/json"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise _NotServedError(f"a golden row was answered with {answer.status}: {body[:300]!r}")
    return body


@dataclass(frozen=True)
class _Service:
    """A service that was started, and what it says; `deadline` is until when it may start."""

    process: subprocess.Popen[bytes]
    connection: http.client.HTTPConnection
    said: IO[bytes]
    deadline: float

    def ready(self) -> http.client.HTTPConnection:
        """The connection, once the service answers."""
        while not self._answers():
            if self.process.poll() is not None:
                self.said.seek(0)
                lines = self.said.read().decode(errors="replace").strip().splitlines()
                last = lines[-1] if lines else "without a word"
                code = self.process.returncode
                raise _NotServedError(f"the service ended with {code}: {last}")
            if time.monotonic() > self.deadline:
                raise _NotServedError("the service did not answer in time")
            time.sleep(0.02)
        return self.connection

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.connection.request("GET", "/ready")
            if self.connection.getresponse().read() and self.connection.sock is not None:
                return True
        self.connection.close()
        return False


@contextmanager
def _serving(directory: Path, keys: Keys, timeout: float) -> Iterator[_Service]:
    port = _free_port()
    command = [sys.executable, "-m", "fraud_assets", "serve", "--port", str(port)]
    environment = {**os.environ, "FRAUD_ASSETS_KEYS": str(keys.folder)}
    for production in _PRODUCTION:
        environment.pop(production, None)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - this very interpreter and package
            [*command, "--version-dir", str(directory), "--with-parent", str(os.getpid())],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            yield _Service(process, connection, said, time.monotonic() + timeout)
        finally:
            connection.close()
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
