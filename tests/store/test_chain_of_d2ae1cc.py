"""A week that d2ae1cc's own chain published lists, verifies, serves and rolls back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fraud_assets.cli import main
from fraud_assets.documents.report.whole import read_report
from fraud_assets.errors import TrustError
from fraud_assets.service.versions.version import load_version
from fraud_assets.store.store import Store
from fraud_assets.store.versions.trust import load_pipeline
from tests.store.older import chain_of_d2ae1cc

FIRST, SECOND = "fraud_detector_20261126_082617", "fraud_detector_20261126_082657"
PAYMENT = {
    "amount_usd": 100.0,
    "gas_price": 20.0,
    "tx_count_24h": 3.0,
    "address_age_days": 20.0,
    "avg_tx_value": 100.0,
    "chain": "ETH",
    "token_type": "USDT",
    "sender_country": "US",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return chain_of_d2ae1cc(tmp_path)


def test_it_lists_verifies_and_rolls_back(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the commands, as an operator would the day after an upgrade."""
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    place = ("--store", str(store.root))

    assert main(["models", "verify", *place]) == 0
    assert main(["models", "rollback", "--actor", "ada", "--reason", "alerts doubled", *place]) == 0
    capsys.readouterr()
    assert main(["models", "list", "--json", *place]) == 0
    found = json.loads(capsys.readouterr().out)

    assert {row["version"]: row["state"] for row in found["versions"]} == {
        FIRST: "serves",
        SECOND: "served",
    }
    assert [row["fault"] for row in found["versions"]] == [None, None]
    assert [move.kind for move in store.history(is_thorough=True)] == [
        "promotion",
        "promotion",
        "rollback",
    ]
    assert store.history()[-1].contract == "crypto_gateway"


def test_it_serves(store: Store) -> None:
    """Golden rows hold, and a payment gets that release's own answer, to the last digit."""
    now = store.current()
    assert now is not None

    served = load_version(store.verify(now), now)

    scorer = served.scorer
    assert served.version == SECOND
    assert scorer.probability(scorer.encoder.row(PAYMENT)) == pytest.approx(
        0.026782656705820494, abs=1e-12
    )


def test_its_report_and_its_pipeline_are_read(store: Store) -> None:
    """The report by its readers of today; the pipeline under the libraries that wrote it."""
    verified = store.verify(SECOND)
    report = read_report(verified.read("report.json"))

    assert report.metrics is not None
    assert report.metrics.recall.n == 123
    try:
        pipeline = load_pipeline(verified)
    except TrustError as error:
        pytest.skip(f"other libraries: {error}")
    assert verified.metadata.model.family == "logistic_regression"
    assert list(pipeline.named_steps)
