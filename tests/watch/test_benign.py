"""Benign change, such as a holiday's volume or a price level, raises warnings, never the alarm.

That a new country and a price level are warned of by the payments alone: `test_moved`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.production import production
from tests.watch.worlds import DAY, PLACE, START, lived, reign

WEEKS, CHANGE, WORLDS = 10, 4, 20
HOLIDAY, COUNTRY, PRICES = "a holiday's volume", "a new country", "a price level"


def changed(world: str, seed: int) -> Outcomes:
    """Ten weeks of a model that keeps its promise (.93), the world changed after four.

    A holiday brings twice as many honest payments; those of a new country and of dearer days are
    flagged three times as often, of which nobody's fraud is the cause.
    """
    random = np.random.default_rng(seed + 1_000)
    rows = lived([0.93] * WEEKS, seed=seed)
    late = rows.time >= START + CHANGE * 7 * DAY
    if world == HOLIDAY:
        again = np.flatnonzero(late & ~rows.fraud)
        more = rows.where(np.sort(np.concatenate([np.arange(len(rows)), again])))
        return replace(more, sender=np.arange(len(more)))
    odd = late & ~rows.fraud & (random.random(len(rows)) < (0.2 if world == COUNTRY else 1.0))
    dearer = np.where(late & (world == PRICES), 3 * rows.amount, rows.amount)
    return replace(rows, flagged=rows.flagged | (odd & (random.random(len(rows)) < 0.03)),
                   amount=dearer)  # fmt: skip


@pytest.mark.parametrize("world", [HOLIDAY, COUNTRY, PRICES])
def test_no_benign_change_raises_the_alarm(world: str) -> None:
    """In each of 20 worlds the alarm is what it would have been without the change.

    Evidence may be looked at each day: an alarm of any day would stand in the last document.
    """
    until = START + WEEKS * 7 * DAY + 30 * DAY
    watched = replace(reign(), precision_floor=0.1)
    alarms = 0
    for seed in range(WORLDS):
        rows = changed(world, seed), lived([0.93] * WEEKS, seed=seed)
        after, before = (production(one, [watched], PLACE, until) for one in rows)

        assert after.versions[0].alarm == before.versions[0].alarm, after.sentence
        assert after.precision_alarm is None, after.sentence
        alarms += after.alarmed
    assert alarms <= 2


def test_a_holidays_alerts_are_warned_of() -> None:
    """Twice the payments flag a smaller share: said as a warning."""
    rows = changed(HOLIDAY, 1)
    found = production(rows, [reign()], PLACE, START + WEEKS * 7 * DAY)

    assert [one.code for one in found.warnings if one.code != "calibration_moved"] == [
        "alert_rate_moved"
    ]
