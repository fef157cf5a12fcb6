"""What a column of times leaves open is asked or said with counts, never guessed in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.data.instants import Instants, read_instants
from fraud_assets.terms.times import EventTime
from tests.exports import export, payments, read


def column(values: list[object], **said: object) -> Instants:
    return read_instants(pd.Series(values, name="paid"), EventTime(column="paid", **said))


def codes(found: Instants) -> dict[str, int | None]:
    return {note.code: note.rows for note in found.notes}


def fault(found: Instants) -> str:
    (only,) = found.faults
    return only.text


DAYS = pd.date_range("2025-01-01", "2025-06-30", freq="D")


@pytest.mark.parametrize(
    "form", ["%d/%m/%y", "%y-%m-%d", "%d.%m.%y %H:%M", "%y%m%d", "%m/%d/%y %I:%M %p"]
)
def test_years_of_two_digits_are_read_right_or_asked(form):
    """Where a day above 12 stands in the middle it is decided; nobody takes 13/02/25 for 2013."""
    found = column(DAYS.strftime(form).tolist())

    if form.startswith("%m"):
        assert found.stamps.tolist() == DAYS.tolist()
    elif form == "%y%m%d":
        assert found.bad.all()
    else:
        assert "day_first = true" in fault(found)
        assert "format = " in fault(found)


@pytest.mark.parametrize("form", ["%d/%m/%y", "%m-%d-%y", "%y-%m-%d"])
def test_a_declared_form_settles_years_of_two_digits(form):
    """By day_first where the year stands last, by a format wherever it stands."""
    texts = DAYS.strftime(form).tolist()

    by_format = column(texts, format=form)
    assert by_format.stamps.tolist() == DAYS.tolist()
    if not form.startswith("%y"):
        declared = column(texts, day_first=form.startswith("%d"))
        assert declared.stamps.tolist() == DAYS.tolist()


def test_dates_that_may_be_either_are_asked_in_one_sentence():
    """The first twelve days of a month say nothing."""
    texts = [f"{day:02}/04/2025" for day in range(1, 12)]

    assert "whether day or month comes first, but its 11 dates" in fault(column(texts))
    assert column(texts, day_first=True).stamps.dt.month.eq(4).all()


def test_two_files_of_two_countries_are_refused():
    """Half with the day first, half with the month first: what is below 13 could be either."""
    texts = [*DAYS.strftime("%d/%m/%Y"), *DAYS.strftime("%m/%d/%Y")]

    told = fault(column(texts))

    assert "must have one order" in told
    assert "'13/01/2025'" in told
    assert "'01/13/2025'" in told


def test_a_stray_date_of_another_order_is_marked_and_said():
    """One of 181 dates; the others stay."""
    texts = DAYS.strftime("%d/%m/%Y").tolist()
    texts[40] = "04/25/2025"

    found = column(texts)

    assert found.bad.sum() == 1
    assert codes(found) == {"dates_of_another_order": 1}


def test_files_of_several_forms_are_one_column():
    """ISO, day first, names of months and counts, each in its week."""
    parts = [
        part.strftime(form).tolist()
        for part, form in zip(
            np.array_split(DAYS, 3), ("%Y-%m-%d", "%d.%m.%Y", "%d-%b-%Y"), strict=True
        )
        for part in [pd.DatetimeIndex(part)]
    ]
    counts = [str(int(day.timestamp())) for day in DAYS[:20]]

    found = column([*parts[0], *parts[1], *parts[2], *counts])

    assert found.stamps.tolist() == [*DAYS, *DAYS[:20]]
    assert not found.bad.any()


@pytest.mark.parametrize("word", ["CST", "IST", "BST", "AST"])
def test_a_name_of_several_zones_is_asked_with_the_setting(word):
    """A column of them stops, and names the zones that go by it."""
    found = column([f"2025-01-{day:02} 10:00:00 {word}" for day in range(1, 29)])

    assert f"{word!r} behind the time" in fault(found)
    assert 'zone = "' in fault(found)
    assert found.bad.all()


def test_a_few_names_of_several_zones_are_marked_and_said():
    """Beside many clear ones they stop nobody."""
    found = column(["2025-01-01 10:00:00 UTC"] * 20 + ["2025-01-01 10:00:00 IST"] * 2)

    assert found.faults == ()
    assert codes(found) == {"zone_ambiguous": 2}
    assert found.bad.sum() == 2


@pytest.mark.parametrize(
    ("word", "zone", "hour"),
    [("CST", "America/Chicago", 16), ("CST", "Asia/Shanghai", 2), ("IST", "Asia/Kolkata", 4)],
)
def test_the_declared_zone_says_which_is_meant(word, zone, hour):
    """By hand: ten o'clock of each zone in UTC."""
    found = column([f"2025-01-02 10:00:00 {word}"], zone=zone)

    assert found.stamps[0].hour == hour


def test_clocks_that_were_moved_are_counted():
    """Berlin 2024 in quarters of an hour: four lie in March's gap, four in October's repeat."""
    quarter = pd.Timedelta(minutes=15)
    march = pd.date_range("2024-03-31", "2024-03-31 06:00", freq=quarter)
    october = pd.date_range("2024-10-27", "2024-10-27 06:00", freq=quarter)
    texts = [*march.astype(str), *october.astype(str)]

    found = column(texts, zone="Europe/Berlin")

    assert codes(found) == {"clock_gap": 4, "clock_repeat": 4}
    assert all("Europe/Berlin" in note.text for note in found.notes)


def test_moved_clocks_of_stored_timestamps_are_counted_too():
    """Parquet's own timestamps without a zone are clocks like any other."""
    found = column(
        [pd.Timestamp("2024-03-31 02:30"), pd.Timestamp("2024-10-27 02:30")], zone="Europe/Berlin"
    )

    assert codes(found) == {"clock_gap": 1, "clock_repeat": 1}


def test_rows_without_a_zone_beside_others_with_one_are_said():
    """Two systems, one of which forgot it."""
    found = column(["2025-01-01 10:00:00Z"] * 3 + ["2025-01-01 10:00:00"] * 2)

    assert codes(found) == {"zones_mixed": 2}
    assert found.stamps.nunique() == 1


def test_clocks_that_lost_am_and_pm_are_said():
    """A year of hours from 1 to 12 and no others."""
    at = pd.date_range("2025-01-01", periods=2000, freq="37min")

    lost = column(at.strftime("%Y-%m-%d %I:%M:%S").tolist())
    whole = column(at.strftime("%Y-%m-%d %I:%M:%S %p").tolist())

    assert "afternoon_lost" in codes(lost)
    assert "afternoon_lost" not in codes(whole)
    assert whole.stamps.tolist() == at.tolist()


@pytest.mark.parametrize(
    ("declared", "real"), [("ms", "s"), ("s", "ms"), ("s", "us"), ("ns", "ms"), ("us", "s")]
)
def test_counts_of_another_unit_than_declared_are_refused(declared, real):
    """They would lie in 1970, or beyond all years; the likely unit is named."""
    per = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
    seconds = 1_739_442_615 + np.arange(100) * 3600

    found = column((seconds * per[real]).tolist(), unit=declared)

    assert f'Declare unit = "{real}"' in fault(found)


def test_counts_from_an_origin_of_their_own_are_believed():
    """A small count is no fault, whatever the unit."""
    assert column(list(range(0, 86_400 * 30, 3600)), unit="s").faults == ()
    later = column([2_000_000_000 + i for i in range(50)], unit="ms", origin="2020-01-01T00:00:00")
    assert later.faults == ()


def test_serial_days_are_asked_with_their_unit():
    """A spreadsheet's 45701.4375 is 2025-02-13 10:30, once it is declared."""
    texts = ["45701.4375", "45702.5"]

    assert 'unit = "excel_days"' in fault(column(texts))
    assert column(texts, unit="excel_days").stamps.astype(str).tolist() == [
        "2025-02-13 10:30:00",
        "2025-02-14 12:00:00",
    ]


@given(st.lists(st.sampled_from(["2025-01-05", "3/4/25", "03/04/2025", "", "CST"]), max_size=8))
def test_the_order_of_rows_changes_nothing(values):
    """Law: a column is read alike whichever row stands first."""
    one, other = column(values), column(values[::-1])

    assert one.stamps.tolist() == other.stamps.tolist()[::-1] or (
        one.stamps.isna().tolist() == other.stamps.isna().tolist()[::-1]
    )
    assert {f.code for f in one.faults} == {f.code for f in other.faults}


# ---- through the whole reading


def notes(raw) -> dict[str, str]:
    return {note.code: note.text for note in raw.notes}


@pytest.mark.parametrize(
    ("clock", "written"),
    [
        ("%H:%M:%S", str),
        ("%I:%M:%S %p", str),
        ("%H%M%S", str),
        ("%H%M%S", int),
        ("%H%M", int),
        ("1900-01-01 %H:%M:%S", str),
        ("0 days %H:%M:%S", str),
    ],
)
@pytest.mark.parametrize("date", ["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%d 00:00:00"])
def test_a_date_and_a_clock_in_two_columns_are_joined(tmp_path, clock, written, date):
    """However each is written, digits without their leading zeros included."""
    made = payments(400)
    at = made["paid_at"].dt.floor("min") if clock == "%H%M" else made["paid_at"]
    made = made.assign(day=at.dt.strftime(date), clock=at.dt.strftime(clock).map(written))
    contract = export(tmp_path, {"a": made.drop(columns="paid_at")})
    joined = contract.columns.event_time.model_copy(update={"column": "day", "time": "clock"})
    columns = contract.columns.model_copy(update={"event_time": joined})

    rows = read(contract.model_copy(update={"columns": columns})).rows

    assert rows["_time"].tolist() == at.tolist()


@pytest.mark.parametrize(
    ("ahead", "share", "cause"),
    [
        ("3D", 0.01, "the clocks of some devices run ahead"),
        ("90D", 0.01, "day and month change places"),
        ("3D", 0.9, "the clock of this machine is behind"),
    ],
)
def test_times_after_now_are_said_with_the_likely_cause(tmp_path, ahead, share, cause):
    """Beyond what a zone explains; with their count, the farthest and what to look at."""
    made = payments(1000)
    shift = pd.Timestamp("2026-01-01") - made["paid_at"].max() - pd.Timedelta("1h")
    made["paid_at"] += shift
    late = made.index[-int(share * len(made)) :]
    made.loc[late, "paid_at"] += pd.Timedelta(ahead) + (
        pd.Timestamp("2026-01-01") - made.loc[late, "paid_at"]
    )

    raw = read(export(tmp_path, {"a": made.assign(reported_at="")}))

    assert cause in notes(raw)["clock_ahead"]
    assert "zone_suspected" not in notes(raw)
    assert raw.rule_counts["time_after_now"] == len(late)


def test_reports_of_a_day_without_an_hour_are_said_as_such(tmp_path):
    """A report of the same day lies before its payment: its column has no hours."""
    made = payments(400)
    made["reported_at"] = made["paid_at"].where(made["is_fraud"] == 1).dt.strftime("%Y-%m-%d")

    told = notes(read(export(tmp_path, {"a": made})))["report_before_payment"]

    assert "says the day and no hour" in told


def test_reports_on_another_clock_are_said_with_the_setting(tmp_path):
    """Reports eight hours too early: one of the two columns is in another zone."""
    made = payments(400)
    made["reported_at"] = (made["paid_at"] - pd.Timedelta("8h")).where(made["is_fraud"] == 1)

    told = notes(read(export(tmp_path, {"a": made})))["report_before_payment"]

    assert 'zone = "Area/City"' in told
    assert f"{made['is_fraud'].sum()} rows" in told


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("0000-00-00 00:00:00", ""),
        ("0000-00-00", ""),
        ("never", 'missing = ["never"]'),
        ("1900-01-01", 'missing = ["1900-01-01"]'),
        ("0", "missing = [0]"),
    ],
)
def test_words_for_no_time_are_missing(tmp_path, word, source):
    """The zero day of databases, and the contract's own words for missing."""
    made = payments(400)
    text = made["reported_at"].dt.strftime("%Y-%m-%d %H:%M:%S").fillna(word)
    contract = export(tmp_path, {"a": made.assign(reported_at=text)})
    if source:
        key, _, value = source.partition(" = ")
        words = {key: tuple(item.strip('" ') for item in value.strip("[]").split(","))}
        contract = contract.model_copy(update={"source": contract.source.model_copy(update=words)})

    raw = read(contract)

    assert raw.rule_counts == {}
    assert raw.rows["_known_at"].notna().sum() == made["is_fraud"].sum()


def test_frauds_reported_after_now_are_said(tmp_path):
    """They would count as none, week after week."""
    made = payments(400)
    frauds = made.index[made["is_fraud"] == 1]
    made.loc[frauds[:5], "reported_at"] = pd.Timestamp("9999-12-31")

    raw = read(export(tmp_path, {"a": made}))

    assert {note.code: note.rows for note in raw.notes}["report_after_now"] == 5


def test_a_report_of_1970_is_likely_no_report(tmp_path):
    """The sentence says which word to add, not which zone."""
    made = payments(400)
    text = made["reported_at"].dt.strftime("%Y-%m-%d %H:%M:%S").fillna("1970-01-01 00:00:00")

    raw = read(export(tmp_path, {"a": made.assign(reported_at=text)}))

    assert "[source] missing" in notes(raw)["report_before_payment"]
