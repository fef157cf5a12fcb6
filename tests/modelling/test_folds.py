"""Folds respect time, or are stratified where there is none."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fraud_assets.data.rows import Rows
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.modelling.search.folds import make_folds
from tests.modelling.made_rows import make_rows


def test_validation_is_later_than_training():
    """With a time every validation row comes after every training row of its fold."""
    rows = make_rows(600)

    folds = make_folds(rows, 5, 0)

    assert len(folds) == 5
    assert all(rows.time[train].max() < rows.time[valid].min() for train, valid in folds)


def test_without_time_folds_partition_and_keep_the_share():
    """Without a time the validation parts cover each row once, frauds spread evenly."""
    rows = make_rows(600, 0.1, with_time=False)

    folds = make_folds(rows, 5, 0)

    valid = np.concatenate([part for _, part in folds])
    assert sorted(valid) == list(range(600))
    frauds = [rows.label[part].sum() for _, part in folds]
    assert max(frauds) - min(frauds) <= 1


@pytest.mark.parametrize("by", ["sender", "twins"])
def test_without_time_what_belongs_together_is_on_one_side(by: str):
    """A sender's rows, and rows that say the same: else memory would look like skill."""
    rows = make_rows(300, 0.2, with_time=False)
    thrice = rows.take(np.repeat(np.arange(300), 3))
    group = np.repeat(np.arange(300), 3)
    if by == "sender":
        told = thrice.features.assign(gas_price=np.arange(900.0))
        thrice = replace(thrice, features=told, sender=group.astype(str).astype(object))

    folds = make_folds(thrice, 5, 0)

    assert not [fold for fold in folds if set(group[fold[0]]) & set(group[fold[1]])]
    assert sorted(np.concatenate([valid for _, valid in folds])) == list(range(900))
    frauds = [thrice.label[valid].sum() for _, valid in folds]
    assert max(frauds) - min(frauds) <= 6


def test_without_time_few_groups_or_unknown_senders_are_no_reason_to_refuse():
    """Rows of two flags are twins all over, and a sender may be missing: rows are dealt out."""
    rows = make_rows(400, 0.3, with_time=False)
    flags = replace(rows, features=(rows.features[["amount_usd"]] > 50).astype(float))
    sender = np.repeat(np.array(["a", None, "b", "c"], dtype=object), 100)

    for some in (flags, replace(rows, sender=sender)):
        valid = np.concatenate([part for _, part in make_folds(some, 5, 0)])
        assert sorted(valid) == list(range(400))


def test_one_pair_of_twins_costs_no_minute():
    """Of 50,000 rows two are twins: dealt out in a second or so, where groups took minutes."""
    rows = make_rows(50_000, 0.1, with_time=False)
    rows.features.iloc[1] = rows.features.iloc[0]
    started = time.process_time()

    folds = make_folds(rows, 5, 0)

    assert time.process_time() - started < 5
    assert all((0 in train) == (1 in train) for train, _ in folds)


def test_too_few_legitimate_rows_name_their_own_lever():
    """A search on next to none of them is not helped by a longer window."""
    rows = Rows(pd.DataFrame({"x": np.arange(40.0)}), np.r_[np.ones(39), 0].astype("int8"), None)

    with pytest.raises(InsufficientEvidenceError, match=r"39 frauds and 1 legitimate.*keep more"):
        make_folds(rows, 2, 0)


def test_too_few_frauds_is_a_sentence():
    """A fold without frauds is refused, with the counts and what to do."""
    rows = make_rows(300)
    label = np.zeros(300, dtype="int8")
    label[-50:] = 1

    match = "got 50 frauds and 250 legitimate rows to search on; lengthen the fit window"
    with pytest.raises(InsufficientEvidenceError, match=match):
        make_folds(replace(rows, label=label), 5, 0)
    with pytest.raises(InsufficientEvidenceError, match="got 0 frauds"):
        make_folds(replace(rows, label=np.zeros(300, dtype="int8")), 5, 0)
