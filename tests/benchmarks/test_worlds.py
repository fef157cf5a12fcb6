"""The benchmark of simulated worlds: its draws are what it says, and its week adds up."""

from __future__ import annotations

import numpy as np

from benchmarks.worlds import GROUPS
from benchmarks.worlds import _week as week
from benchmarks.worlds_law import Law, earlier_frauds, history_drawn
from benchmarks.worlds_made import MOVED_BY, moved_by
from benchmarks.worlds_oracle import best_threshold, informed_threshold
from benchmarks.worlds_table import SIDES, ratio, summary, table
from fraud_assets.contract.sections.policy import Policy

FITS = ("before", "today", "today_0", "today_1")
WINDOWS = {"threshold_frauds": 200, "judged_frauds": 200}
TOLD = {
    "before": WINDOWS,
    "today": WINDOWS | {"blocks": [[300, 0], [200, 100]]},
}


def law() -> Law:
    """600 frauds in bursts of three among 20,000 rows, with scores that tell most of them."""
    rng = np.random.default_rng(0)
    label = np.r_[np.ones(600, "int8"), np.zeros(19_400, "int8")]
    sender = np.r_[np.repeat(np.arange(200), 3), 1000 + np.arange(19_400)]
    shared = np.r_[np.repeat(rng.normal(3.2, 0.7, 200), 3), np.zeros(19_400)]
    score = 1 / (1 + np.exp(-(shared + rng.normal(0, 0.6, 20_000))))
    return Law(label, sender, dict.fromkeys(FITS, score))


def test_a_draw_holds_whole_senders_and_the_laws_share_of_frauds():
    """Every fraud of a drawn sender is there, under a sender of the draw's own."""
    drawn = law().draw(200, np.random.default_rng(1))

    frauds = drawn.at < 600
    assert 200 <= frauds.sum() < 203
    assert abs(frauds.mean() - 0.03) < 0.001
    assert (np.bincount(drawn.sender[frauds]) == 3).all()


def test_earlier_frauds_are_drawn_block_by_block_of_each_law():
    """As many as each block had of either law, senders whole and of that draw alone."""
    history = history_drawn([law(), law()], TOLD["today"]["blocks"], np.random.default_rng(2))

    found = earlier_frauds(history)

    assert 600 <= len(found.place) < 609
    _, counts = np.unique(found.sender, return_counts=True)
    assert (counts == 3).all()
    assert np.median(found.place) < 0.01
    assert len(found.counts) == 2
    assert sum(found.counts) == len(found.place)


def test_a_week_keeps_the_promise_or_not_by_the_whole_sample():
    """Recall is that of all 600 frauds; today counts the frauds of the history as well."""
    policy = Policy(max_alert_rate=0.04)
    weeks = [week([law()], TOLD, policy, np.random.default_rng(k)) for k in range(20)]

    assert all(one[side]["held"] == (one[side]["recall"] >= 0.9) for one in weeks for side in SIDES)
    assert max(one["window"]["threshold_frauds"] for one in weeks) < 203
    assert max(one["today"]["threshold_frauds"] for one in weeks) > 800
    assert all(one["best"]["recall"] == 0.9 for one in weeks)
    assert not any(one["best"]["mendable"] for one in weeks)
    sides = summary([{side: [one[side] for one in weeks] for side in SIDES}])
    assert sides["today"]["alert_rate"] < sides["window"]["alert_rate"]
    assert all(one[side]["refused"] or not one[side]["mendable"] for one in weeks for side in SIDES)
    told = table({"weeks": 20, "before": "d2ae1cc", "groups": {"all": sides}})
    assert "20 weeks of each world" in told


def test_who_knows_the_law_keeps_the_promise_as_often_as_asked():
    """Of the history's frauds only the coming week's law counts, bursts as what they say."""
    rng, now, policy = np.random.default_rng(3), law(), Policy()
    recalls = []
    for _ in range(200):
        history = history_drawn([law(), now], TOLD["today"]["blocks"], rng)
        value, n = informed_threshold(now, now.draw(200, rng), history, policy)
        recalls.append(float((now.frauds("today") >= value).mean()))
        assert 300 <= n < 306

    assert 0.9 < np.mean(np.array(recalls) >= 0.9) < 0.985


def test_the_ratio_draws_whole_worlds():
    """By hand: of 4 and 2 weeks refused 2 and 1 remain, in every draw of the worlds one half."""

    def world(before: int, today: int) -> dict:
        refused = {"before": before, "today": today}
        return {side: [{"refused": k < n} for k in range(5)] for side, n in refused.items()}

    halved = ratio([world(4, 2), world(2, 1)], "today")
    uneven = ratio([world(4, 4), world(4, 0)], "today")

    assert (halved["value"], halved["low"], halved["high"]) == (0.5, 0.5, 0.5)
    assert (uneven["value"], uneven["low"], uneven["high"]) == (0.5, 0.0, 1.0)
    assert ratio([world(0, 0)], "today")["value"] is None


def test_the_best_threshold_catches_as_many_as_the_floor_asks():
    """By hand: 9 of 10 frauds are caught from the second lowest score on."""
    assert best_threshold(np.arange(10) / 10, 0.9) == 0.1


def test_the_law_moves_in_the_last_fifth_up_and_down():
    """Of twenty worlds four move, two each way; the groups name all of them."""
    moved = [moved_by(at, 20) for at in range(20)]

    assert moved[:16] == [0.0] * 16
    assert moved[16:] == [MOVED_BY, -MOVED_BY] * 2
    assert GROUPS["the law moves"] == (4,)
