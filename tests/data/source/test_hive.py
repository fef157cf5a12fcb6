"""Folders by date: the same rows as one file, and none opened that a week does not need."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.chain import evidence
from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.features import derive_features
from fraud_assets.data.provenance.content import digest_of_rows
from fraud_assets.data.source import read_source, times_needed
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import DataError, EvidenceError
from tests.exports import DEFAULTS, NOW, TOML, payments

AS_OF = "2025-05-20"
REACH = 'reach = "60d"'


def contract(base: Path, path: str, *more: str, **said: str) -> Contract:
    text = TOML.format(**DEFAULTS | said)
    return parse_contract(
        text.replace('path = "in"', "\n".join([f'path = "{path}"', *more])), base=base
    )


def kept(found: Contract, as_of: str | None = AS_OF) -> str:
    rows = read_transactions(found, as_of, now=NOW).rows
    return digest_of_rows(rows.drop(columns="_row"))


def put(rows: pd.DataFrame, folder: Path, name: str = "part-0.parquet") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(folder / name, index=False)


def by_day(frame: pd.DataFrame, base: Path, style: str = "day={:%Y-%m-%d}") -> None:
    for day, rows in frame.groupby(frame["paid_at"].dt.ceil("7D").dt.date):
        put(rows, base / "days" / style.format(day))


@given(
    cuts=st.lists(st.integers(0, 139), max_size=30),
    late=st.lists(st.tuples(st.integers(0, 2999), st.integers(0, 40)), max_size=20),
    seed=st.integers(0, 9),
    empty=st.integers(0, 139),
)
@settings(max_examples=3, deadline=None)
def test_any_partition_is_one_file(
    cuts: list[int], late: list[tuple[int, int]], seed: int, empty: int
) -> None:
    """Days without a folder, empty files, several files a day, rows that came days later."""
    frame = payments().sample(frac=1, random_state=seed)
    start = pd.Timestamp("2025-01-06")
    day = (frame["paid_at"] - start).dt.days.to_numpy() // 7 * 7 + 6
    for at, days in late:
        day[at] += days // 14 * 14
    part = np.searchsorted(np.unique(cuts), np.arange(len(day)) % 140) // 10
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        put(frame.sort_index(), base / "one")
        for (its, which), rows in frame.groupby([day, part]):
            folder = base / "days" / f"day={start + pd.Timedelta(days=int(its)):%Y-%m-%d}"
            put(rows, folder, f"part-{int(which)}.parquet")
        put(frame.iloc[:0], base / "days" / f"day=2025-{1 + empty % 4:02d}-20", "empty.parquet")

        one, days = contract(base, "one", REACH), contract(base, "days", REACH, 'days = "day"')

        assert kept(one) == kept(days)
        whole = contract(base, "one"), contract(base, "days")
        assert kept(whole[0], None) == kept(whole[1], None)


@pytest.mark.parametrize(
    ("style", "days"),
    [
        ("day={:%Y-%m-%d}", '"day"'),
        ("dt={:%Y%m%d}", '"dt"'),
        ("year={0.year}/month={0.month}/day={0.day}", '["year", "month", "day"]'),
        ("Month={:%Y-%m}", '"month"'),
    ],
)
def test_only_the_days_that_a_week_needs_are_opened(tmp_path: Path, style: str, days: str) -> None:
    """The others may be unreadable: they are named as skipped, with the reason, and unwatched."""
    frame = payments()
    put(frame, tmp_path / "one")
    for day, rows in frame.groupby(frame["paid_at"].dt.ceil("7D").dt.date):
        put(rows, tmp_path / "days" / style.format(day), f"{day}.parquet")
    old = sorted((tmp_path / "days").rglob("2025-0[12]-*.parquet"))
    for file in old:
        file.write_bytes(b"PAR1 of nothing")
    found = contract(tmp_path, "days", REACH, f"days = {days}")

    raw = read_transactions(found, AS_OF, now=NOW)

    assert kept(found) == kept(contract(tmp_path, "one", REACH))
    assert {one.why for one in raw.skipped} == {
        "its folder's date is older than source.reach lets this week look"
    }
    assert len(raw.skipped) >= len(old) > 6
    assert len(raw.files) + len(raw.skipped) == len(list((tmp_path / "days").rglob("*.parquet")))
    before = evidence.witnessed(found, AS_OF)
    old[0].unlink()
    old[1].write_bytes(b"changed")
    assert evidence.begun(raw, found, before).made is not None
    next((tmp_path / "days").rglob("2025-05-*.parquet")).unlink()
    with pytest.raises(EvidenceError, match=r"2025-05-\d\d.parquet is gone"):
        evidence.begun(raw, found, before)


def test_features_look_back_from_the_oldest_window(tmp_path: Path) -> None:
    """A window of 30 days at the first day of the reach still sees its 30 days."""
    frame = payments()
    by_day(frame, tmp_path)
    more = '[derived.often]\nkind = "count"\nentity = "customer_id"\nwindow = "30d"\n'
    said = {"numeric": '"amount", "account_age", "often"', "more": more}
    found = contract(tmp_path, "days", REACH, 'days = "day"', **said)
    whole = contract(tmp_path, "days", **said)

    week = clean(read_transactions(found, AS_OF, now=NOW), found)

    first = pd.Timestamp(AS_OF) - pd.Timedelta("60D")
    assert week.frame["_time"].min() >= first
    assert week.history["_time"].min() < first - pd.Timedelta("29D")
    ours = pd.concat([week.frame, week.earlier]).drop_duplicates("_time").set_index("_time")
    everything = derive_features(read_transactions(whole, AS_OF, now=NOW).rows, whole)
    theirs = everything.drop_duplicates("_time").set_index("_time")
    pd.testing.assert_series_equal(ours["often"], theirs.loc[ours.index, "often"])


def test_the_folders_columns_count_as_columns(tmp_path: Path) -> None:
    """What stands in the folders' names alone may be a feature."""
    frame = payments()
    for country, rows in frame.groupby("country"):
        put(rows.drop(columns="country"), tmp_path / "days" / f"country={country}")
    put(frame, tmp_path / "one")

    assert kept(contract(tmp_path, "days")) == kept(contract(tmp_path, "one"))


def test_a_date_that_is_none_of_its_payments_is_refused(tmp_path: Path) -> None:
    """Folders by another day would hide payments: the first file at odds is named."""
    frame = payments()
    for day, rows in frame.groupby((frame["paid_at"] - pd.Timedelta("30D")).dt.floor("7D").dt.date):
        put(rows, tmp_path / "days" / f"day={day}")

    with pytest.raises(DataError, match=r"after the date of its folder.*day=2025-0"):
        read_transactions(contract(tmp_path, "days", REACH, 'days = "day"'), AS_OF, now=NOW)


@pytest.mark.parametrize("name", ["day=Monday", "day=2025-13-40", "day=1"])
def test_a_folder_that_is_no_date_is_named(tmp_path: Path, name: str) -> None:
    """It may not be passed over, and not be taken for old."""
    put(payments(), tmp_path / "days" / name)

    with pytest.raises(DataError, match=r"must hold dates.*Rename the folder"):
        read_source(contract(tmp_path, "days", REACH, 'days = "day"'))


def test_without_the_word_nothing_is_skipped(tmp_path: Path) -> None:
    """A date in a folder's name may be anything; only the contract says that it is the day."""
    by_day(payments(), tmp_path)
    found = contract(tmp_path, "days", REACH)

    assert read_source(found, times_needed(found, np.datetime64(AS_OF, "us"))).skipped == ()
