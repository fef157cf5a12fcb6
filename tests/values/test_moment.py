"""One reading of instants: ISO, UTC where no zone is named, exact to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.values.moment import NoZoneError, micros_of, read_day, read_moment


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_is_the_same_in_every_zone(moment, minutes):
    """Law: the text in any zone gives the microseconds of the same instant; no zone means UTC."""
    exact = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    there = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))

    assert micros_of(moment.isoformat()) == exact
    assert micros_of(there.isoformat()) == exact


def test_by_hand_and_what_is_none():
    """A day is its beginning; words are no instant."""
    assert micros_of("1970-01-02") == 86_400_000_000
    with pytest.raises(ValueError, match="soon"):
        micros_of("soon")


def test_each_caller_has_its_own_bounds():
    """Both ends belong; the sentence says the bounds and the value."""
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)

    assert read_moment("2026-01-01", earliest=first) == first
    assert read_moment("2026-12-31T01:00+01:00", latest=last) == last
    with pytest.raises(ValueError, match=r"at most 2026-12-31T00:00:00\+00:00, got '2027"):
        read_moment("2027-01-01", latest=last)
    with pytest.raises(ValueError, match=r"at least 2026-01-01T00:00:00\+00:00"):
        read_moment("2025-12-31T23:59:59.999999Z", earliest=first)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_an_instant_outside_of_the_calendar_is_refused(text):
    """In UTC it would have no year of four digits."""
    with pytest.raises(ValueError, match="must be at least 0001-01-01"):
        read_moment(text)


def test_a_zone_may_be_demanded():
    """A time that two readers would take for two instants."""
    with pytest.raises(NoZoneError, match="must have a zone"):
        read_moment("2027-03-31T12:00", needs_zone=True)

    assert read_moment("2027-03-31T12:00+02:00", needs_zone=True).hour == 10


def test_a_day_is_no_time():
    """Ten characters are no date yet."""
    assert read_day("2027-03-31") == datetime(2027, 3, 31, tzinfo=UTC)
    with pytest.raises(ValueError, match="20270331T1"):
        read_day("20270331T1")
