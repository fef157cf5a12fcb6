"""What each recall costs, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats.contingency import relative_risk

from fraud_assets.data.rows import Rows
from fraud_assets.modelling.judging.operating import AIMS, operating_points
from fraud_assets.modelling.judging.slices import ratio_interval
from fraud_assets.modelling.statistics.entities import daily_alerts


def judged(n: int = 2000, *, amount: bool = True) -> tuple[Rows, np.ndarray]:
    rng = np.random.default_rng(5)
    label = (rng.random(n) < 0.1).astype("int8")
    scores = np.clip(rng.normal(0.3 + 0.3 * label, 0.15), 0, 1)
    rows = Rows(
        pd.DataFrame({"x": scores}),
        label,
        sender=rng.integers(0, 400, n),
        amount=rng.lognormal(4, 1, n) if amount else None,
    )
    return rows, scores


def test_each_point_holds_its_aim_and_each_interval_its_value() -> None:
    """Caught and missed sum to all fraud; more recall costs more alerts."""
    rows, scores = judged()
    points = operating_points(rows, scores, days=10)
    assert [point.aim for point in points] == list(AIMS)
    whole = float(rows.amount[rows.label == 1].sum())  # type: ignore[index]
    for point in points:
        assert (point.recall.value or 0) >= point.aim
        assert (point.amount_caught or 0) + (point.amount_missed or 0) == pytest.approx(whole)
        for value, interval in (
            (point.amount_caught, point.caught_interval),
            (point.amount_missed, point.missed_interval),
            (point.alerts_per_day, point.alerts_interval),
        ):
            assert interval
            assert value is not None
            assert interval.low <= value <= interval.high
            assert interval.low < interval.high
    alerts = [point.alerts_per_day or 0 for point in points]
    assert alerts == sorted(alerts)


def test_without_amounts_and_time_nothing_is_invented() -> None:
    """None, and no interval of it."""
    rows, scores = judged(amount=False)
    for point in operating_points(rows, scores, days=None):
        assert point.amount_caught is point.caught_interval is None
        assert point.alerts_per_day is point.alerts_interval is None


def test_the_ratios_interval_is_scipys() -> None:
    """Katz's by its logarithm."""
    found, oracle = ratio_interval(12, 300, 90, 4000), relative_risk(12, 300, 90, 4000)
    expected = oracle.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_days_alerts_by_hand() -> None:
    """Two senders on one day, one on the next, none on a third: one a day, rounded."""
    day = np.array(["2026-01-01"] * 3 + ["2026-01-02", "2026-01-03"], dtype="datetime64[us]")
    flagged = np.array([True, True, True, True, False])
    assert daily_alerts(flagged, day, np.array(["a", "a", "b", "a", "c"])) == 1
    assert daily_alerts(flagged, day, np.array(["a", "d", "b", "a", "c"])) == 1
    assert daily_alerts(np.ones(5, bool), day, np.array(["a", "d", "b", "a", "c"])) == 2
