from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fraud_assets.backtest.history import coming_week, known_at, mondays, read_history
from fraud_assets.backtest.training import FoundSetting, train_week
from fraud_assets.backtest.walk import walk
from fraud_assets.data.columns import KNOWN_AT, LABEL, ROW, TIME
from fraud_assets.errors import DataError
from tests.backtest.histories import relabelled_after

LOGISTIC = FoundSetting("logistic_regression", {"C": 1.0, "class_weight": None})
DAY = np.timedelta64(1, "D")


def test_no_week_sees_what_became_known_later(history):
    """Other labels after a Monday change no promise, verdict or model up to that Monday."""
    first, second = mondays(history)[-4:-2]
    other = relabelled_after(history, second)
    assert (other.frame[LABEL] != history.frame[LABEL]).sum() > 100

    told = [
        walk(world, [train_week(world, as_of, LOGISTIC) for as_of in (first, second)])
        for world in (history, other)
    ]

    for ours, theirs in zip(*told, strict=True):
        assert ours.verdict is not None
        for part in ("verdict", "judged", "promise", "production", "model"):
            assert getattr(ours, part) == getattr(theirs, part)
            assert getattr(ours, part) is not None
        assert ours.naive.promise == theirs.naive.promise
        assert ours.outcome != theirs.outcome


def test_a_week_does_see_what_was_known_by_its_monday(history):
    """The law above is not empty: other labels before the Monday do change its model."""
    at = mondays(history)[-4]
    other = relabelled_after(history, at - 30 * DAY)

    ours, theirs = (train_week(world, at, LOGISTIC).week.model for world in (history, other))

    assert ours.report.metrics != theirs.report.metrics


def test_known_at_hands_over_the_labels_of_that_day(history):
    """Later rows are gone, later reports look legitimate, earlier ones stay as they are."""
    at = mondays(history)[-4]

    raw = known_at(history, at)

    full = history.raw.rows.set_index(ROW)
    assert (raw.rows[TIME] <= at).all()
    assert not (raw.rows[KNOWN_AT] > at).any()
    before = full.loc[raw.rows[ROW]]
    hidden = (before[KNOWN_AT] > at).to_numpy()
    assert hidden.sum() > 0
    assert (raw.rows[LABEL].to_numpy()[hidden] == 0).all()
    assert raw.rows[LABEL][~hidden].tolist() == before[LABEL][~hidden].tolist()
    assert raw.read - len(raw.quarantine) - len(raw.superseded) == len(raw.rows)


def test_without_times_of_report_immature_labels_are_missing(history):
    """Rows younger than the maturity carry no label, nor do they when they are counted."""
    at = mondays(history)[-4]
    plain = replace(
        history,
        source=replace(history.source, rows=history.source.rows.drop(columns=KNOWN_AT)),
        raw=replace(history.raw, rows=history.raw.rows.drop(columns=KNOWN_AT)),
        frame=history.frame.drop(columns=KNOWN_AT),
    )

    rows = known_at(plain, at).rows

    young = rows[TIME] > at - history.maturity
    assert rows.loc[young, LABEL].isna().all()
    assert rows.loc[~young, LABEL].notna().all()
    counted = plain.labelled(0, len(rows), at)
    assert plain.times[counted].max() <= at - history.maturity


def test_a_week_has_an_outcome_once_its_last_day_has_matured(history):
    """Seven days and one maturity (seven here) before the end: the last week that counts."""
    last = history.end - 14 * DAY

    positions, rows = coming_week(history, last)

    assert coming_week(history, last + DAY) is None
    assert rows.time.min() > last
    assert rows.time.max() <= last + 7 * DAY
    assert len(rows) == len(positions)
    truth = history.raw.rows.set_index(ROW)[LABEL]
    assert rows.label.tolist() == truth.loc[history.frame[ROW].iloc[positions]].tolist()


def test_mondays_are_mondays_at_midnight_from_the_first_row_to_the_end(history):
    """Sixteen simulated weeks that begin on a Monday have sixteen Mondays after the first."""
    found = pd.DatetimeIndex(mondays(history))

    assert (found.day_of_week == 0).all()
    assert (found == found.normalize()).all()
    assert len(found) == 16
    assert found[-1] == history.end


def test_a_contract_without_event_time_is_refused_in_a_sentence(small):
    """There is no history to walk through."""
    contract = small.settings.contract()
    timeless = contract.columns.model_copy(update={"event_time": None})

    with pytest.raises(DataError, match="names no event time"):
        read_history(contract.model_copy(update={"columns": timeless}))


def test_known_entities_are_left_out_of_the_coming_week_where_the_contract_says_so(history):
    """A sender whose fraud was known a maturity before the day is out; all others stay."""
    contract = history.contract
    evaluation = contract.evaluation.model_copy(update={"exclude_known": "sender_address"})
    excluding = replace(history, contract=contract.model_copy(update={"evaluation": evaluation}))
    at = mondays(history)[-5]

    all_positions, _ = coming_week(history, at)
    kept, _ = coming_week(excluding, at)

    frame = history.frame
    for position in all_positions:
        row = frame.iloc[position]
        earlier = frame[(frame["sender_address"] == row["sender_address"]) & (frame[LABEL] == 1)]
        days = row[TIME].normalize() - pd.Timedelta(days=7)
        assert (position in kept) != bool((earlier[TIME] < days).any())
    assert len(kept) < len(all_positions)
