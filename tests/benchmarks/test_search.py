"""The search benchmark: both sides on the same rows and folds, and ratios of what was clocked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import search
from benchmarks.search_sides import OURS
from fraud_assets.families.registry import FAMILIES
from tests.modelling.made_rows import make_rows, small_contract

GRIDS = {
    "gradient_boosting": {"n_estimators": (5,), "max_depth": (2,)},
    "hist_gradient_boosting": {"max_iter": (5,), "max_depth": (2, 3)},
    "extra_trees": {"n_estimators": (5, 10)},
}


@pytest.fixture
def small_grids(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, grid in GRIDS.items():
        monkeypatch.setitem(FAMILIES, name, replace(FAMILIES[name], grid=grid))


@pytest.mark.usefixtures("small_grids")
def test_both_sides_are_told_with_the_ratio_of_their_clocks():
    """The slow side over our median run, between our slowest and quickest; quality beside it."""
    contract, rows, later = small_contract(folds=2), make_rows(500, 0.15), make_rows(400, 0.15, 1)

    part = search._part("made", rows, contract, 1, later)

    walls = [run["wall"] for run in part["ours"]]
    assert len(walls) == search.REPEATS
    assert part["ratio_wall"]["value"] == pytest.approx(part["article"]["wall"] / np.median(walls))
    assert part["ratio_wall"]["low"] <= part["ratio_wall"]["value"] <= part["ratio_wall"]["high"]
    assert part["settings"] == 1
    assert part["our_settings"] == {"hist_gradient_boosting": 2, "extra_trees": 2}
    assert part["our_fits"] == 2 * 2 + 2
    quality = part["quality"]
    reached = quality["best_cv_auc"]["ours"]
    assert set(reached) == set(OURS)
    assert quality["chosen"] in OURS
    assert part["article"]["fits"] == 2
    assert quality["average_precision_difference"]["n"] == len(later)
    assert part["article"]["estimated"] is False


@pytest.mark.usefixtures("small_grids")
def test_an_estimate_says_of_how_many_fits_it_is():
    """Without later rows the slow side is estimated from a drawn part, with an interval."""
    contract, rows = small_contract(folds=2), make_rows(500, 0.15)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "ESTIMATED_FITS", 2)
        part = search._part("made", rows, contract, 1, None)

    told = part["article"]["wall_estimate"]
    assert (told["fits"], told["of"]) == (2, 2)
    assert told["low"] <= told["value"] <= told["high"]
    assert part["quality"] is None
    assert part["ratio_wall"]["low"] <= part["ratio_wall"]["high"]
