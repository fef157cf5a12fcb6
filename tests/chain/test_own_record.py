"""The factory feeds itself: a week from decisions and labels alone, without the original files."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fraud_assets.chain import steps
from fraud_assets.contract import Contract
from fraud_assets.data.columns import ROW
from fraud_assets.data.served import served_features
from fraud_assets.data.source import read_source
from fraud_assets.payments.kept import plan_for
from fraud_assets.payments.roles import raw_columns
from fraud_assets.state.opening import begin, close, open_adapter
from tests.service.stores import Server, serving
from tests.weeks import Week

BATCH = 500


def weekly_run(week: Week) -> tuple[str, pd.DataFrame]:
    """The digest of the `pipeline.joblib` that the six steps publish, and the good rows read."""
    contract = week.settings.contract()
    raw = steps.raw_transactions(contract)
    cleaned = steps.cleaned_features(raw, contract)
    tuned = steps.tuned_pipeline(cleaned, steps.candidate_models(cleaned, contract), contract)
    served = served_features(cleaned, contract)
    assert served is None or served.is_equal, served
    case = week.settings.case(cleaned, tuned)
    done = steps.published_artifact(case, steps.evaluation_report(case), actor="test")
    payload = Path(done.path, "pipeline.joblib").read_bytes()
    return hashlib.sha256(payload).hexdigest(), raw.rows


def sent(contract: Contract, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The good rows as exported, in the order of their events, as a gateway would post them."""
    export = read_source(contract)
    frame = export.frame[raw_columns(contract)].set_axis(export.position).loc[rows[ROW]]
    for name in frame.select_dtypes(["datetime", "datetimetz"]):
        frame[name] = frame[name].map(lambda at: at.isoformat(), na_action="ignore")
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def labels(week: Week) -> list[dict[str, Any]]:
    """What the files say of each payment, as the fraud team would post it."""
    files = sorted(week.folder.rglob("*.parquet"))
    frame = pd.concat([pd.read_parquet(path) for path in files])
    told = frame[frame["label_time"].notna()].drop_duplicates("transaction_id")
    known = pd.to_datetime(told["label_time"], utc=True).map(lambda at: at.isoformat())
    said = zip(told["transaction_id"], (told["is_fraud"] == 1).tolist(), known, strict=True)
    return [{"payment_id": one, "is_fraud": fraud, "known_at": at} for one, fraud, at in said]


def post(server: Server, path: str, key: str, entries: list[dict[str, Any]]) -> None:
    for start in range(0, len(entries), BATCH):
        status, told = server.ask(path, {key: entries[start : start + BATCH]})
        assert status == 200, told


@pytest.mark.slow
def test_the_same_model_comes_from_the_record_as_from_the_files(
    week: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publish, serve, decide each payment, post the labels, delete the files, run again.

    The second run reads its own record and makes the same bytes of `pipeline.joblib`.
    """
    contract = week.settings.contract()
    first, rows = weekly_run(week)
    payments, known = sent(contract, rows), labels(week)
    monkeypatch.setenv("FRAUD_ASSETS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(tmp_path / "log"))
    close(begin(open_adapter(str(tmp_path / "state"), contract.name), plan_for(contract)))
    with serving(week.settings.store()) as server:
        post(server, "/decisions/batch", "payments", payments)
        post(server, "/labels", "labels", known)
    own = Week(tmp_path / "own")
    own.folder.mkdir()
    shutil.copy(week.contract, own.contract)
    line = next(one for one in own.contract.read_text().splitlines() if one.startswith("path ="))
    own.edit(line, "decisions = true")
    shutil.rmtree(week.folder)

    again, learned = weekly_run(own)

    assert len(learned) == len(payments) > 10_000
    assert again == first
