"""The benchmark of simulated worlds: its draws are what it says, and its week adds up."""

from __future__ import annotations

import numpy as np

from benchmarks.worlds import Law, table
from benchmarks.worlds import _summary as summary
from benchmarks.worlds import _week as week
from fraud_assets.contract.sections.policy import Policy


def law(frauds_told: int = 200, models: int = 1) -> Law:
    """600 frauds in bursts of three among 20,000 rows, with scores that tell most of them."""
    rng = np.random.default_rng(0)
    label = np.r_[np.ones(600, "int8"), np.zeros(19_400, "int8")]
    sender = np.r_[np.repeat(np.arange(200), 3), 1000 + np.arange(19_400)]
    shared = np.r_[np.repeat(rng.normal(3.2, 0.7, 200), 3), np.zeros(19_400)]
    score = 1 / (1 + np.exp(-(shared + rng.normal(0, 0.6, 20_000))))
    told = {"threshold_frauds": frauds_told, "judged_frauds": 200, "history_frauds": 1000}
    return Law(label, sender, [score] * models, told)


def test_a_draw_holds_whole_senders_and_the_laws_share_of_frauds():
    """Every fraud of a drawn sender is there, under a sender of the draw's own."""
    drawn = law().draw(200, np.random.default_rng(1))

    frauds = drawn.at < 600
    assert 200 <= frauds.sum() < 203
    assert abs(frauds.mean() - 0.03) < 0.001
    assert (np.bincount(drawn.sender[frauds]) == 3).all()


def test_a_week_keeps_the_promise_or_not_by_the_whole_sample():
    """Recall is that of all 600 frauds; where the rule asks for more frauds it gets them."""
    policy = Policy(max_alert_rate=0.04)
    weeks = [week(law(), policy, np.random.default_rng(k)) for k in range(20)]
    more = [week(law(100, 2), policy, np.random.default_rng(k)) for k in range(20)]

    assert all(one["held"] == (one["recall"] >= 0.9) for one in weeks)
    assert max(one["threshold_frauds"] for one in weeks) < 203
    assert max(one["threshold_frauds"] for one in more) > 120
    sides = {"before": summary(weeks), "today": summary(more)}
    told = table({"weeks": 20, "by_world": [sides], "before": "d2ae1cc", "sides": sides})
    assert "20 weeks of 1 worlds" in told
