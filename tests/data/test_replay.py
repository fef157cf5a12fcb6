"""What a run as of an older day reads depends on nothing that came later."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.data.as_of import parse_as_of
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import DataError
from tests.data.test_transactions import NOW, TOML, read, write

DAYS = st.integers(1, 9)
LINE = st.tuples(
    st.sampled_from([f"p{i}" for i in range(6)] + [""]),
    DAYS,
    st.sampled_from(["1", "-1", "abc", "7"]),
)


def as_lines(rows: list[tuple[str, int, str]]) -> list[str]:
    return [f"{key};2025-01-0{day} 10:00;c;{amount};DE;no\n" for key, day, amount in rows]


@settings(max_examples=20, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=20), DAYS)
def test_later_rows_change_neither_rows_nor_quarantine_of_a_replay(tmp_path_factory, drawn, day):
    """Law: rows, quarantine, counts and shares are those of a source that ends at as_of."""
    at = f"2025-01-0{day}T12:00"
    kept = [row for row in drawn if row[1] <= day]
    whole, cut = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("cut")
    write(whole, *as_lines([*kept, *(row for row in drawn if row[1] > day)]))
    write(cut, *as_lines(kept))

    first, second = read(whole, as_of=at), read(cut, as_of=at)

    pd.testing.assert_frame_equal(first.rows, second.rows)
    pd.testing.assert_frame_equal(first.quarantine, second.quarantine)
    pd.testing.assert_frame_equal(first.superseded, second.superseded)
    assert first.rule_counts == second.rule_counts
    assert (first.read, first.quarantine_share) == (second.read, second.quarantine_share)
    assert len(first.rows) + len(first.quarantine) + len(first.superseded) == first.read


def test_a_corrected_delivery_flows_on_where_its_first_copy_was_put_aside(tmp_path):
    """The first row of id x has no amount to read; the second is not its duplicate."""
    write(tmp_path, "x;2025-01-02;c;abc;DE;no\n", "x;2025-01-02;c;5;DE;no\n")

    raw = read(tmp_path)

    assert raw.rule_counts == {"unparsable_Amount": 1}
    assert raw.rows.loc[raw.rows["Id"] == "x", "Amount"].tolist() == [5.0]


def test_of_two_rows_of_one_file_with_one_id_and_another_amount_none_is_believed(tmp_path):
    """Nothing says which of the two is right."""
    write(tmp_path, "x;2025-01-04;c;4;DE;no\n", "x;2025-01-02;c;2;DE;no\n")

    raw = read(tmp_path)

    assert not (raw.rows["Id"] == "x").any()
    assert raw.rule_counts == {"contradicts": 2}
    assert raw.quarantine["Amount"].tolist() == ["4", "2"]


def test_a_correction_after_as_of_is_not_yet_seen(tmp_path):
    """As of the 3rd the later row of the same id is no duplicate, it does not exist."""
    write(tmp_path, "x;2025-01-04;c;4;DE;no\n", "x;2025-01-02;c;2;DE;no\n")

    raw = read(tmp_path, as_of="2025-01-03")

    assert raw.rule_counts == {}
    assert raw.after_as_of + len(raw.rows) == 10


def test_as_of_without_event_time_is_refused_not_ignored(tmp_path):
    """Nothing says what was known then, so a week of the past cannot be had."""
    write(tmp_path)
    text = TOML.replace('event_time = "Paid At"\n', "") + '[windows]\nby = "shares"\n'
    contract = parse_contract(text, base=tmp_path)

    with pytest.raises(DataError, match="no event time"):
        read_transactions(contract, as_of="2025-01-03", now=NOW)

    assert read_transactions(contract, now=NOW).as_of is None


def test_as_of_before_all_rows_is_a_sentence(tmp_path):
    """It names the first transaction."""
    write(tmp_path)

    with pytest.raises(DataError, match=r"before the first transaction, 2025-01-01T10:00"):
        read(tmp_path, as_of="2024-12-31")


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:00-14:00", ""])
def test_an_as_of_outside_of_all_calendars_is_a_sentence(text):
    """A zone may push an instant out of the years 1 to 9999."""
    with pytest.raises(DataError, match=r"as_of must be (at least 0001-01-01|an ISO date)"):
        parse_as_of(text)
