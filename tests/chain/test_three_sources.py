"""The same week from a database, from one file and from hive folders: the same bits."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

from fraud_assets.chain import steps
from tests.decisions.databases import postgres
from tests.weeks import Week

TYPES = {
    "created_at": "timestamptz",
    "gas_price": "numeric",
    "is_fraud": "boolean",
    "first_seen": "timestamp",
    "label_time": "timestamptz",
}


def weekly_run(week: Week) -> dict[str, object]:
    """What the six steps publish: the data's fingerprint and the digest of `pipeline.joblib`."""
    contract = week.settings.contract()
    raw = steps.raw_transactions(contract)
    cleaned = steps.cleaned_features(raw, contract)
    tuned = steps.tuned_pipeline(cleaned, steps.candidate_models(cleaned, contract), contract)
    case = week.settings.case(cleaned, tuned)
    done = steps.published_artifact(case, steps.evaluation_report(case), actor="test")
    payload = Path(done.path, "pipeline.joblib").read_bytes()
    return {"data": cleaned.fingerprint, "pipeline": hashlib.sha256(payload).hexdigest()}


def other(week: Week, folder: Path, place: str) -> Week:
    """A week of its own with the same contract and another source."""
    folder.mkdir()
    shutil.copy(week.contract, folder / "contract.toml")
    own = Week(folder)
    line = next(one for one in own.contract.read_text().splitlines() if one.startswith("path ="))
    own.edit(line, place)
    return own


def payments_of(week: Week) -> pd.DataFrame:
    files = sorted(week.folder.rglob("*.parquet"))
    return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)


def into_database(frame: pd.DataFrame, url: str) -> None:
    """The payments in another order, in columns of a database's own types."""
    import psycopg

    names = {name: TYPES.get(name, "text") for name in frame}
    columns = ", ".join(f"{name} {kind}" for name, kind in names.items())
    shuffled = frame.sample(frac=1, random_state=1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE payments ({columns})".encode())
        with connection.cursor().copy(b"COPY payments FROM STDIN (FORMAT csv)") as copy:
            copy.write(shuffled.to_csv(index=False, header=False))


@pytest.mark.slow
def test_one_week_from_three_sources(
    week: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default contract's columns in PostgreSQL, in one CSV, in folders by day."""
    frame = payments_of(week)
    file = other(week, tmp_path / "file", 'path = "week.csv"')
    frame.to_csv(file.folder / "week.csv", index=False)
    hive = other(week, tmp_path / "hive", 'path = "days"')
    for day, rows in frame.groupby(pd.to_datetime(frame["created_at"], utc=True).dt.date):
        place = hive.folder / "days" / f"day={day}"
        place.mkdir(parents=True)
        rows.sample(frac=1, random_state=2).to_parquet(place / "part-0.parquet", index=False)
    with postgres() as url:
        into_database(frame, url)
        monkeypatch.setenv("FRAUD_ASSETS_SOURCE", url)
        table = other(week, tmp_path / "table", 'table = "payments"')

        made = [weekly_run(one) for one in (week, file, hive, table)]

    assert made[0] == made[1] == made[2] == made[3]
