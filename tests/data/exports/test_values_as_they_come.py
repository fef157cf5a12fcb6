"""Exports as they really come: read right, refused in a sentence, or noticed with counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraud_assets.contract import parse_contract
from fraud_assets.data.transactions import RawTransactions, read_transactions
from fraud_assets.errors import DataError

NOW = datetime(2025, 3, 1, tzinfo=UTC)
N = 60

CONTRACT = """
format = 1
name = "shop"
[source]
path = "*.*"
{source}
[columns]
id = "id"
event_time = {time}
sender = "customer"
amount = "amount"
[label]
column = "fraud"
positive = {positive}
negative = {negative}
known_at = {known}
[features]
numeric = ["amount", "age", "count"]
categorical = ["country"]
[derived.count]
kind = "count"
entity = "customer"
window = "24h"
[windows]
by = "shares"
"""


def payments() -> pd.DataFrame:
    at = pd.Timestamp("2025-01-06 08:30:15") + pd.to_timedelta(range(0, N * 7, 7), unit="h")
    frame = pd.DataFrame({"id": [f"P{i:03}" for i in range(N)], "at": at.as_unit("s")})
    frame["customer"] = [1001 + i % 5 for i in range(N)]
    frame["amount"] = [10 + i + 0.25 for i in range(N)]
    frame["age"] = [i % 9 for i in range(N)]
    frame["country"] = [("NA", "DE", "FR")[i % 3] for i in range(N)]
    frame["fraud"] = [int(i % 6 == 0) for i in range(N)]
    frame["reported"] = (frame["at"] + pd.Timedelta("3D")).where(frame["fraud"] == 1)
    return frame


def read(folder: Path, files: dict[str, pd.DataFrame], **said: str) -> RawTransactions:
    for name, frame in files.items():
        frame.to_csv(folder / f"{name}.csv", index=False, sep=said.get("sep", ","))
    usual = {"source": "", "time": '"at"', "known": '"reported"', "positive": "[1]"}
    told = usual | {"negative": "[0]"} | {k: v for k, v in said.items() if k != "sep"}
    return read_transactions(parse_contract(CONTRACT.format(**told), base=folder), now=NOW)


def is_right(raw: RawTransactions) -> None:
    expected = payments()
    assert raw.rule_counts == {}
    assert raw.rows["_time"].tolist() == expected["at"].tolist()
    assert int((raw.rows["_label"] == 1).sum()) == 10
    assert raw.rows["_sender"].nunique() == 5
    assert raw.rows["_known_at"].notna().sum() == 10


def codes(raw: RawTransactions) -> dict[str, int | None]:
    return {note.code: note.rows for note in raw.notes}


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d %H:%M:%S UTC",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S+00",
        "%Y-%m-%d %H:%M:%S GMT",
        "%Y%m%dT%H%M%S",
        "%Y%m%d%H%M%S",
        "%d %b %Y %I:%M:%S %p",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%Y-%m-%d %H:%M:%S,000",
        "%s",
        "%s000",
    ],
)
def test_times_are_read_as_databases_print_them(tmp_path, form):
    """Suffixes, names of months, compact forms and counts, of event and report times alike."""
    made = payments()
    for name in ("at", "reported"):
        seconds = made[name].map(lambda t: "" if pd.isna(t) else str(int(t.timestamp())))
        text = made[name].dt.strftime(form.replace("%s", "@"))
        made[name] = text.mask(text.isna(), "").str.replace("@", "")
        if "%s" in form:
            made[name] = seconds.map(lambda s: s and form.replace("%s", s))

    is_right(read(tmp_path, {"a": made}))


def test_each_time_column_has_its_own_unit_and_zone(tmp_path):
    """The event in milliseconds beside reports in local words: each is read in its own way."""
    made = payments()
    made["at"] = made["at"].astype("int64") * 1000
    made["reported"] = (made["reported"] + pd.Timedelta("8h")).dt.strftime("%d.%m.%Y %H:%M:%S")

    raw = read(
        tmp_path,
        {"a": made},
        time='{ column = "at", unit = "ms" }',
        known='{ column = "reported", format = "%d.%m.%Y %H:%M:%S", zone = "Asia/Singapore" }',
    )

    is_right(raw)
    assert (raw.rows["_known_at"].dropna() - raw.rows["_time"]).dropna().eq("3D").all()


def test_date_and_time_of_day_in_two_columns_are_joined(tmp_path):
    """Alone the date is noticed as a time without hours; with the other column it is right."""
    made = payments()
    made["clock"] = made["at"].dt.strftime("%H:%M:%S")
    made["at"] = made["at"].dt.strftime("%Y-%m-%d")

    alone = read(tmp_path, {"a": made})
    joined = read(tmp_path, {"a": made}, time='{ column = "at", time = "clock" }')

    assert codes(alone)["time_without_hours"] == N
    assert "time_without_hours" not in codes(joined)
    is_right(joined)


def test_local_times_after_now_name_the_setting_of_a_zone(tmp_path):
    """Rows some hours ahead are put aside, and a sentence says how to declare their zone."""
    made = payments()
    shift = pd.Timestamp(NOW).tz_localize(None) + pd.Timedelta("8h") - made["at"].max()
    made["at"], made["reported"] = made["at"] + shift, made["reported"] + shift

    naive = read(tmp_path, {"a": made})
    declared = read(tmp_path, {"a": made}, time='{ column = "at", zone = "Asia/Singapore" }')

    note = next(note for note in naive.notes if note.code == "zone_suspected")
    assert "zone = " in note.text
    assert note.rows == naive.rule_counts["time_after_now"]
    assert declared.rule_counts == {}


def test_a_time_that_the_clocks_left_out_or_showed_twice_is_one_instant(tmp_path):
    """Worked by hand: Berlin's gap of March and its repeat of October."""
    made = payments().head(2)
    made["at"] = ["2024-03-31 02:30:00", "2024-10-27 02:30:00"]

    rows = read(tmp_path, {"a": made}, time='{ column = "at", zone = "Europe/Berlin" }').rows

    assert rows["_time"].astype(str).tolist() == ["2024-03-31 01:00:00", "2024-10-27 00:30:00"]


def test_ids_keep_every_digit_beside_a_missing_one(tmp_path):
    """Parquet's integers above 2^53 with a null; ids, senders and their counts stay apart."""
    made, big = payments(), 10**18 + 2**53
    table = pa.table({name: pa.array(made[name].tolist()) for name in ("country",)})
    for name in ("at", "amount", "age", "fraud", "reported"):
        table = table.append_column(name, pa.array(made[name]))
    ids = [None, *(big + i for i in range(1, N))]
    table = table.append_column("id", pa.array(ids, pa.int64()))
    senders = [None if i == 7 else big + 3 * int(c) for i, c in enumerate(made["customer"])]
    pq.write_table(table.append_column("customer", pa.array(senders)), tmp_path / "a.parquet")

    raw = read(tmp_path, {})

    assert raw.rule_counts == {}
    assert raw.rows["_sender"].nunique() == 5
    assert raw.rows["id"].nunique() == N - 1


def test_an_entity_is_the_same_whatever_a_week_stores_it_as(tmp_path):
    """Whole numbers, floats of another week and Parquet's integers are one set of senders."""
    made = payments()
    parts = [made.iloc[i::3].copy() for i in range(3)]
    parts[1]["customer"] = parts[1]["customer"].astype(float)
    parts[2].to_parquet(tmp_path / "c.parquet")

    raw = read(tmp_path, {"a": parts[0], "b": parts[1]})

    assert set(raw.rows["_sender"]) == {"1001", "1002", "1003", "1004", "1005"}


@pytest.mark.parametrize(
    ("words", "positive", "negative"),
    [
        (("1.00", "0.00"), '["1.00"]', '["0.00"]'),
        (("1.0", "0"), "[1]", "[0]"),
        (("TRUE", "False"), '["true"]', '["false"]'),
        (("Y ", "n"), '["Y"]', '["N"]'),
        (("True", "False"), "[true]", "[false]"),
    ],
)
def test_a_contracts_own_words_are_labels(tmp_path, words, positive, negative):
    """By text without case and decimals, and by number."""
    made = payments()
    made["fraud"] = made["fraud"].map({1: words[0], 0: words[1]})

    is_right(read(tmp_path, {"a": made}, positive=positive, negative=negative))


@pytest.mark.parametrize("word", ["\\N", "NaT", "<NA>", "#N/A", "?", "NULL", "None", "(null)"])
def test_words_for_missing_are_known(tmp_path, word):
    """In times and numbers; the country "NA" stays a country, which a note says."""
    made = payments()
    made["reported"] = made["reported"].astype(str).replace("NaT", word)
    made["age"] = made["age"].astype(str).where(made["age"] != 4, word)

    raw = read(tmp_path, {"a": made})

    is_right(raw)
    assert raw.rows["age"].isna().sum() == (payments()["age"] == 4).sum()
    assert (raw.rows["country"] == "NA").sum() == codes(raw)["word_may_mean_missing"]


def test_a_contract_may_add_its_own_words(tmp_path):
    """Here "NA" is missing, and so is the number -1."""
    made = payments()
    made["age"] = made["age"].where(made["age"] != 4, -1)

    raw = read(tmp_path, {"a": made}, source='missing = ["NA", -1]')

    assert raw.rows["country"].isna().sum() == N // 3
    assert raw.rows["age"].isna().sum() == (payments()["age"] == 4).sum()


@pytest.mark.parametrize(
    ("form", "sign"), [("{:.3f}", ","), ("{:.2f}", ","), ("{:.3f}", "in_thousands")]
)
def test_a_decimal_comma_is_refused_until_it_is_declared(tmp_path, form, sign):
    """Never read a thousandfold; declared, every amount is right."""
    made = payments()
    value = made["amount"] / (1000 if sign == "in_thousands" else 1)
    made["amount"] = value.map(lambda v: form.format(v).replace(".", ","))

    with pytest.raises(DataError, match="decimal = "):
        read(tmp_path, {"a": made}, sep=";")
    raw = read(tmp_path, {"a": made}, sep=";", source='decimal = ","')

    assert raw.rows["_amount"].tolist() == pytest.approx(value.tolist(), abs=1e-3)


def test_whole_thousands_are_asked_for_and_then_read(tmp_path):
    """The texts "1,200" and "12" fit both readings; the contract says which."""
    made = payments()
    made["amount"] = [f"{1000 * (i % 3) + 200:,}" for i in range(N)]

    with pytest.raises(DataError, match="thousands"):
        read(tmp_path, {"a": made}, sep=";")
    raw = read(tmp_path, {"a": made}, sep=";", source='thousands = ","')

    assert set(raw.rows["_amount"]) == {200.0, 1200.0, 2200.0}


def test_several_currencies_in_one_column_are_noticed(tmp_path):
    """Marks beside the numbers are counted."""
    made = payments()
    made["amount"] = [f"{'$' if i % 2 else '€'}{v}" for i, v in enumerate(made["amount"])]

    assert codes(read(tmp_path, {"a": made}))["several_currencies"] == N
