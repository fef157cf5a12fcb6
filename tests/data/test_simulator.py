"""The simulated gateway: what its export promises, at any size."""

from __future__ import annotations

import tomllib
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fraud_assets.data.simulator import settings, simulate
from fraud_assets.errors import DataError, UsageError

ROWS = 12_000
WEEKS = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated")
    simulate(ROWS, WEEKS, 3, out, 0.02)
    return out


@pytest.fixture(scope="module")
def export(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "transactions" / "*.parquet")


def _plausible(export: pl.DataFrame) -> pl.DataFrame:
    start = datetime.combine(settings.END, datetime.min.time()) - timedelta(weeks=WEEKS)
    return export.filter(pl.col("created_at") < start + timedelta(weeks=WEEKS))


def test_same_arguments_give_the_same_rows(folder: Path, tmp_path: Path) -> None:
    """A second run writes the same bytes, week by week."""
    files = simulate(ROWS, WEEKS, 3, tmp_path, 0.02)

    for path in files:
        assert path.read_bytes() == (folder / "transactions" / path.name).read_bytes()


def test_another_seed_gives_other_senders(export: pl.DataFrame, tmp_path: Path) -> None:
    """Two seeds are two worlds: they share no sender."""
    simulate(2_000, 2, 4, tmp_path)

    other = pl.read_parquet(tmp_path / "transactions" / "*.parquet")

    assert not set(other["sender_address"].drop_nulls()) & set(export["sender_address"])


def test_rows_are_as_many_as_asked(export: pl.DataFrame) -> None:
    """Ids count the payments exactly; a few rows more are duplicates of them."""
    assert export["transaction_id"].n_unique() == ROWS
    assert 0 < len(export) - ROWS < 0.005 * ROWS
    assert len(export.unique()) == ROWS


def test_the_fraud_rate_is_as_asked(tmp_path: Path) -> None:
    """Frauds that are reported are the share asked for, less those not yet reported."""
    for rate in (0.0, 0.002, 0.05):
        out = tmp_path / str(rate)
        simulate(20_000, 4, 5, out, rate)
        export = pl.read_parquet(out / "transactions" / "*.parquet")
        frauds = int(export.unique("transaction_id")["is_fraud"].sum())
        assert 0.8 * rate * 20_000 - 15 <= frauds <= rate * 20_000 + 15


def test_each_week_has_its_file(folder: Path) -> None:
    """Weeks start on Mondays, follow each other, and hold their own days."""
    files = sorted((folder / "transactions").glob("*.parquet"))
    mondays = [datetime.fromisoformat(path.stem.removeprefix("week_")) for path in files]

    assert len(files) == WEEKS
    assert all(day.weekday() == 0 for day in mondays)
    assert mondays[-1] + timedelta(weeks=1) == datetime.combine(settings.END, datetime.min.time())
    for path, monday in zip(files, mondays, strict=True):
        times = pl.read_parquet(path)["created_at"]
        assert times.min() >= monday
        assert (times >= monday + timedelta(weeks=1)).mean() < 0.005  # clocks ahead


def test_no_fraud_is_reported_before_it_happens(export: pl.DataFrame) -> None:
    """A report follows its payment, and none is known after the export."""
    known = export.filter(pl.col("label_time").is_not_null())

    assert (known["is_fraud"] == 1).all()
    assert (known["label_time"] > known["created_at"]).all()
    assert known["label_time"].max() <= datetime.combine(settings.END, datetime.min.time())
    assert export.filter(pl.col("is_fraud") == 1)["label_time"].null_count() == 0


def test_most_reports_come_within_maturity(tmp_path: Path) -> None:
    """At most 3 % of the reports of old frauds take longer than 14 days, and some do."""
    simulate(10_000, 12, 6, tmp_path, 0.2)
    old = pl.read_parquet(tmp_path / "transactions" / "*.parquet").filter(
        (pl.col("is_fraud") == 1)
        & (
            pl.col("created_at")
            < datetime.combine(settings.END, datetime.min.time()) - timedelta(60)
        )
    )

    late = ((old["label_time"] - old["created_at"]) > timedelta(days=14)).mean()

    assert 0.002 < late < 0.03


def test_nobody_is_seen_after_paying(export: pl.DataFrame) -> None:
    """An address is first seen before its payment (to the minute), and always at one moment."""
    rows = export.filter(pl.col("sender_address").is_not_null())

    assert (rows["first_seen"] <= rows["created_at"]).all()
    assert (
        rows.group_by("sender_address").agg(pl.col("first_seen").n_unique())["first_seen"].max()
        == 1
    )


def test_senders_have_histories(export: pl.DataFrame) -> None:
    """Many senders pay once, some pay hundreds of times."""
    counts = export.drop_nulls("sender_address").group_by("sender_address").len()["len"]

    assert (counts == 1).mean() > 0.05
    assert counts.max() > 100


def test_the_dirt_of_real_exports_is_there(folder: Path, tmp_path: Path) -> None:
    """Every kind of dirt occurs, and all that must be quarantined stays below 2 %."""
    simulate(40_000, 4, 8, tmp_path)
    rows = pl.read_parquet(tmp_path / "transactions" / "*.parquet")
    amount = pl.col("amount_usd")
    number = amount.str.replace_all(",", "").cast(pl.Float64, strict=False)
    end = datetime.combine(settings.END, datetime.min.time())
    kinds = {
        "thousands": amount.str.contains(","),
        "unreadable": number.is_null() & amount.is_not_null(),
        "negative": number < 0,
        "no amount": amount.is_null(),
        "no gas price": pl.col("gas_price").is_null(),
        "no sender": pl.col("sender_address").is_null(),
        "no country": pl.col("sender_country").is_null(),
        "wrong case": pl.col("chain").str.contains("[a-z]"),
        "stray blanks": pl.col("token_type").str.contains("^ .* $"),
        "duplicate": pl.col("transaction_id").is_duplicated(),
        "clock ahead": pl.col("created_at") >= end,
        "clock absurd": pl.col("created_at") >= datetime(2031, 1, 1),
    }

    shares = rows.select(**{name: kind.mean() for name, kind in kinds.items()}).row(0, named=True)

    assert all(share > 0 for share in shares.values()), shares
    broken = ("unreadable", "negative", "no sender", "duplicate", "clock ahead")
    assert sum(shares[name] for name in broken) < 0.02


def test_memory_does_not_grow_with_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight times the rows in slices of one size need no more memory at the peak."""
    monkeypatch.setattr(settings, "SLICE_ROWS", 1_000)
    peaks = []
    for n in (2_000, 16_000):
        tracemalloc.start()
        simulate(n, 2, 1, tmp_path / str(n))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.25 * peaks[0]


def test_the_contract_written_beside_reads_the_files(folder: Path) -> None:
    """The contract is the shipped one but for its path, which is relative to itself."""
    contract = tomllib.loads((folder / "contract.toml").read_text())

    assert len(list(folder.glob(contract["source"]["path"]))) == WEEKS
    assert contract["name"] == "crypto_gateway"


def test_other_weeks_in_the_folder_are_refused(folder: Path) -> None:
    """Another calendar's files would be read together with these: nothing is written."""
    before = sorted(path.stat().st_mtime_ns for path in folder.rglob("*"))

    with pytest.raises(DataError, match="would not write"):
        simulate(1_000, 2, 1, folder)

    assert sorted(path.stat().st_mtime_ns for path in folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("transactions", "weeks", "rate"), [(0, 1, 0.01), (10, 0, 0.01), (10, 1, 0.6), (5, 9, -1.0)]
)
def test_arguments_out_of_bounds_are_refused(
    tmp_path: Path, transactions: int, weeks: int, rate: float
) -> None:
    """Every fault is named, and nothing is written."""
    with pytest.raises(UsageError, match="Nothing was simulated"):
        simulate(transactions, weeks, 1, tmp_path / "out", rate)

    assert not (tmp_path / "out").exists()


def test_an_interrupted_week_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure while a week is written leaves whole weeks and no part."""
    from fraud_assets.data.simulator import run

    real, calls = run.to_table, []

    def fail_third(*args: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise OSError("disk full")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "to_table", fail_third)

    with pytest.raises(OSError, match="disk full"):
        simulate(900, 3, 1, tmp_path)

    left = sorted(path.name for path in (tmp_path / "transactions").iterdir())
    assert len(left) == 2
    assert all(name.endswith(".parquet") and not name.startswith(".") for name in left)


def test_foreign_gas_is_ordinary_elsewhere_only() -> None:
    """The gas story's price lies far from its chain's level and near another's."""
    from fraud_assets.data.simulator import stories, world

    start = int(np.datetime64("2025-03-03", "s").astype(np.int64))
    piece = world.WorldSlice(start, start + 7 * world.DAY, 2_000.0, 1)

    told, _ = stories.gas(np.random.default_rng(0), piece, 2_000)

    off = np.abs(np.log(told.gas / world.gas_level(told.time, told.chain)))
    nearest = np.abs(np.log(told.gas[:, None] / world.CHAIN_GAS[None, :])).min(axis=1)
    assert np.mean(off > 0.7) > 0.93
    assert np.mean(nearest < 0.6) > 0.93
