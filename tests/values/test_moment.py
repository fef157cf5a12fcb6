"""One reading of instants: ISO, UTC where no zone is named, exact to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.values.moment import micros_of


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
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
