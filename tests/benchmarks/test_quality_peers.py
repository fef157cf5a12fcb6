"""Who is compared with the chain, on which rows, and what a second run leaves standing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import together
from benchmarks.quality_kept import JudgedSide, keep, kept, set_key
from benchmarks.quality_peers import MEASURES, TOLERANCE, missed, newest_history
from benchmarks.quality_worlds import WORLDS, SplitSet, make_world
from fraud_assets.modelling.preprocessing import MANY_LEVELS
from tests.modelling.made_rows import make_rows, small_contract


def _windows() -> SplitSet:
    rows = make_rows(1000, 0.1)
    parts = np.split(np.arange(1000), [300, 600, 800])
    return SplitSet(small_contract(), *(rows.take(at) for at in parts))


@pytest.mark.parametrize(
    ("most", "earlier", "fit"), [(600, 300, 300), (450, 150, 300), (300, 0, 300), (200, 0, 200)]
)
def test_the_oldest_rows_go_first(most: int, earlier: int, fit: int) -> None:
    """Of 300 earlier and 300 fitted rows the newest stay; threshold and judged rows are kept."""
    windows = _windows()

    kept = newest_history(windows, most)

    assert (0 if kept.earlier is None else len(kept.earlier), len(kept.fit)) == (earlier, fit)
    assert kept.history.time is not None
    assert kept.history.time.tolist() == windows.history.time[600 - most :].tolist()
    assert (kept.threshold, kept.judged) == (windows.threshold, windows.judged)


@pytest.mark.parametrize("name", [name for name in WORLDS if name != "rare"])
def test_a_world_is_the_same_for_the_same_seed(name: str) -> None:
    """In time order, its share of frauds as declared, and another seed is another world."""
    first, again, other = make_world(name), make_world(name), make_world(name, seed=1)

    assert first.fit.features.equals(again.fit.features)
    assert not first.fit.features.equals(other.fit.features)
    parts = (first.earlier, first.fit, first.threshold, first.judged)
    time = np.concatenate([part.time for part in parts])
    assert (np.diff(time) >= np.timedelta64(0)).all()
    share = sum(part.frauds for part in parts) / len(time)
    assert share == pytest.approx(WORLDS[name].share, rel=0.15)


def test_the_worlds_of_many_levels_have_them() -> None:
    """Three of its texts have more levels than one-hot encoding takes."""
    features = make_world("many_levels").history.features

    assert sum(features[name].nunique() > MANY_LEVELS for name in features if name[0] != "x") == 3


def test_one_set_alone_leaves_the_other_sets_figures() -> None:
    """What was measured before stays in the JSON, and a miss among it stays a miss."""
    missed = {"peers": [{"held": False}]}
    before = {"ulb": {"held": True}, "peers": {"sets": {"a": missed}, "held": False}}

    found = together(before, {"peers": {"sets": {"b": {"peers": []}}, "held": True}})

    assert set(found["peers"]["sets"]) == {"a", "b"}
    assert found["peers"]["held"] is False
    assert found["ulb"] == {"held": True}


def _interval(low: float, high: float) -> dict[str, float]:
    return {"value": (low + high) / 2, "low": low, "high": high}


def test_a_plain_fit_may_be_ahead_by_the_tolerance_a_search_by_nothing() -> None:
    """An interval that reaches the bound holds; precision is asked of the search alone."""
    level = {name: _interval(-0.02, 0.001) for name in MEASURES}
    behind = level | {"average_precision": _interval(-0.02, -0.004)}

    assert missed("flaml", level) == missed("lightgbm", level) == []
    assert missed("flaml", behind) == ["average_precision"]
    assert missed("lightgbm", behind) == []
    assert missed("lightgbm", {name: _interval(-0.1, -0.05) for name in MEASURES}) == [*TOLERANCE]


def test_what_a_side_said_is_read_again_of_the_same_rows_alone(tmp_path: Path) -> None:
    """Scores, clocks and what it says of its model; of other labels nothing is read."""
    windows, side = _windows(), JudgedSide("ours", np.linspace(0, 1, 200), 2.0, 3.0, {"bytes": 7})
    key = set_key(windows.history, windows.judged)

    keep(tmp_path / "a", side, key)
    again = kept(tmp_path / "a", "ours", key)

    assert again is not None
    assert again.scores.tobytes() == side.scores.tobytes()
    assert (again.seconds, again.cpu_seconds, again.about) == (2.0, 3.0, {"bytes": 7})
    assert kept(tmp_path / "a", "ours", set_key(windows.judged, windows.history)) is None
    assert kept(tmp_path / "b", "ours", key) is None
