"""Payments and labels posted through the balancer, each answer and each failure kept."""

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
_LABELLED = 5
"""Each so many-th payment of a poster is labelled once it is acknowledged."""


@dataclass(frozen=True)
class Answered:
    """One request: when it was sent and how long it took in seconds; a status of 0 is none."""

    sent_at: float
    took: float
    status: int


@dataclass
class Load:
    """What is posted, and what came of it.

    `acknowledged` are decision ids by payment id, `labelled` ids of payments whose label was taken.
    """

    place: Place
    payments: list[dict[str, Any]]
    acknowledged: dict[str, str] = field(default_factory=dict)
    labelled: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    repeated: int = 0
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

    def between(self, start: float, end: float) -> list[Answered]:
        """The requests that were under way at some time between two of `time.monotonic`."""
        with self._lock:
            found = self.answers.copy()
        return [one for one in found if one.sent_at <= end and one.sent_at + one.took >= start]

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
        for count, payment in enumerate(self._own(number), 1):
            if self._stop.is_set():
                break
            told = self._send(connection, "/decisions", payment)
            if told is not None:
                self._acknowledge(payment["transaction_id"], told)
                if count % _LABELLED == 0:
                    self._label(connection, payment["transaction_id"])
            time.sleep(PAUSE)
        connection.close()

    def _own(self, number: int) -> Iterator[dict[str, Any]]:
        """A poster's payments, each with an id that nobody else uses."""
        count = 0
        while True:
            for payment in self.payments:
                count += 1
                yield payment | {"transaction_id": f"posted-{number}-{count}"}

    def _acknowledge(self, payment_id: str, told: dict[str, Any]) -> None:
        with self._lock:
            self.repeated += bool(told.get("repeated"))
            self.acknowledged[payment_id] = told["decision_id"]
            self._version = told["model_version"]

    def _label(self, connection: http.client.HTTPConnection, payment_id: str) -> None:
        label = {"payment_id": payment_id, "is_fraud": False, "known_at": None}
        told = self._send(connection, "/labels", {"labels": [label]})
        if told is None:
            return
        with self._lock:
            if told["unknown"]:
                self.failures.append(f"{payment_id}: its label is of an unknown payment")
            self.labelled.add(payment_id)

    def _send(
        self, connection: http.client.HTTPConnection, path: str, body: dict[str, Any]
    ) -> dict[str, Any] | None:
        """What was answered; None where that was a failure, which is kept."""
        sent_at = time.monotonic()
        said = json.dumps(body).encode()
        try:
            connection.request("POST", path, said, {"content-type": "application/json"})
            answer = connection.getresponse()
            status, told = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            status, told = 0, f"{type(error).__name__}: {error}".encode()
        with self._lock:
            self.answers.append(Answered(sent_at, time.monotonic() - sent_at, status))
            if status != 200:
                shown = told[:200].decode(errors="replace")
                self.failures.append(f"{time.monotonic():.1f} {path}: {status} {shown}")
        found: dict[str, Any] | None = json.loads(told) if status == 200 else None
        return found


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
