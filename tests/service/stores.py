"""Stores with small real versions in them, and the real server on them."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from fraud_assets.documents.metadata import ContractIdentity, Metadata, ModelIdentity
from fraud_assets.documents.rates import Measured
from fraud_assets.documents.verdict import Finding, Verdict
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.modelling.tuned import dump_pipeline
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from fraud_assets.store.versions.trust import pickling_libraries
from tests.scoring.worlds import files, fitted
from tests.store.stores import metadata, released, staged_oddly
from tests.waiting import wait_until

MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
COMMAND = [sys.executable, "-m", "fraud_assets"]
PAYMENT = {"amount": 120.5, "age": 80.0, "count": 2, "chain": "ETH", "country": "DE"}
RISKY = {"amount": 9e4, "age": 1.0, "count": 1, "chain": "SOL", "country": "US"}


def version_files(family: str) -> dict[str, bytes]:
    payload = dump_pipeline(fitted(family, calibrated=True))
    report = {"report.json": b"{}", "report.html": b"<p>"}
    return {"pipeline.joblib": payload, **report, **files(family, calibrated=True)}


def version_metadata(family: str) -> Metadata:
    """What a chain that judged 500 frauds and 540 alerts would publish of such a version."""
    recall, precision = rate(470, 500), rate(470, 540)
    finding = Finding("recall", 0.9, recall.value, True, "Recall holds.", recall.interval, recall.n)
    return replace(
        metadata(),
        contract=ContractIdentity("crypto_gateway", "0" * 64),
        model=ModelIdentity(family, {}),
        threshold=load_scorer(files(family, calibrated=True)).threshold,
        recall=recall.value,
        recall_interval=Measured(recall.low, recall.high, recall.n, recall.method),
        precision=precision.value,
        precision_interval=Measured(precision.low, precision.high, precision.n, precision.method),
        libraries=pickling_libraries(),
        verdict=Verdict("promote", "Promote: all 1 rules hold.", (finding,)),
    )


def new_store(folder: Path) -> Store:
    return Store(folder / "models", Keys(folder / "keys").ensure())


def promote(store: Store, family: str, changed: Mapping[str, bytes] = {}, **odd: Any) -> str:
    """Add a version, with files `changed` and `odd` metadata, and point production at it."""
    now = MONDAY + timedelta(seconds=len(store.versions()))
    content = {**version_files(family), **changed}
    return released(
        store, staged_oddly(store, content, version_metadata(family), now, **odd)
    ).version


class Server:
    """A running service and how to ask it."""

    def __init__(
        self, port: int, process: subprocess.Popen[bytes], host: str = "127.0.0.1"
    ) -> None:
        self.port, self.process, self.host = port, process, host

    def ask(
        self,
        path: str,
        body: Any = None,
        method: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Status and body; JSON bodies are parsed. `body` may be bytes or a JSON value."""
        status, _, data = self.ask_raw(path, body, method, headers)
        try:
            return status, json.loads(data)
        except ValueError:
            return status, data.decode()

    def ask_raw(self, path, body=None, method=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"content-type": "application/json"} if sent is not None else {}
        method = method or ("GET" if sent is None else "POST")
        try:
            connection.request(method, path, sent, {**kind, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def wait_for(self, version: str) -> float:
        """Seconds until /health names `version`."""
        return wait_until(lambda: self.ask("/health")[1]["model_version"] == version)

    def wait_for_refusal(self) -> str:
        """The sentence of the refusal."""
        wait_until(lambda: self.ask("/health")[1]["refused"] is not None)
        return str(self.ask("/health")[1]["refused"]["why"])


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(
    store: Store,
    *options: str,
    wait: float = 60,
    through: Sequence[str] = (),
    host: str = "127.0.0.1",
) -> Iterator[Server]:
    """The real command as a process on a free port; `through` is a command that runs it."""
    port = free_port()
    environment = {
        **os.environ,
        "FRAUD_ASSETS_MODELS": str(store.root),
        "FRAUD_ASSETS_KEYS": str(store.keys.folder),
    }
    command = [*COMMAND, "serve", "--port", str(port), *options]
    process = subprocess.Popen([*through, *command], env=environment, stderr=subprocess.PIPE)
    server = Server(port, process, host)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                server.ask("/ready")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(process.communicate()[1].decode()) from None
                time.sleep(0.02)
        yield server
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
