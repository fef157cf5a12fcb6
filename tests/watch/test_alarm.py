"""The alarm keeps its promise: rare in good years, quick in bad ones, whenever one looks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.watch import alarm
from fraud_assets.watch.alarm import FIRST, LATER, LIMIT, Evidence, beginnings, evidence
from fraud_assets.watch.episodes import Episodes

START = np.datetime64("2025-01-06", "us")
FRAUDS_A_WEEK = 130


def year(recall: float, seed: int, burst: int = 1) -> Episodes:
    """A year's episodes of `burst` frauds, each burst caught or missed with probability recall."""
    random = np.random.default_rng(seed)
    n = 52 * FRAUDS_A_WEEK // burst
    caught = (random.random(n) < recall).astype(float) * burst
    time = START + np.arange(1, n + 1) * (np.timedelta64(364, "D").astype("timedelta64[us]") // n)
    return Episodes(time, caught, burst - caught, 0)


def watched(seen: Episodes, usual: float = 1.0) -> Evidence:
    return evidence(seen, 0.9, beginnings(START, seen.complete[-1]), usual=usual)


@pytest.mark.parametrize("burst", [1, 5])
def test_a_good_model_is_rarely_called_bad(burst):
    """In 120 years at a recall of exactly .90, at most 5 % alarm (and chance adds 4 %)."""
    alarms = sum(watched(year(0.9, seed, burst), burst).alarm is not None for seed in range(120))

    assert alarms <= 0.09 * 120


def test_a_fallen_model_is_called_within_days_of_labels():
    """At .80 half of all years are called within 82 frauds.

    That is 1.5 times of what a test needs that knows the alternative (Wald's, 54).
    """
    delays = [_delay(year(0.8, seed)) for seed in range(60)]

    assert np.median(delays) <= 82


def _delay(seen: Episodes) -> int:
    found = watched(seen)
    assert found.alarm is not None
    return int(np.searchsorted(found.time, found.alarm)) + 1


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=4),
    st.floats(0.5, 0.95),
    st.sampled_from([1.0, 3.0]),
)
def test_no_bet_gains_while_the_claim_holds(weights, floor, usual):
    """Law: over all outcomes at a recall of exactly the floor, the mean worth is at most 1."""
    begins = np.array([START])
    mean = 0.0
    sizes = [max(weight, 1) for weight in weights]
    for code in range(2 ** len(sizes)):
        hit = np.array([code >> i & 1 for i in range(len(sizes))])
        chance = float(np.prod(np.where(hit == 1, floor, 1 - floor)))
        seen = Episodes(
            START + np.arange(1, len(sizes) + 1), hit * sizes, (1 - hit) * sizes, later=0
        )
        found = evidence(seen, floor, begins, part=1.0, usual=usual)
        mean += chance * found.worth_now

    assert mean <= 1 + 1e-9


def test_worth_by_hand():
    """One missed fraud at a floor of .90: each stake times 1 + bet * .9, the rest waits."""
    seen = Episodes(np.array([START + 1]), np.array([0.0]), np.array([1.0]), 0)

    found = evidence(seen, 0.9, np.array([START]), part=1.0)

    stakes = [part * (1 + bet * 0.9) for part, bet in zip(alarm._PARTS, alarm._BETS, strict=True)]
    assert found.worth_now == pytest.approx(math.fsum(stakes))
    assert found.alarm is None


def test_released_frauds_weigh_for_those_that_were_blocked():
    """Law: with 1 % released, the mean gain of a fraud at recall .90 is nought."""
    release, floor = 0.01, 0.9
    usual = alarm.usual_weight(np.array([1.0]), release)
    outcomes = [(1 - floor, 0.0, 1.0), (floor * release, 1 / release, 0.0), (floor * 0.99, 0, 0)]

    mean = sum(
        chance
        * evidence(
            Episodes(np.array([START + 1]), np.array([caught]), np.array([missed]), 0),
            floor,
            np.array([START]),
            part=1.0,
            usual=usual,
        ).worth_now
        for chance, caught, missed in outcomes
    )

    assert mean == pytest.approx(1.0)


def test_stakes_that_begin_later_do_not_exceed_the_year():
    """A year's parts sum to 1, however many weeks it has; only what has begun is at stake."""
    begins = beginnings(START, START + alarm.YEAR)
    assert len(begins) == 53
    assert pytest.approx(1) == FIRST + LATER * alarm.MOST_LATER
    assert FIRST + LATER * (len(begins) - 1) <= 1


def test_a_second_promotion_within_a_year_stakes_little():
    """The year's first stake is spent once."""
    first, second = START, START + np.timedelta64(60, "D")

    assert alarm.first_part(first, np.array([], dtype="datetime64[us]")) == FIRST
    assert alarm.first_part(second, np.array([first])) == LATER
    assert alarm.first_part(first + alarm.YEAR, np.array([first])) == FIRST


def test_a_fall_after_a_good_half_year_is_still_called():
    """Stakes begin anew each week, so what a good time lost does not shield a bad one."""
    good, bad = year(0.95, 1), year(0.75, 2)
    half = len(good.complete) // 2
    seen = Episodes(
        good.complete,
        np.concatenate((good.caught[:half], bad.caught[half:])),
        np.concatenate((good.missed[:half], bad.missed[half:])),
        0,
    )

    found = watched(seen)

    assert found.alarm is not None
    assert found.alarm > good.complete[half]
    assert found.alarm < good.complete[half] + np.timedelta64(21, "D")
    assert found.limit == LIMIT
