"""Families of the extra `boosting`: searched, published and read like the others."""

from __future__ import annotations

import time

import numpy as np
import pytest

from fraud_assets.families.family import UnconvertibleError
from fraud_assets.families.registry import FAMILIES, family_of, is_installed
from fraud_assets.modelling.judging.importances import impurity_importances
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.search.folds import EncodedFolds, make_folds
from fraud_assets.modelling.search.grid import score_settings
from fraud_assets.modelling.tuned import dump_pipeline
from tests.modelling.made_rows import make_rows, small_contract
from tests.scoring.worlds import payments

SMALL = {
    "lightgbm": {"n_estimators": 12, "num_leaves": 7},
    "xgboost": {"n_estimators": 12, "max_depth": 3},
    "catboost": {"iterations": 12, "depth": 3, "learning_rate": 0.1},
}
FEATURES = small_contract().features
COLUMNS = FEATURES.numeric, FEATURES.categorical
NAMES = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(not is_installed(name), reason=f"{name} is not installed"),
    )
    for name in SMALL
]


def classifier(name: str, rows, **changed):
    family = FAMILIES[name]
    (fold,) = EncodedFolds(rows, [(np.arange(len(rows)),) * 2], *COLUMNS).of(family)
    return family.build(SMALL[name] | changed, 0).fit(fold.train, fold.train_label), fold.train


@pytest.mark.parametrize("name", NAMES)
def test_the_first_trees_of_a_fit_are_a_fit_of_so_many(name: str):
    """One fit scores every size: the search's scores are those of a fit of each size."""
    family, rows = FAMILIES[name], make_rows(900, 0.1)
    folds = make_folds(rows, 2, seed=0)
    encoded = EncodedFolds(rows, folds, *COLUMNS).of(family)
    settings = [SMALL[name] | {family.size: size} for size in (4, 8, 12)]

    found = score_settings(family, settings, encoded, 0)

    assert found.fits == 2
    for setting, by_fold in zip(settings, found.scores, strict=True):
        for fold, scores in zip(encoded, by_fold, strict=True):
            alone = family.build(setting, 0).fit(fold.train, fold.train_label)
            assert np.abs(family.margin(alone, fold.valid) - scores).max() < 1e-5
    assert list(found.cost) == sorted(found.cost)


@pytest.mark.parametrize("name", NAMES)
def test_equal_fits_pickle_to_equal_bytes(name: str):
    """No clock, thread or random name is in them."""
    rows = make_rows(600, 0.1)

    payloads = []
    for _ in range(2):
        pipeline = build_pipeline(name, SMALL[name], *COLUMNS).fit(rows.features, rows.label)
        FAMILIES[name].tidy(pipeline.named_steps["classifier"])
        payloads.append(dump_pipeline(pipeline))
        time.sleep(1.1)  # CatBoost writes the second in which a fit ended

    assert payloads[0] == payloads[1]


@pytest.mark.parametrize("name", NAMES)
def test_importances_are_shares_of_what_the_splits_gained(name: str):
    """They sum to 1 and the two features that make the label come first."""
    rows = make_rows(2000, 0.1)
    pipeline = build_pipeline(name, SMALL[name], *COLUMNS).fit(rows.features, rows.label)

    found = impurity_importances(pipeline)

    assert sum(row.value for row in found) == pytest.approx(1)
    assert {row.feature for row in found[:2]} <= {"tx_count_24h", "address_age_days", "amount_usd"}


@pytest.mark.parametrize("name", NAMES)
def test_columns_without_two_values_keep_their_place(name: str):
    """Constant columns are no splits, and the others keep their numbers."""
    family, rng = FAMILIES[name], np.random.default_rng(0)
    matrix = np.column_stack(
        [np.zeros(400), rng.normal(size=400), np.ones(400), rng.normal(size=400)]
    )
    label = (matrix[:, 3] - matrix[:, 1] > 0.5).astype("int8")
    fitted = family.build(SMALL[name], 0).fit(matrix, label)

    converted = family.convert(fitted)

    assert set(converted.model.feature) == {-1, 1, 3}
    found = converted.model.sums(matrix) + converted.intercept
    assert np.abs(found - family.margin(fitted, matrix)).max() < 1e-5


@pytest.mark.parametrize("name", [name for name in NAMES if name.values[0] != "catboost"])
def test_a_tree_without_a_split_is_converted(name: str):
    """Rows that nothing tells apart leave trees of one leaf; CatBoost refuses such rows."""
    family, rng = FAMILIES[name], np.random.default_rng(0)
    matrix, label = np.ones((200, 2)), (rng.random(200) < 0.2).astype("int8")
    fitted = family.build(SMALL[name], 0).fit(matrix, label)

    converted = family.convert(fitted)

    found = converted.model.sums(matrix) + converted.intercept
    assert np.abs(found - family.margin(fitted, matrix)).max() < 1e-5
    assert np.isfinite(converted.model.expected_values()).all()


@pytest.mark.parametrize("name", NAMES)
def test_values_at_the_edge_of_float32_go_the_librarys_way(name: str):
    """At each split, and at the doubles and floats beside it, tables and library agree."""
    fitted, train = classifier(name, make_rows(800, 0.1))
    family = FAMILIES[name]
    forest = family.convert(fitted).model
    inner = np.flatnonzero(~forest.is_leaf)[:60]
    rows = np.repeat(np.asarray(train[:1], dtype=np.float64), len(inner) * 5, axis=0)
    for i, node in enumerate(inner):
        cut = forest.threshold[node]
        single = np.float32(cut)
        beside = [cut, np.nextafter(cut, -np.inf), np.nextafter(cut, np.inf)]
        beside += [float(np.nextafter(single, side)) for side in np.float32([-np.inf, np.inf])]
        rows[5 * i : 5 * i + 5, forest.feature[node]] = beside

    found = forest.sums(rows) + family.convert(fitted).intercept

    assert np.abs(found - family.margin(fitted, rows)).max() < 1e-5


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, {"nan_mode": "Max"}], ids=["as usual", "above all"])
def test_missing_values_go_the_librarys_way(name: str, options: dict[str, str]):
    """In columns that miss some in training, half of them or one in a hundred."""
    if options and name != "catboost":
        pytest.skip("its missing values lie on no side by themselves")
    family, rng = FAMILIES[name], np.random.default_rng(3)
    matrix = rng.normal(size=(2000, 3))
    label = (matrix[:, 0] + 0.5 * matrix[:, 1] + rng.normal(size=2000) > 1).astype("int8")
    matrix[rng.random(2000) < 0.5, 0] = np.nan
    matrix[rng.random(2000) < 0.01, 1] = np.nan
    fitted = family.build(SMALL[name] | options, 0).fit(matrix, label)

    converted = family.convert(fitted)

    assert family.takes_missing
    found = converted.model.sums(matrix) + converted.intercept
    assert np.abs(found - family.margin(fitted, matrix)).max() < 1e-5


@pytest.mark.parametrize("name", NAMES)
def test_its_class_leads_back_to_it(name: str):
    """Through the class alone, as with the families that are always there."""
    assert family_of(FAMILIES[name].build(SMALL[name], 0)) is FAMILIES[name]


@pytest.mark.skipif(not is_installed("lightgbm"), reason="lightgbm is not installed")
def test_sets_of_categories_have_no_conversion():
    """A native categorical split is no threshold; such a winner goes through its library."""
    from lightgbm import LGBMClassifier

    rows = payments(600, 1)
    codes = np.random.default_rng(0).integers(0, 6, (600, 1)).astype(float)
    label = np.where(np.isin(codes[:, 0], [1, 4]), 1, rows.label)
    fitted = LGBMClassifier(n_estimators=3, verbose=-1, min_child_samples=2, cat_smooth=1)
    fitted.fit(codes, label, categorical_feature=[0])

    with pytest.raises(UnconvertibleError, match="sets of categories"):
        FAMILIES["lightgbm"].convert(fitted)
