"""The handbook's protocol: who is left out, and the published counts where the data lie."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.handbook import TEST_WEEKS, fold
from benchmarks.public_data import missing, raw_rows


def _rows(*payments: tuple[str, int, int]) -> pd.DataFrame:
    times, customers, labels = zip(*payments, strict=True)
    return pd.DataFrame(
        {
            "CUSTOMER_ID": customers,
            "_time": np.array(times, dtype="datetime64[us]"),
            "_label": pd.array(labels, dtype="Int8"),
        }
    )


def test_a_customer_known_as_compromised_is_not_judged() -> None:
    """A fraud of a day that ended seven days before takes its customer out from then on."""
    rows = _rows(
        ("2018-07-25T01", 1, 1),  # in the training week: out of the whole test week
        ("2018-08-01T09", 2, 1),  # known when 08-09 begins
        ("2018-08-07T23", 3, 1),  # known when 08-15 begins: never in this week
        ("2018-08-08T08", 1, 0),
        ("2018-08-08T09", 2, 1),
        ("2018-08-09T00", 2, 0),
        ("2018-08-14T23", 3, 0),
    )

    judged = fold(rows, "2018-07-25").test

    assert judged["_time"].astype(str).tolist() == ["2018-08-08 09:00:00", "2018-08-14 23:00:00"]


def test_longer_training_ends_on_the_same_day() -> None:
    """More training days begin earlier and change no judged row."""
    rows = _rows(("2018-07-20T01", 1, 0), ("2018-07-31T23", 2, 0), ("2018-08-08T00", 3, 0))

    week, month = fold(rows, "2018-07-25"), fold(rows, "2018-07-25", train_days=28)

    assert (len(week.train), len(month.train)) == (1, 2)
    assert week.test.equals(month.test)


@pytest.mark.slow
def test_published_split_counts() -> None:
    """All four published folds hold the published rows and frauds, exactly."""
    if absent := missing("handbook"):
        pytest.skip(absent)
    _, rows = raw_rows("handbook")

    counts = [tuple(fold(rows, start).counts.values()) for start in TEST_WEEKS]

    assert counts == [
        (67_240, 598, 58_264, 385),
        (66_975, 626, 57_937, 387),
        (67_080, 568, 58_337, 408),
        (67_049, 594, 57_604, 422),
    ]
