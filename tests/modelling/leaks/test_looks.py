"""Kinds of leak are files: what a folder holds is what is looked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.modelling.leaks import looks
from fraud_assets.modelling.leaks.look import all_looks
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature
from fraud_assets.modelling.leaks.measures.order import places_behind
from fraud_assets.modelling.leaks.single import judge_feature

NEW = """
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak

def find(measured):
    return SingleLeak("warn", "length of the name", len(measured.name), "It has a name.")

LOOK = LeakKind(code="has_a_name", order=1, find=find)
"""


def test_one_new_file_is_a_kind_of_leak(tmp_path, monkeypatch):
    """Dropped among the others it is looked for, under its file's name."""
    (tmp_path / "has_a_name.py").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(looks, "__path__", [*looks.__path__, str(tmp_path)])
    all_looks.cache_clear()
    try:
        measured = MeasuredFeature(pd.Series(np.arange(200.0), name="x"), np.arange(200) % 5 == 0)
        leak = judge_feature(measured)
    finally:
        monkeypatch.undo()
        all_looks.cache_clear()

    assert (leak.code, leak.value) == ("has_a_name", 1)


def test_places_behind_by_hand():
    """The third payment got its number last, those after it stand one place before theirs."""
    numbers = np.array([10.0, 20, 99, *range(30, 60)])

    behind = places_behind(pd.Series(numbers), np.arange(33))

    assert behind.tolist() == [0, 0, 30, *[-1] * 30]
    assert places_behind(pd.Series(-numbers), np.arange(33)).tolist() == [0, 0, -30, *[1] * 30]


@pytest.mark.parametrize(
    "values", [[1.0, 1, 1, 1, 2], [5.0, 1, 4, 2, 3], ["a", "b", "c", "d", "e"]]
)
def test_what_follows_no_order_has_no_places(values):
    """Few values, another order, and texts."""
    assert places_behind(pd.Series(values), np.arange(5)) is None
