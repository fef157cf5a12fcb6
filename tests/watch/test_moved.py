"""Warnings that need no label: by effect size, with feature and value; they move nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fraud_assets.documents.report.whole import Report
from fraud_assets.modelling.judging.drift import profile
from fraud_assets.watch.moved import FEWEST, drifted, moved, silence
from fraud_assets.watch.production import production
from tests.real import real_report
from tests.watch.worlds import DAY, PLACE, START, lived, reign
from tests.weeks import Parts

NUMBER, WORD = "amount_usd", "chain"


@pytest.fixture(scope="module")
def report() -> Report:
    """The real report of the tests' week, with the profile of its fitted rows."""
    return real_report()


@pytest.fixture
def payments(parts: Parts) -> list[dict[str, Any]]:
    """The fitted payments' features as decisions hold them."""
    rows = parts.cleaned.rows("fit").features.sample(2000, random_state=5)
    plain = rows.astype(object).where(rows.notna(), None)
    return plain.to_dict("records")


def codes(payments: list[dict[str, Any]], report: Report, scores: np.ndarray | None = None):
    given = usual(report, len(payments)) if scores is None else scores
    return {
        warning.code: warning.text for warning in moved(drifted(payments, report), given, report)
    }


def usual(report: Report, n: int) -> np.ndarray:
    """Scores as the judged rows had them."""
    kept = report.curves.scores
    counts = np.add(kept.legitimate, kept.fraud)
    middle = np.add(kept.edges[:-1], kept.edges[1:]) / 2
    return np.random.default_rng(1).choice(middle, n, p=counts / counts.sum())


def test_the_same_payments_raise_no_warning(payments, report):
    """A sample of the fitted rows, with the judged rows' scores."""
    assert codes(payments, report) == {}


def test_what_moved_is_named_with_where_it_moved_most(payments, report):
    """A price level of three times; the others stay silent."""
    dearer = [one | {NUMBER: one[NUMBER] and 3 * one[NUMBER]} for one in payments]

    found = codes(dearer, report)

    assert set(found) == {"feature_moved"}
    assert found["feature_moved"].startswith(f"{NUMBER} has moved: stability index")
    assert "then" in found["feature_moved"]


def test_a_lost_feed_is_missing_values(payments, report):
    """Half of a column comes no more."""
    lost = [one | {NUMBER: None} if at % 2 else one for at, one in enumerate(payments)]

    assert f"{NUMBER} is missing in" in codes(lost, report)["missing_moved"]


def test_a_new_value_is_unseen(payments, report):
    """A tenth of the payments on a chain that was never fitted."""
    new = [one | {WORD: "NEW"} if at % 10 == 0 else one for at, one in enumerate(payments)]

    assert codes(new, report)["unseen_values"].startswith(f"{WORD}: ")


def test_each_features_drift_is_told_by_hand(payments, report):
    """In the report's order, with shares of missing values then and now; None for a handful."""
    lost = [one | {NUMBER: None} if at % 4 == 0 else one for at, one in enumerate(payments)]
    found = {one.feature: one for one in drifted(lost, report)}

    assert list(found) == [name for name in report.data.profile if name in payments[0]]
    assert found[NUMBER].missing == pytest.approx(0.25, abs=0.01)
    assert found[NUMBER].missing_then < 0.01
    assert found[NUMBER].stability > found[WORD].stability
    assert found[NUMBER].n == len(payments)
    assert drifted(lost[:10], report) == ()


def test_scores_move_too(payments, report):
    """All of them under one in a hundred."""
    scores = np.full(len(payments), 0.99)

    assert "The scores have moved" in codes(payments, report, scores)["scores_moved"]


def test_few_payments_say_nothing(payments, report):
    """A share of a handful is noise."""
    few = [one | {NUMBER: None} for one in payments[: FEWEST - 1]]

    assert codes(few, report) == {}


def test_the_profile_of_the_rows_is_the_reports(parts, report):
    """What live payments are compared with is what the report says of the fitted rows."""
    assert profile(parts.cleaned.rows("fit")) == report.data.profile


def test_labels_that_stopped_are_said_and_slow_ones_are_not():
    """Ten a day for eight weeks: two days without are chance enough; one a week waits longer."""
    often = START + np.arange(560) * (DAY // 10)
    seldom = START + np.arange(8) * 7 * DAY

    many = START + np.arange(5600) * (DAY // 100)
    assert list(silence(often, often[-1] + DAY // 2)) == []
    assert list(silence(many, many[-1] + DAY // 2)) == [], "a night is no silence"
    assert len(list(silence(many, many[-1] + DAY))) == 1
    (warning,) = silence(often, often[-1] + DAY)
    assert warning.code == "labels_stopped"
    assert list(silence(seldom, seldom[-1] + 14 * DAY)) == []
    assert list(silence(often[:1], often[-1])) == []


def test_silence_by_chance_is_as_rare_as_it_says():
    """In 2,000 worlds of independent labels one in 1,000 looks warns."""
    random = np.random.default_rng(7)
    warned = 0
    for _ in range(2000):
        gaps = random.exponential(0.5, 100)
        at = START + (np.cumsum(gaps) * 86_400_000_000).astype("timedelta64[us]")
        now = START + np.timedelta64(40 * 86_400_000_000, "us")
        warned += len(list(silence(at[at <= now], now)))

    assert warned / 2000 <= 0.01
    assert math.exp(-7) < 0.001


def test_a_holiday_or_dearer_payments_are_no_alarm():
    """Three times the payments, each of three times the amount: recall is what it was."""
    quiet, holiday = lived([0.93] * 8), lived([0.93] * 8, seed=9)
    more = type(quiet)(
        **{
            name: np.concatenate([getattr(quiet, name), getattr(holiday, name)])
            for name in quiet.__dataclass_fields__
        }
    )
    more.amount[:] *= 3
    more.sender[:] = np.arange(len(more))
    found = production(more, [reign()], PLACE, START + 90 * DAY)

    assert not found.alarmed
