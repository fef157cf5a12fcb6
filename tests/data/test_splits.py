"""Windows follow each other in time, know only matured labels, and are as short as can be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.data.splits.week import labels_known_at, split_week
from fraud_assets.data.splits.windows import EARLIER
from fraud_assets.errors import InsufficientEvidenceError, StaleDataError

DAY = np.timedelta64(86_400_000_000, "us")
START = np.datetime64("2025-01-01", "us")


def contract(windows: str = "", maturity: float = 7, time: str = 'event_time = "t"'):
    return parse_contract(
        f'format = 1\nname = "t"\n[source]\npath = "x"\n[columns]\n{time}\n'
        f'[label]\ncolumn = "y"\nknown_at = "k"\nmaturity_days = {maturity}\n'
        f'[features]\nnumeric = ["a"]\n[windows]\n{windows}'
    )


FRAUDS = "fit_frauds = 20\nthreshold_frauds = 10\njudged_frauds = 10\n"


def rows(days: int = 120, per_day: int = 20, every: int = 20, known_after: float = 2.0):
    """`per_day` payments a day, each `every`-th a fraud that is reported after `known_after`."""
    n = days * per_day
    times = START + (np.arange(n) * (DAY // per_day))
    fraud = np.arange(n) % every == 0
    known = np.where(fraud, times + int(known_after * 24) * (DAY // 24), np.datetime64("NaT"))
    return pd.DataFrame(
        {
            "_row": np.arange(n),
            "_time": times,
            "_label": pd.array(fraud.astype(int), "Int8"),
            "_known_at": known,
        }
    )


def test_the_judged_window_ends_one_maturity_before_t_and_holds_its_frauds():
    """Judged rows had the full maturity; one day less would hold too few frauds."""
    data = rows()
    newest = data["_time"].to_numpy()[-1]

    judged = split_week(data, contract(FRAUDS), newest).named("judged")

    assert judged.end - np.timedelta64(1, "us") == newest - 7 * DAY
    assert judged.frauds >= 10
    inside = (data["_time"] >= judged.start + DAY) & (data["_time"] < judged.end)
    assert data["_label"][inside].sum() < 10


def test_threshold_and_fit_rows_were_matured_when_the_judged_window_opened():
    """A gap of one maturity lies between the threshold rows and the judged ones."""
    data = rows()

    split = split_week(data, contract(FRAUDS), data["_time"].to_numpy()[-1])

    fit, threshold, judged = (split.named(name) for name in ("fit", "threshold", "judged"))
    assert threshold.end == judged.start - 7 * DAY
    assert fit.end == threshold.start


@settings(max_examples=25, deadline=None)
@given(st.integers(60, 160), st.integers(5, 30), st.integers(5, 25), st.integers(0, 20))
def test_no_row_is_in_two_windows_and_none_is_younger_than_its_maturity(
    days, per_day, every, maturity
):
    """Law: fit < threshold < judged in time, every windowed row matured before it was used."""
    data = rows(days, per_day, every)
    newest = data["_time"].to_numpy()[-1]

    try:
        split = split_week(data, contract(FRAUDS, maturity), newest)
    except InsufficientEvidenceError:
        return

    times = data["_time"].to_numpy()
    parts = [times[split.window == name] for name in ("fit", "threshold", "judged")]
    assert parts[0].max() < parts[1].min() <= parts[1].max() < parts[2].min()
    assert (parts[1] + maturity * DAY <= split.named("judged").start).all()
    assert (parts[2] + maturity * DAY <= newest).all()


def test_what_lies_before_the_fitted_window_is_kept_for_the_search_to_look_back():
    """All labelled rows before the window, and none where the contract wants no more."""
    data = rows()
    newest = data["_time"].to_numpy()[-1]

    split = split_week(data, contract(FRAUDS), newest)
    as_it_is = split_week(data, contract(FRAUDS + '[search]\nhistory = "window"\n'), newest)
    fixed = split_week(data, contract('by = "days"\nfit_days = 20\n'), newest)

    earlier = data["_time"][split.window == EARLIER]
    assert earlier.tolist() == data["_time"][data["_time"] < split.named("fit").start].tolist()
    assert [window.name for window in split.windows] == ["fit", "threshold", "judged"]
    assert not (as_it_is.window == EARLIER).any()
    assert not (fixed.window == EARLIER).any()
    assert as_it_is.windows == split.windows


def test_a_fraud_reported_after_the_window_opened_still_looks_legitimate():
    """Fit labels are those known at the time, not those known today."""
    data = rows(known_after=30.0)

    split = split_week(data, contract(FRAUDS), data["_time"].to_numpy()[-1])

    opened = split.named("judged").start
    late = np.isin(split.window, ["fit", "threshold"]) & (data["_known_at"] > opened).to_numpy()
    assert late.any()
    assert split.label[late].sum() == 0


def test_altering_rows_after_as_of_changes_no_label_before():
    """Law: labels known at an instant do not depend on what is reported later."""
    data = rows()
    at = START + 60 * DAY
    altered = data.copy()
    altered.loc[altered["_known_at"] > at, "_known_at"] += 20 * DAY

    assert (labels_known_at(data, at) == labels_known_at(altered, at)).all()


def test_old_data_is_stale():
    """Data that ended long before T ends in that sentence, with both dates."""
    data = rows()

    with pytest.raises(StaleDataError, match=r"stale data.*2025-04-30"):
        split_week(data, contract("stale_after_days = 10"), START + 200 * DAY)


def test_scarce_frauds_shrink_all_windows_and_the_report_says_so():
    """Where history holds fewer frauds than asked, each window gets the same share of them."""
    data = rows()
    asked = "fit_frauds = 100\nthreshold_frauds = 50\njudged_frauds = 50\n"

    split = split_week(data, contract(asked), data["_time"].to_numpy()[-1])

    assert split.named("judged").frauds < 50
    assert "too short" in split.notes[0]


def test_hopeless_data_is_insufficient_evidence():
    """Without frauds no window can be built, and the sentence says what was asked and found."""
    data = rows().assign(_label=pd.array([0] * 2400, "Int8"))

    with pytest.raises(InsufficientEvidenceError, match="insufficient evidence"):
        split_week(data, contract(FRAUDS), data["_time"].to_numpy()[-1])


def test_shares_cut_rows_in_time_order_at_the_published_place():
    """The first int(0.8 n) rows train, the rest judge: the way public benchmarks are split."""
    data = rows(days=50, every=7)

    split = split_week(data, contract('by = "shares"', 0), data["_time"].to_numpy()[-1])

    assert (split.window == "judged").sum() == len(data) - int(0.8 * len(data))
    assert split.time_respected


def test_shares_judge_no_row_before_its_maturity_has_passed():
    """With 7 days of maturity the last judged row is 7 days older than the newest."""
    data = rows(days=100, every=7)
    times = data["_time"].to_numpy()

    split = split_week(data, contract('by = "shares"', 7), times[-1])

    assert times[split.window == "judged"][-1] <= times[-1] - 7 * DAY
    opens = split.named("judged").start
    assert times[split.window == "threshold"][-1] <= opens - 7 * DAY


def test_the_gap_before_the_judged_rows_takes_nothing_from_the_threshold_share():
    """The threshold rows are the last fifth of all that had matured when the window opened.

    By hand: of 2,000 rows, 20 a day, 1,860 are 7 days older than the newest; 1,488 of them come
    before the judged window, 1,349 of these had matured when it opened.
    """
    data = rows(days=100, every=7)

    split = split_week(data, contract('by = "shares"', 7), data["_time"].to_numpy()[-1])

    assert split.named("judged").rows == 1860 - int(1860 * 0.8) == 372
    assert split.named("fit").rows == int(1349 * 0.8) == 1079
    assert split.named("threshold").rows == 1349 - 1079


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 60), st.integers(1, 20), st.integers(2, 9), st.integers(0, 20))
def test_shares_keep_the_order_of_time_and_every_maturity(days, per_day, every, maturity):
    """Law: as for windows by frauds, whatever the data; else the evidence is insufficient."""
    data = rows(days, per_day, every)
    times = data["_time"].to_numpy()

    try:
        split = split_week(data, contract('by = "shares"', maturity), times[-1])
    except InsufficientEvidenceError:
        return

    parts = [times[split.window == name] for name in ("fit", "threshold", "judged")]
    assert parts[0].max() < parts[1].min() <= parts[1].max() < parts[2].min()
    assert (parts[1] + maturity * DAY <= parts[2].min()).all()
    assert (parts[2] + maturity * DAY <= times[-1]).all()


@pytest.mark.parametrize("label", [None, 1])
def test_shares_of_no_matured_label_are_insufficient_evidence(label):
    """Neither unlabelled rows nor a history younger than its maturity end in an IndexError."""
    data = rows(days=5).assign(_label=pd.array([label] * 100, "Int8"))

    with pytest.raises(InsufficientEvidenceError, match="labelled rows"):
        split_week(data, contract('by = "shares"', 7), data["_time"].to_numpy()[-1])


def timeless(**options: int) -> pd.DataFrame:
    data = rows(**options).drop(columns=["_time", "_known_at"])
    return data.assign(i=data["_row"].map("tx{}".format), a=data["_row"] / 7.0)


FREE = contract('by = "shares"', 0, time="")
WITH_ID = contract('by = "shares"', 0, time='id = "i"')


def test_without_event_time_the_split_is_drawn_seeded_and_says_so():
    """Random, the same each time, a like fraud rate in each window, another under another seed."""
    data = timeless(days=2000)
    reseeded = contract('by = "shares"\nseed = 1', 0, time="")

    first, second = split_week(data, FREE, None), split_week(data, FREE, None)

    assert (first.window == second.window).all()
    assert (first.window != split_week(data, reseeded, None).window).mean() > 0.3
    assert not first.time_respected
    assert "random" in first.notes[0]
    assert [w.rows / len(data) for w in first.windows] == pytest.approx([0.64, 0.16, 0.2], abs=0.01)
    assert [w.frauds / w.rows for w in first.windows] == pytest.approx([0.05] * 3, abs=0.01)


@pytest.mark.parametrize("described", [FREE, WITH_ID], ids=["content", "id"])
def test_without_event_time_added_rows_move_no_row_to_another_window(described):
    """Law: more rows, another order and corrected labels leave each row where it was."""
    data = timeless()
    before = pd.Series(split_week(data[:1500], described, None).window, index=data["i"][:1500])
    corrected = data.sample(frac=1, random_state=3)
    corrected["_label"] = corrected["_label"].where(corrected["_row"] % 97 != 0, 1)

    after = pd.Series(split_week(corrected, described, None).window, index=corrected["i"])

    assert (after[before.index] == before).all()


def test_a_row_without_an_id_is_drawn_by_its_content_and_moves_no_other():
    """One missing id does not send the whole table to another split."""
    data = timeless()
    before = split_week(data, WITH_ID, None).window

    after = split_week(data.assign(i=data["i"].where(data["_row"] != 5)), WITH_ID, None).window

    assert (np.delete(after, 5) == np.delete(before, 5)).all()
