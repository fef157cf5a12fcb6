"""The cheap grid search gives the scores that GridSearchCV gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from benchmarks.search_data import shipped
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import columns_of_many_levels, columns_with_gaps
from fraud_assets.modelling.search.folds import EncodedFolds, make_folds
from fraud_assets.modelling.search.grid import search_grid
from fraud_assets.modelling.search.sampling import sample_legitimate
from fraud_assets.modelling.search.settings import ScoredGrid
from fraud_assets.work.threads import on_one_thread
from tests.modelling.log_odds_trees import LogOddsTrees
from tests.modelling.made_rows import make_rows, small_contract

COLUMNS = (
    small_contract().features.numeric,
    small_contract().features.categorical,
)
SMALL = {
    "gradient_boosting": {
        "n_estimators": (5, 10, 15),
        "max_depth": (3, 5),
        "learning_rate": (0.05, 0.1),
        "min_samples_leaf": (5, 20),
    },
    "hist_gradient_boosting": {
        "max_iter": (5, 15),
        "max_depth": (3, 5),
        "learning_rate": (0.1,),
        "min_samples_leaf": (5, 20),
    },
    "adaboost": {"n_estimators": (5, 15), "max_depth": (1, 2), "learning_rate": (0.5, 1.0)},
    "random_forest": {"n_estimators": (5, 15), "min_samples_leaf": (1, 5)},
    "extra_trees": {"n_estimators": (5, 15), "max_features": ("sqrt", 0.7)},
    "logistic_regression": {"C": (0.1, 1.0), "class_weight": (None, "balanced")},
}


def searched(name: str, rows, grid, workers: int = 1, parts: int = 3) -> tuple[ScoredGrid, list]:
    folds = make_folds(rows, parts, seed=0)
    family = replace(FAMILIES[name], grid=grid)
    encoded = EncodedFolds(rows, folds, *COLUMNS).of(family)
    return search_grid(family, encoded, 0, workers=workers), folds


def reference(name: str, rows, grid, folds) -> GridSearchCV:
    gaps = columns_with_gaps(rows.features, COLUMNS[0])
    many = columns_of_many_levels(rows.features, COLUMNS[1])
    pipeline = build_pipeline(name, {}, *COLUMNS, gaps=gaps, many=many)
    if name == "adaboost":  # its pipeline's own name of the tree's depth
        grid = {
            ("estimator__max_depth" if key == "max_depth" else key): value
            for key, value in grid.items()
        }
    if name == "extra_trees":
        own = pipeline.named_steps["classifier"].get_params()
        pipeline.set_params(classifier=LogOddsTrees(**own))
    named = {f"classifier__{key}": list(value) for key, value in grid.items()}
    search = GridSearchCV(pipeline, named, scoring="roc_auc", cv=folds, refit=False)
    return on_one_thread(search.fit, rows.features, rows.label)


def assert_same(ours: ScoredGrid, theirs: GridSearchCV) -> None:
    results = theirs.cv_results_
    order = [_plain(params) for params in results["params"]]
    mine = [order.index(params) for params in ours.params]
    for k in range(ours.fold_auc.shape[1]):
        np.testing.assert_allclose(
            ours.fold_auc[:, k], results[f"split{k}_test_score"][mine], rtol=0, atol=1e-12
        )
    records = ours.rows()
    np.testing.assert_allclose(
        [r.mean for r in records], results["mean_test_score"][mine], rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(
        [r.std for r in records], results["std_test_score"][mine], rtol=0, atol=1e-12
    )
    assert [r.rank for r in records] == list(results["rank_test_score"][mine])


def _plain(params: dict) -> dict:
    return {key.split("__")[-1]: value for key, value in params.items()}


@pytest.mark.parametrize("name", list(SMALL))
def test_scores_are_gridsearchcvs(name: str):
    """Every setting's fold scores, mean, std and rank equal GridSearchCV's to 1e-12."""
    rows = make_rows(700, 0.1)

    ours, folds = searched(name, rows, SMALL[name])

    theirs = reference(name, rows, SMALL[name], folds)
    assert_same(ours, theirs)
    if name in {"gradient_boosting", "hist_gradient_boosting"}:
        assert ours.params[ours.best] == _plain(theirs.best_params_)


def test_scores_are_gridsearchcvs_on_shipped_payments():
    """Gaps, rare levels and frauds few between, as the shipped weeks have them: the same law."""
    _, newest, _ = shipped(6_000)
    rows = sample_legitimate(newest, per_fraud=15, seed=0).rows

    ours, folds = searched("gradient_boosting", rows, SMALL["gradient_boosting"])

    theirs = reference("gradient_boosting", rows, SMALL["gradient_boosting"], folds)
    assert rows.frauds >= 30
    assert rows.features.isna().any(axis=None)
    assert_same(ours, theirs)
    assert ours.params[ours.best] == _plain(theirs.best_params_)


def test_sizes_cost_no_fits():
    """Three sizes, two depths, two rates, two leaves and three folds take 24 fits, not 72."""
    ours, _ = searched("gradient_boosting", make_rows(400, 0.15), SMALL["gradient_boosting"])

    assert ours.fits == 24
    assert len(ours.params) == 24
    assert ours.fold_auc.shape == (24, 3)


def test_two_workers_find_the_same():
    """The scores are the same bits from one and from two workers."""
    rows = make_rows(500, 0.1)

    one, _ = searched("hist_gradient_boosting", rows, SMALL["hist_gradient_boosting"])
    two, _ = searched("hist_gradient_boosting", rows, SMALL["hist_gradient_boosting"], workers=2)

    np.testing.assert_array_equal(one.fold_auc, two.fold_auc)
    assert one.params == two.params


def test_a_forest_that_stops_early_keeps_its_last_score():
    """AdaBoost that errs nowhere stops; larger sizes then score as its last stage."""
    rows = make_rows(400, 0.3)
    rows.features["amount_usd"] = rows.label * 100.0

    ours, folds = searched("adaboost", rows, SMALL["adaboost"])

    assert_same(ours, reference("adaboost", rows, SMALL["adaboost"], folds))
    assert ours.mean.min() == 1.0


@pytest.mark.slow
@pytest.mark.long
def test_whole_grid_of_gradient_boosting_is_exact():
    """All 81 settings at full size, on two folds: scores to 1e-12, the same best setting."""
    rows, grid = make_rows(600, 0.1), FAMILIES["gradient_boosting"].grid

    ours, folds = searched("gradient_boosting", rows, grid, parts=2)

    theirs = reference("gradient_boosting", rows, grid, folds)
    assert_same(ours, theirs)
    assert ours.params[ours.best] == _plain(theirs.best_params_)
