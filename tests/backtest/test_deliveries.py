"""A backtest reads each past week as the chain would have read it, deliveries included."""

from __future__ import annotations

import pandas as pd
import pytest

from fraud_assets.backtest.history import known_at, mondays, read_history
from tests.data.deliveries.test_resolve import first_without_label
from tests.exports import NOW, export, payments, read


@pytest.mark.parametrize("timed", [True, False])
def test_each_monday_equals_a_run_as_of_that_monday(tmp_path, timed):
    """Rows, what is kept aside, and counts, while labels come, go and come back."""
    made = payments(900)
    frauds = made[made["is_fraud"] == 1]
    back = frauds.iloc[::2].assign(
        is_fraud=0, reported_at=frauds["reported_at"] + pd.Timedelta("9D")
    )
    again = back.iloc[::2].assign(is_fraud=1, reported_at=back["reported_at"] + pd.Timedelta("9D"))
    files = {"a": first_without_label(made), "b": frauds, "c": back, "d": again}
    if timed:
        files = {
            name: frame.assign(sent=frame["reported_at"].fillna(frame["paid_at"]))
            for name, frame in files.items()
        }
    said = {"columns": 'delivered_at = "sent"'} if timed else {}
    contract = export(tmp_path, files, **said)
    history = read_history(contract, now=NOW)

    for monday in mondays(history)[4::5]:
        ours, theirs = known_at(history, monday), read(contract, as_of=str(monday))
        pd.testing.assert_frame_equal(ours.rows, theirs.rows)
        pd.testing.assert_frame_equal(ours.superseded, theirs.superseded)
        assert ours.tally == theirs.tally
        assert (ours.read, ours.after_as_of) == (theirs.read, theirs.after_as_of)
    assert history.raw.tally.kept.frauds == len(frauds) - len(back) + len(again)
