"""Made-up sets on which the choice is compared with every family's full fit."""

from __future__ import annotations

import pytest

from benchmarks.family_worlds import FAMILY_WORLDS
from benchmarks.quality_worlds import split_world


@pytest.mark.parametrize("name", FAMILY_WORLDS)
def test_every_window_of_a_world_holds_frauds(name: str) -> None:
    """Enough of them to fit on, to choose a threshold and to judge, the same ones each time."""
    windows = split_world(name, FAMILY_WORLDS[name], 3)
    again = split_world(name, FAMILY_WORLDS[name], 3)

    assert min(windows.fit.frauds, windows.threshold.frauds, windows.judged.frauds) >= 12
    assert windows.judged.features.equals(again.judged.features)
    assert windows.within(3).contract.search.minutes == 3
    features = windows.contract.features
    assert set(windows.fit.features) == {*features.numeric, *features.categorical}
