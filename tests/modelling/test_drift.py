from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd
import pytest

from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.data import Drift, Profile
from fraud_assets.modelling.judging.drift import drift, histograms, profile


def rows_of(**columns: object) -> Rows:
    frame = pd.DataFrame(columns)
    return Rows(frame, np.zeros(len(frame), dtype="int8"))


def normal(shift: float, seed: int, n: int = 20_000) -> Rows:
    rng = np.random.default_rng(seed)
    levels = np.array(["a", "b", np.nan], dtype=object)
    return rows_of(
        x=rng.normal(shift, 1, n), c=pd.Series(rng.choice(levels, n), dtype=object), still=1.0
    )


def psi(found: Sequence[Drift]) -> dict[str, float]:
    return {row.feature: row.psi for row in found}


def test_hand_worked_index_of_two_levels() -> None:
    """From 1:3 to 3:1 the index is ln 3, up to the counts added to empty bins."""
    then = rows_of(c=pd.Series(["a", "b", "b", "b"] * 25_000, dtype=object))
    now = rows_of(c=pd.Series(["a", "a", "a", "b"] * 25_000, dtype=object))
    assert psi(drift(then, now))["c"] == pytest.approx(np.log(3), abs=1e-3)


def test_the_same_distribution_has_no_drift_and_a_shift_has() -> None:
    """Chance alone stays far under 0.1; a shift by one deviation is far above 0.25."""
    calm, moved = psi(drift(normal(0, 0), normal(0, 1))), psi(drift(normal(0, 0), normal(1, 1)))
    assert all(0 <= value < 0.005 for value in calm.values())
    assert moved["x"] == pytest.approx(1.0, abs=0.2)
    assert next(iter(moved)) == "x"


def test_a_profile_of_the_champions_rows_serves_as_well_as_the_rows() -> None:
    """Through JSON and back the reference gives the same figures; unknown features are left out."""
    stored = msgspec.json.decode(msgspec.json.encode(profile(normal(0, 0))), type=Profile)
    now = normal(0.5, 1)
    assert drift(stored, now, "champion") == drift(normal(0, 0), now, "champion")
    wider = replace(now, features=now.features.assign(new=1.0))
    assert [row.feature for row in drift(stored, wider)] == [r.feature for r in drift(stored, now)]


def test_missing_and_unseen_values_count_as_drift() -> None:
    """A column that empties, and a category never seen before, both stand out and stay finite."""
    then = rows_of(x=np.arange(1000.0), c=pd.Series(["a"] * 1000, dtype=object))
    now = rows_of(x=np.full(1000, np.nan), c=pd.Series(["z"] * 1000, dtype=object))
    found = psi(drift(then, now))
    assert all(np.isfinite(value) and value > 5 for value in found.values())


def test_histograms_count_every_payment_of_each_part_and_put_what_moved_first() -> None:
    """The newest, unlabelled payments too; by hand for two levels."""
    fitted, judged = normal(0, 1, 2000), normal(0, 2, 1000)
    newest = normal(3, 3, 500)
    found = histograms(fitted, judged, newest)
    assert found[0].feature == "x"
    for row in found:
        assert [sum(row.fitted), sum(row.judged), sum(row.newest)] == [2000, 1000, 500]
    levels = rows_of(c=pd.Series(["a", "b", "b"], dtype=object))
    others = rows_of(c=pd.Series(["a", "z"], dtype=object))
    (row,) = histograms(levels, others, others.take(np.array([False, False])))
    assert (row.levels, row.fitted, row.judged) == (("b", "a"), (2, 1, 0), (0, 1, 1))
    assert row.newest == (0, 0, 0)
