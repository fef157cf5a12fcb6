"""`fraud-assets monitor` on a real store and a real record: sentence, page, exit code, move."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from fraud_assets.cli import main
from fraud_assets.contract import load_contract
from fraud_assets.decisions.log import open_log
from fraud_assets.documents.decision import Label
from fraud_assets.store.store import Store
from fraud_assets.watch.once import look
from fraud_assets.watch.react import go_back
from tests.decisions.entries import decision
from tests.service.stores import new_store, promote

DAY = 86_400_000_000
FRAUDS = 400
FAMILIES = ("logistic_regression", "gradient_boosting", "hist_gradient_boosting")


class Gateway:
    """A store whose versions served one after the other, and what is on record of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, new_store(folder)
        self.log = folder / "decisions"
        self.now = int(datetime.now(UTC).timestamp() * 1e6) + DAY
        self._made = 0
        self._open = open_log(self.log)

    def finish(self) -> None:
        """Close the record, as a service does at its end."""
        self._open.close()

    @property
    def until(self) -> str:
        """A day on which every label is old enough."""
        return str(np.datetime64(self.now + 40 * DAY, "us"))

    def serve(self, recall: float, *, release: float | None = None) -> str:
        """Promote a version; it decides on frauds, of which it flags as many as `recall` says."""
        version = promote(self.store, FAMILIES[len(self.store.versions())])
        random = np.random.default_rng(len(version) + self._made)
        log = self._open
        for _ in range(FRAUDS):
            self._made += 1
            self.now += DAY // 100
            flagged = bool(random.random() < recall)
            log.record(
                decision(
                    decision_id=log.next_id(),
                    payment_id=f"p{self._made}",
                    event_time=self.now,
                    decided_at=self.now,
                    version=version,
                    payment={"sender_address": f"s{self._made}", "amount_usd": 10.0},
                    is_flagged=flagged,
                    release_probability=release,
                )
            )
            known = self.now + 3 * DAY
            log.record(
                Label(payment_id=f"p{self._made}", is_fraud=True, known_at=known, received_at=known)
            )
        return version

    def monitor(self, *options: str) -> int:
        self.finish()
        return main(
            ["monitor", "--log", str(self.log), "--out", str(self.folder / "out"),
             "--until", self.until, *options]
        )  # fmt: skip


@pytest.fixture
def gateway(tmp_path, monkeypatch):
    found = Gateway(tmp_path)
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(found.store.root))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(found.store.keys.folder))
    return found


def contract_that_goes_back(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load_contract().text
    path = gateway.folder / "contract.toml"
    path.write_text(shipped + '\n[live]\nrollback = "alarm"\n')
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(path))


def test_a_promise_that_holds_ends_with_0(gateway, capsys):
    """The sentence says what came and what is promised; the page stands beside its numbers."""
    gateway.serve(0.95)

    assert gateway.monitor() == 0

    printed = capsys.readouterr().out
    assert "keeps its promise" in printed
    assert all(len(line) <= 80 for line in printed.splitlines() if not line.startswith("page"))
    document = json.loads((gateway.folder / "out" / "production.json").read_text())
    assert document["versions"][0]["frauds"] == FRAUDS
    assert (gateway.folder / "out" / "production.html").read_text().startswith("<!DOCTYPE html>")


def test_an_alarm_ends_with_1_and_moves_nothing_unless_the_contract_says_so(gateway, capsys):
    """The default only says it."""
    gateway.serve(0.95)
    bad = gateway.serve(0.6)

    assert gateway.monitor("--json") == 1

    assert json.loads(capsys.readouterr().out)["sentence"].startswith("Alarm since ")
    assert gateway.store.current().version == bad


def test_an_alarm_goes_back_to_the_newest_version_that_nothing_accuses(
    gateway, monkeypatch, capsys
):
    """Over an accused one in between; the move is signed and says the evidence."""
    contract_that_goes_back(gateway, monkeypatch)
    good, _, _ = gateway.serve(0.95), gateway.serve(0.6), gateway.serve(0.6)

    assert gateway.monitor() == 1

    move = gateway.store.history(is_thorough=True)[-1]
    assert (move.kind, move.version, move.actor) == ("rollback", good, "monitor")
    assert "evidence worth" in move.reason
    assert f"back from {gateway.store.history()[-2].version} to {good}" in capsys.readouterr().err


def test_where_every_version_is_accused_production_stays_and_says_so(gateway, monkeypatch, capsys):
    """Nothing is better known to be good, so nothing moves."""
    contract_that_goes_back(gateway, monkeypatch)
    gateway.serve(0.6)

    assert gateway.monitor() == 1

    assert len(gateway.store.history()) == 1
    assert "no earlier version is left" in capsys.readouterr().err


def test_two_monitors_at_once_make_one_move(gateway, monkeypatch):
    """Both saw the same alarm; one move is made, and the other says why it made none."""
    contract_that_goes_back(gateway, monkeypatch)
    gateway.serve(0.95)
    gateway.serve(0.6)
    gateway.finish()
    seen = look(load_contract(), gateway.store, gateway.log, gateway.until)

    def act(_: int) -> str:
        own = Store(gateway.store.root, gateway.store.keys)
        return go_back(seen.document, seen.moves, own)

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(act, range(4)))

    assert len(gateway.store.history()) == 3
    assert sum("moved back" in sentence for sentence in said) == 1
    assert sum("Production stays" in sentence for sentence in said) == 3


def test_labels_of_stopped_payments_are_not_expected(gateway, capsys):
    """With every flagged payment stopped the answer is that recall cannot be known."""
    gateway.serve(0.5, release=0.0)

    assert gateway.monitor() == 0

    assert "cannot be known" in " ".join(capsys.readouterr().out.split())


def test_without_a_record_the_sentence_says_what_to_do(gateway, capsys):
    """Exit 1, in one sentence, and no page of nothing."""
    promote(gateway.store, FAMILIES[0])
    gateway.log = gateway.folder / "nothing"

    assert gateway.monitor() == 1

    assert "nothing" in capsys.readouterr().err
    assert not (gateway.folder / "out").exists()


def test_an_instant_that_is_none_is_wrong_usage(gateway, capsys):
    """Exit 2."""
    gateway.serve(0.95)
    gateway.finish()

    assert main(["monitor", "--log", str(gateway.log), "--until", "soon"]) == 2
    assert "--until must be an ISO date or time" in capsys.readouterr().err
