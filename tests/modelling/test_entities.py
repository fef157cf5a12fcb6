from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.modelling.statistics.entities import precision_at_k

DAYS = np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[us]")


def slow_daily(frame: pd.DataFrame, k: int) -> list[float]:
    """The definition, entity by entity: an oracle that shares no line with the fast way."""
    found: set[str] = set()
    shares = []
    for _, day in frame.groupby("day"):
        best: dict[str, tuple[float, int]] = {}
        for row in day.itertuples():
            if row.entity in found:
                continue
            score, fraud = best.get(row.entity, (-1.0, 0))
            best[row.entity] = (max(score, row.score), max(fraud, row.fraud))
        top = sorted(best.items(), key=lambda item: -item[1][0])[:k]
        caught = [entity for entity, (_, fraud) in top if fraud]
        found.update(caught)
        shares.append(len(caught) / k)
    return shares


def test_hand_worked_two_days() -> None:
    """Day 1 finds a of (a, b): 1/2. Day 2: a is blocked, so c and b are looked into: 1/2."""
    time = np.repeat(DAYS, 4)
    entity = np.array(["a", "a", "b", "c", "a", "b", "c", "d"])
    scores = np.array([0.1, 0.9, 0.8, 0.2, 0.99, 0.7, 0.8, 0.1])
    labels = np.array([1, 0, 0, 1, 1, 0, 1, 0])
    found = precision_at_k(scores, labels, time, entity, 2)
    assert found.value == 0.5
    assert found.n == 2


@pytest.mark.parametrize("seed", range(5))
def test_equals_the_slow_definition(seed: int) -> None:
    """On random payments with distinct scores the mean over days is the slow one's."""
    rng = np.random.default_rng(seed)
    n = 600
    time = DAYS[0] + rng.integers(0, 10 * 24, n).astype("timedelta64[h]")
    entity = rng.integers(0, 80, n).astype(str)
    scores, labels = rng.permutation(n) / n, (rng.random(n) < 0.2).astype(int)
    frame = pd.DataFrame(
        {"day": time.astype("datetime64[D]"), "entity": entity, "score": scores, "fraud": labels}
    )
    daily = slow_daily(frame, 5)
    found = precision_at_k(scores, labels, time, entity, 5)
    assert found.value == pytest.approx(np.mean(daily))
    assert found.low <= found.value <= found.high
    assert found.n == len(daily)


def test_fewer_entities_than_looks_still_count_k() -> None:
    """One fraud among one entity at k = 4 is a quarter; no rows have no value."""
    one = precision_at_k(np.array([0.5]), np.array([1]), DAYS[:1], np.array(["a"]), 4)
    assert one.value == 0.25
    none = precision_at_k(np.zeros(0), np.zeros(0), DAYS[:0], np.zeros(0), 4)
    assert none.value is None
