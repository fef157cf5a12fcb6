"""kill -9 of a worker under full load: what was acknowledged counts, once, and it comes back."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from fraud_assets.contract import parse_contract
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.payments.kept import plan_for
from fraud_assets.state.opening import begin, close, open_adapter
from tests.processes import children
from tests.service.decisions.test_decisions import CONTRACT
from tests.service.stores import Server, new_store, promote, serving
from tests.waiting import wait_until

KILLS, SENDERS, CALLERS = 4, 7, 8


def workers(server: Server) -> list[int]:
    """The process ids of the service's workers."""
    return children(server.process.pid, b"multiprocessing")


class Caller(threading.Thread):
    """Sends payments of its own until told to stop; one that got no answer is sent again."""

    def __init__(self, server: Server, number: int, stop: threading.Event) -> None:
        super().__init__()
        self.server, self.number, self.stop = server, number, stop
        self.acknowledged: dict[str, dict] = {}
        self.odd: list[object] = []

    def run(self) -> None:
        at = 0
        while not self.stop.is_set():
            payment = {
                "id": f"{self.number}-{at}",
                "made": f"2026-11-01T10:{at // 60 % 60:02}:{at % 60:02}Z",
                "who": f"s{at % SENDERS}",
                "amount": 5.0,
                "chain": "eth",
                "country": "DE",
            }
            answer = self._answered(payment)
            if answer is not None:
                self.acknowledged[payment["id"]] = answer
            at += 1

    def _answered(self, payment: dict) -> dict | None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                status, told = self.server.ask("/decisions", payment)
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
                continue
            if status == 200:
                return told
            if status != 503:
                self.odd.append((status, told))
                return None
            time.sleep(0.01)
        self.odd.append("no answer within a minute")
        return None


@pytest.mark.slow
def test_what_was_acknowledged_counts_once_whatever_worker_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers, eight callers, four kills: no payment lost, none twice, the workers are back."""
    store, contract = new_store(tmp_path), parse_contract(CONTRACT)
    promote(store, "gradient_boosting", {"contract.toml": CONTRACT.encode()})
    close(begin(open_adapter(str(tmp_path / "state"), contract.name), plan_for(contract)))
    monkeypatch.setenv("FRAUD_ASSETS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(tmp_path / "decisions"))
    stop = threading.Event()
    with serving(store, "--workers", "2", "--record-sync") as server:
        wait_until(lambda: len(workers(server)) == 2)
        callers = [Caller(server, number, stop) for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        for _ in range(KILLS):
            before = sum(len(caller.acknowledged) for caller in callers)
            wait_until(
                lambda: sum(len(c.acknowledged) for c in callers) > before + 50  # noqa: B023
            )
            killed = workers(server)[0]
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: len(set(workers(server)) - {killed}) == 2)  # noqa: B023
        stop.set()
        for caller in callers:
            caller.join(90)
        sent = {key: told for caller in callers for key, told in caller.acknowledged.items()}
        of = Counter(f"s{int(key.split('-')[1]) % SENDERS}" for key in sent)
        last = {
            who: server.ask(
                "/decisions",
                {
                    "id": f"last-{who}", "made": "2026-11-01T12:00:00Z", "who": who,
                    "amount": 5.0, "chain": "eth", "country": "DE",
                },
            )[1]["features"]["count"]
            for who in of
        }  # fmt: skip
        some = list(sent.items())[:: max(1, len(sent) // 50)]
        again = {key: server.ask(f"/decisions/{told['decision_id']}")[0] for key, told in some}

    assert [caller.odd for caller in callers] == [[]] * CALLERS
    assert last == {who: number + 1.0 for who, number in of.items()}
    assert set(again.values()) == {200}
    record = Counter(one.payment_id for one in read_decisions(tmp_path / "decisions"))
    assert set(sent) <= set(record)
    answered = {one.decision_id for one in read_decisions(tmp_path / "decisions")}
    assert {told["decision_id"] for told in sent.values()} <= answered
