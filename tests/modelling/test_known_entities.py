"""Rows of known entities: checked against looking at every fraud for every row."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.data.known_entities import known_entities_mask

EVENTS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 400)), max_size=20)


def _columns(events: list[tuple[str | None, int]]) -> tuple[np.ndarray, np.ndarray]:
    entity = np.array([name for name, _ in events], dtype=object)
    hours = np.array([hour for _, hour in events], dtype=np.int64)
    return entity, (np.datetime64("2026-01-01") + hours.astype("timedelta64[h]")).astype(
        "datetime64[us]"
    )


@settings(deadline=None, max_examples=60)
@given(EVENTS, EVENTS, st.integers(0, 9))
def test_equals_looking_at_every_fraud(
    rows: list[tuple[str | None, int]], frauds: list[tuple[str | None, int]], days: int
) -> None:
    """A row is known where a fraud of its entity lies before its midnight less the delay."""
    (entity, time), (fraud_entity, fraud_time) = _columns(rows), _columns(frauds)

    mask = known_entities_mask(
        entity, time, fraud_entity=fraud_entity, fraud_time=fraud_time, delay=timedelta(days)
    )

    for name, at, known in zip(entity, pd.DatetimeIndex(time), mask, strict=True):
        opens = at.normalize() - timedelta(days)
        seen = [
            who is not None and who == name and when < opens
            for who, when in zip(fraud_entity, fraud_time, strict=True)
        ]
        assert known == any(seen)
