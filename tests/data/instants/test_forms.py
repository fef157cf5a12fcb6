"""Each form in which programs write a time is one instant, and what is none is marked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.data.instants import read_instants
from fraud_assets.terms.times import EventTime


def instants(*values: object, **said: object) -> list[str]:
    """Instants as text, "bad" for what is none, "" for what is missing."""
    found = read_instants(pd.Series(list(values), name="t"), EventTime(column="t", **said))
    assert found.faults == ()
    pairs = zip(found.stamps, found.bad, strict=True)
    return ["bad" if wrong else "" if at is pd.NaT else str(at) for at, wrong in pairs]


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-13 10:30:15",
        "2025-02-13T10:30:15Z",
        "2025-2-13 10:30:15",
        "2025/02/13 10:30:15",
        "2025.02.13 10.30.15",
        "20250213103015",
        "20250213 103015",
        "20250213T103015Z",
        "20250213103015000",
        "2025-02-13-10.30.15.000000",  # DB2
        "13-FEB-2025 10:30:15",
        "13-FEB-25 10.30.15.000000 AM",  # Oracle
        "13FEB2025:10:30:15",  # SAS
        "Feb 13 2025 10:30:15AM",  # SQL Server
        "Feb 13, 2025 10:30:15 am",
        "Thu Feb 13 10:30:15 2025",  # C
        "Thu Feb 13 11:30:15 CET 2025",  # Java
        "Thu, 13 Feb 2025 10:30:15 GMT",
        "Thu Feb 13 2025 11:30:15 GMT+0100 (Central European Standard Time)",  # JavaScript
        "2025-02-13 10:30:15.000 +0000 UTC",  # Go
        "2025-02-13T11:30:15+01:00[Europe/Berlin]",
        "2025-02-13 05:30:15 America/New_York",
        "2025-02-13 16:00:15 UTC+05:30",
        "2025-02-13 16:00:15 GMT+0530",
        "2025-02-13 16:00:15+05:30",
        "2025-02-13 02:30:15-08",
        "13/Feb/2025:10:30:15 +0000",
        "[13/Feb/2025:10:30:15 +0000]",
        "13 February 2025 10:30:15",
        "13. Feb 2025, 10:30:15 Uhr",
        "2025年2月13日 10:30:15",
        "10:30:15 13-02-2025",
        "13.02.2025 10:30:15",
        "2/13/2025 10:30:15 AM",
        "1739442615",
        "1739442615000",
        "1739442615000000.0",
        "1.739442615E9",
        "/Date(1739442615000)/",
    ],
)
def test_what_programs_print_is_read(text):
    """Databases, languages, web servers and spreadsheets; each by hand the same instant."""
    assert instants(text, "2020-01-01") == ["2025-02-13 10:30:15", "2020-01-01 00:00:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-02-13 12:05 AM", "2025-02-13 00:05:00"),
        ("2025-02-13 12:05 p.m.", "2025-02-13 12:05:00"),
        ("2025-02-13 1 PM", "2025-02-13 13:00:00"),
        ("2025-02-13 24:00:00", "2025-02-14 00:00:00"),
        ("2024-12-31 23:59:60", "2025-01-01 00:00:00"),
        ("2025-02-13 10:30:15.123456789", "2025-02-13 10:30:15.123456"),
        ("2025-02-13 10:30:15,5", "2025-02-13 10:30:15.500000"),
        ("13-Feb-69", "1969-02-13 00:00:00"),
        ("2025-02-13+01:00", "2025-02-12 23:00:00"),
    ],
)
def test_clocks_of_twelve_hours_ends_of_days_and_fractions(text, expected):
    """Noon and midnight, 24:00, the second of a leap, parts of a second, short years."""
    assert instants(text, "2020-01-01")[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-30",
        "2025-13-02",
        "2025/13/02",
        "1900-01-00",
        "2025-02-13 25:00",
        "2025-02-13 24:00:01",
        "2025-02-13 10:60",
        "2025-02-13 13:00 AM",
        "2025-02",
        "2025",
        "02/2025",
        "2025-044",
        "yesterday",
        "now",
        "T2025001",
        "ORD-2025-01-02",
        "13 Mai 2025",
        "5 2025",
        "1.73944E+12",
        "2025-02-13 10:30 XYZ",
    ],
)
def test_what_is_no_instant_is_marked(text):
    """No such day, no day at all, words, digits lost; months of other languages are not guessed."""
    many = ["2020-01-01"] * 3

    assert instants(text, *many)[0] == "bad"


def test_a_month_or_a_number_in_any_field_is_an_instant_or_marked():
    """Numbers and integers of a Parquet file are read as their text would be."""
    assert instants(20250213, 1739442615) == ["2025-02-13 00:00:00", "2025-02-13 10:30:15"]
    assert instants(1739442615.5) == ["2025-02-13 10:30:15.500000"]


STRFTIME = (
    "%Y-%m-%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%d %b %Y %I:%M:%S %p",
    "%a %b %d %H:%M:%S %Y",
    "%B %d, %Y %H:%M:%S",
    "%d-%b-%Y %H.%M.%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%a, %d %b %Y %H:%M:%S %z",
)


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2068, 12, 31)),
    st.sampled_from(STRFTIME),
    st.integers(-47, 56),
)
def test_what_strftime_writes_is_read_back(at, form, quarters):
    """Law: for every instant and every form; Python's own writer is the oracle."""
    at = at.replace(microsecond=0)
    zone = timezone(timedelta(minutes=15 * quarters))
    aware = at.replace(tzinfo=UTC).astimezone(zone)
    text = (aware if "%z" in form else at).strftime(form)

    assert instants(text, "2020-01-01 00:00:00 UTC")[0] == str(pd.Timestamp(at))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=25), min_size=1, max_size=5))
def test_no_text_raises(texts):
    """Law: any text is an instant, missing, marked, or a fault that is a sentence."""
    found = read_instants(pd.Series(texts, name="t", dtype="str"), EventTime(column="t"))

    assert (found.stamps.isna() | ~found.bad).all()
    assert all(fault.text.endswith(".") for fault in found.faults)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("0123456789-/. :TZ+aApPmMJanFeb"), max_size=24).map("".join))
def test_no_mixture_of_parts_raises(text):
    """The same for texts that look like times."""
    found = read_instants(pd.Series([text, "2025-01-01"], name="t"), EventTime(column="t"))

    assert len(found.stamps) == len(found.bad) == 2
