"""Who is compared with the chain, on which rows, and what a second run leaves standing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality import together
from benchmarks.quality_peers import newest_history
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
