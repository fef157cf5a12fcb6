"""Payments posted through the balancer without pause, each answer and each failure kept."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from stack.place import Place
from stack.programs.scoring import SERVICES
from tests.waiting import wait_until

POSTERS = 4
PAUSE = 0.02
"""Seconds between two payments of a poster: the machine has other things to do as well."""

_PATIENCE = 60.0


@dataclass
class Load:
    """What is posted, and what came of it. `acknowledged` are decision ids by payment id."""

    place: Place
    payments: list[dict[str, Any]]
    acknowledged: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    sent: int = 0
    answered: int = 0
    repeated: int = 0
    slowest: float = 0.0
    _version: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _posters: list[threading.Thread] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, place: Place) -> Load:
        """Payments like those of a simulated week."""
        files = sorted((folder / "transactions").iterdir())
        rows = pd.read_parquet(files[-1]).tail(500).drop(columns=["is_fraud", "label_time"])
        return cls(place, json.loads(rows.to_json(orient="records", date_format="iso")))

    def start(self) -> None:
        """Begin to post."""
        self._posters = [
            threading.Thread(target=self._post, args=(number,), daemon=True)
            for number in range(POSTERS)
        ]
        for poster in self._posters:
            poster.start()

    def stop(self) -> None:
        """End, after the answers that are due."""
        self._stop.set()
        for poster in self._posters:
            poster.join()

    def wait_for_version(self, version: str) -> None:
        """Wait until answers come from a version."""
        wait_until(lambda: self._version == version, _PATIENCE)

    def versions_now(self) -> set[str]:
        """What each service says that it serves."""
        found = set()
        for name in SERVICES:
            status, body = _ask(self.place.ports[name], "GET", "/health", None)
            found.add(str(json.loads(body).get("model_version")) if status == 200 else "none")
        return found

    def _post(self, number: int) -> None:
        connection = _connect(self.place.ports["balancer"])
        for payment in self._own(number):
            if self._stop.is_set():
                break
            self._send(connection, payment)
            time.sleep(PAUSE)
        connection.close()

    def _own(self, number: int) -> Iterator[dict[str, Any]]:
        """A poster's payments, each with an id that nobody else uses."""
        count = 0
        while True:
            for payment in self.payments:
                count += 1
                yield payment | {"transaction_id": f"posted-{number}-{count}"}

    def _send(self, connection: http.client.HTTPConnection, payment: dict[str, Any]) -> None:
        began = time.monotonic()
        try:
            connection.request(
                "POST",
                "/decisions",
                json.dumps(payment).encode(),
                {"content-type": "application/json"},
            )
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            status, body = 0, f"{type(error).__name__}: {error}".encode()
        took = time.monotonic() - began
        with self._lock:
            self._note(payment["transaction_id"], status, body, took)

    def _note(self, payment_id: str, status: int, body: bytes, took: float) -> None:
        self.sent += 1
        self.slowest = max(self.slowest, took)
        if status != 200:
            self.failures.append(f"{payment_id}: {status} {body[:200].decode(errors='replace')}")
            return
        told = json.loads(body)
        self.answered += 1
        self.repeated += bool(told.get("repeated"))
        self.acknowledged[payment_id] = told["decision_id"]
        self._version = told["model_version"]


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)


def _ask(port: int, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
    connection = _connect(port)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
