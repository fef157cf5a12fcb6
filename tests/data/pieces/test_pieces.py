"""Read piece by piece, a source gives the rows of reading it whole, in order, to the bit."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.pieces import payments
from fraud_assets.data.pieces.moments import Hours
from fraud_assets.data.pieces.transactions import good_rows
from fraud_assets.data.plausible import leaps
from fraud_assets.data.source import table
from fraud_assets.data.source.formats import parquet
from fraud_assets.data.source.text import fast
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import DataError
from fraud_assets.handover.rows import payments_of
from tests.data.deliveries.test_law import DELIVERY, PAYMENTS, day
from tests.exports import NOW, export

TOML = """
format = 1
name = "team"
[source]
path = "data"
missing = ["-999"]
[columns]
id = "id"
event_time = "made"
sender = "who"
entities = ["device"]
amount = "paid"
delivered_at = "sent"
[label]
column = "fraud"
known_at = "reported"
maturity_days = 2
[features]
numeric = ["paid", "n"]
categorical = ["shop"]
case = "upper"
[derived]
n = { kind = "count", entity = "who", window = "3d" }
[rules.paid_positive]
column = "paid"
min = 0
"""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty rows of a file at once and few boxes, so that little data come in many parts."""
    monkeypatch.setattr(payments, "_BOXES", 16)
    for module in (table, parquet, fast):
        monkeypatch.setattr(module, "PART_ROWS", 40)


def the_same(contract: Contract, as_of: str | None = None, now: datetime = NOW) -> str:
    """Compare both readings; why the source was read whole, or nothing."""
    whole = read_transactions(contract, as_of, now)
    with good_rows(contract, as_of, now, piece=50) as found:
        assert found.newest == whole.newest
        pieces = list(found.pieces)
    got = [one for rows in pieces for part in payments_of(rows, contract) for one in part]
    expected = [one for part in payments_of(whole.rows, contract) for one in part]
    assert got == expected
    assert not found.whole or len(pieces) == 1
    return found.whole


def messy(size: int = 240) -> pd.DataFrame:
    """Payments of a month out of order, some delivered twice, some at fault, as text."""
    random = np.random.default_rng(5)
    made = pd.Timestamp("2025-03-01") + pd.to_timedelta(random.integers(0, 43_200, size), "min")
    fraud = random.random(size) < 0.2
    frame = pd.DataFrame(
        {
            "id": random.permutation(np.arange(size) + 1000).astype(str),
            "made": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "who": [f" s{n}" for n in random.integers(0, 30, size)],
            "device": random.choice(["7", "07", "x", "na", "7.0", "-999", ""], size),
            "shop": random.choice(["eth", "ETH", "n/a"], size),
            "paid": [f"{p:.2f}" for p in random.lognormal(3, 1, size)],
            "fraud": fraud.astype(int).astype(str),
            "reported": np.where(fraud, (made + pd.Timedelta("30h")).strftime("%Y-%m-%d"), ""),
            "sent": (made + pd.Timedelta("1h")).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )
    again = frame.sample(50, random_state=1).assign(
        fraud=lambda rows: random.choice(["0", "1", ""], len(rows)),
        sent="2025-04-02T00:00:00Z",
        shop=lambda rows: rows["shop"].where(rows.index % 2 == 0, ""),
    )
    frame.loc[3, "made"] = "soon"
    frame.loc[5, "made"] = "1970-01-01"
    frame.loc[7, "made"] = "2041-01-01"
    frame.loc[11, "paid"] = "-4"
    frame.loc[13, "id"] = ""
    return pd.concat([frame, again]).sample(frac=1, random_state=2)


def contract_of(folder: Path, **changes: str) -> Contract:
    text = TOML
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_contract(text, base=folder)


def in_files(folder: Path, frame: pd.DataFrame, ending: str, files: int = 3) -> None:
    (folder / "data").mkdir()
    for at, part in enumerate(np.array_split(np.arange(len(frame)), files)):
        rows, path = frame.iloc[part], folder / "data" / f"week_{at}.{ending}"
        rows.to_csv(path, index=False) if ending == "csv" else rows.to_parquet(path)


@pytest.mark.parametrize(
    ("ending", "as_of"),
    [("csv", None), ("parquet", "2025-03-10"), ("csv", "2025-03-28T13:00:00")],
)
def test_every_cut_gives_the_same_rows(tmp_path: Path, ending: str, as_of: str | None) -> None:
    """Deliveries over files, labels taken back, leaps of the clock, words for missing, bad rows."""
    in_files(tmp_path, messy(), ending)

    assert the_same(contract_of(tmp_path), as_of) == ""


def test_types_that_change_from_file_to_file_change_nothing(tmp_path: Path) -> None:
    """Integers here, text there, floats and missing ones elsewhere: the same identities."""
    (tmp_path / "data").mkdir()
    frame = messy().assign(device=lambda rows: np.arange(len(rows)) % 9)
    frame = frame[frame["id"] != ""]
    kinds = (("int64", 0), ("float64", 1), (object, 2), ("Int64", 3))
    for kind, at in kinds:
        part = frame.iloc[at::4].assign(device=lambda rows, kind=kind: rows["device"].astype(kind))
        if kind is object:
            part["device"] = part["device"].map(lambda value: "-999" if value == 5 else str(value))
        if kind == "Int64":
            part.loc[part.index[2:60], "device"] = pd.NA
        part.to_parquet(tmp_path / "data" / f"week_{at}.parquet")

    assert the_same(contract_of(tmp_path)) == ""


def test_without_ids_and_without_times_too(tmp_path: Path) -> None:
    """Each row is a payment of its own then."""
    in_files(tmp_path, messy(), "csv")
    no_ids = contract_of(tmp_path, **{'id = "id"\n': "", 'delivered_at = "sent"\n': ""})
    no_times = parse_contract(
        'format = 1\nname = "t"\nsource = { path = "data" }\nlabel = { column = "fraud" }\n'
        'columns = { amount = "paid" }\nfeatures = { numeric = ["paid"] }\n'
        'windows = { by = "shares" }',
        base=tmp_path,
    )

    assert the_same(no_ids, "2025-03-20") == ""
    assert the_same(no_times) == ""


def test_a_line_that_is_no_row_leaves_its_file_whole(tmp_path: Path) -> None:
    """Careful reading takes a text file at once; the others come in parts."""
    in_files(tmp_path, messy(), "csv")
    with (tmp_path / "data" / "week_1.csv").open("a") as file:
        file.write("Total,,,,,99,,,\n")

    assert the_same(contract_of(tmp_path)) == ""


@pytest.mark.parametrize(
    ("column", "written", "why"),
    [
        ("made", "%d/%m/%Y %H:%M", "together say whether the day or the month comes first"),
        ("sent", "%s", "are ranks among all of them"),
    ],
)
def test_what_only_a_whole_column_tells_is_read_whole(
    tmp_path: Path, column: str, written: str, why: str
) -> None:
    """The rows are the same, and why is said."""
    frame = messy()
    times = pd.to_datetime(frame[column], errors="coerce", utc=True)
    frame[column] = times.dt.strftime(written).fillna("")
    in_files(tmp_path, frame, "csv")

    assert why in the_same(contract_of(tmp_path))


def test_where_no_row_is_left_the_whole_reading_says_why(tmp_path: Path) -> None:
    """The sentence is the one of the weekly run."""
    in_files(tmp_path, messy().assign(paid="-1"), "csv")

    with (
        pytest.raises(DataError, match="most broke 'paid_positive'"),
        good_rows(contract_of(tmp_path), now=NOW),
    ):
        pass


def test_what_lay_on_disk_is_taken_away(tmp_path: Path) -> None:
    """Rows of a build that was killed go at the next one, its own at its end."""
    in_files(tmp_path, messy(), "csv")
    left = tmp_path / "rows" / "payments" / "1.arrows"
    left.parent.mkdir(parents=True)
    left.write_text("of a killed build")

    with good_rows(contract_of(tmp_path), now=NOW, folder=tmp_path / "rows") as found:
        assert sum(map(len, found.pieces)) > 200

    assert not (tmp_path / "rows").exists()


@settings(max_examples=10, deadline=None)
@given(st.lists(DELIVERY, min_size=1, max_size=12), st.booleans(), st.integers(8, 45))
def test_deliveries_in_any_order_are_resolved_alike(tmp_path_factory, drawn, timed, last) -> None:
    """Law: what came of a payment, and in which order, gives the same row and the same labels."""
    folder = tmp_path_factory.mktemp("law")
    made = pd.DataFrame(drawn)
    made["paid_at"] = made["payment_id"].map(PAYMENTS).map(day)
    made["reported_at"] = [day(one["reported"]) for one in drawn]
    made["sent"] = [day(one["delivered"]) for one in drawn]
    made = made.assign(customer_id="c", account_age="1", country=made["device"])
    said = {"columns": 'delivered_at = "sent"'} if timed else {}
    contract = export(folder, {f"f{i}": part for i, part in made.groupby("file")}, **said)
    try:
        read_transactions(contract, day(last), NOW)
    except DataError as error:
        why = re.escape(str(error))
        with pytest.raises(DataError, match=why), good_rows(contract, day(last), NOW):
            pass
        return

    the_same(contract, day(last))


MINUTES = st.lists(st.integers(-900, 900), max_size=60)


@settings(deadline=None)
@given(MINUTES, MINUTES, st.integers(0, 60_000), st.integers(0, 40))
def test_leaps_by_the_hour_are_the_leaps_of_all_times(near, more, far, few) -> None:
    """Law: however the times come, the bounds of those that can be believed are the same."""
    minutes = [*near, *more, *(far + at for at in range(few)), *(-far for _ in range(few // 2))]
    times = np.datetime64("2025-01-01", "us") + np.array(minutes, dtype="timedelta64[m]")
    hours = Hours()
    for part in np.array_split(times, 3):
        hours.add(part.astype("datetime64[us]").view(np.int64))

    assert hours.leaps() == leaps(times)
    edges = hours.edges(10, 256)
    assert list(edges) == sorted(set(edges))
