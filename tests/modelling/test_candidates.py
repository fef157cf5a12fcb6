"""The leaderboard of families on the same folds."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_score
from threadpoolctl import threadpool_limits

from fraud_assets.errors import ContractError
from fraud_assets.families.registry import FAMILIES, find_families
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import columns_with_gaps
from fraud_assets.modelling.search import rounds
from fraud_assets.modelling.search.budget import sample_to_search
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.search.folds import make_folds
from fraud_assets.modelling.search.sampling import sample_legitimate
from fraud_assets.modelling.search.winner import WeekSearch
from tests.modelling.log_odds_trees import LogOddsTrees
from tests.modelling.made_rows import make_rows, small_contract


@pytest.fixture
def small_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every family with ten trees, for tests that are not about their quality."""
    for name, family in FAMILIES.items():
        if family.size is not None:
            monkeypatch.setitem(FAMILIES, name, replace(family, defaults={family.size: 10}))


@pytest.mark.usefixtures("small_families")
def test_leaderboard_is_cross_val_score():
    """Fold scores are those of scikit-learn's own cross-validation on the sampled rows."""
    rows, contract = make_rows(900, 0.05), small_contract(folds=2, legitimate_per_fraud=6)

    with threadpool_limits(2):  # its own fits take one all the same
        board = compare_candidates(rows, contract)

    sample = sample_legitimate(rows, 6, 0).rows
    features = contract.features
    for candidate in board.candidates:
        pipeline = build_pipeline(
            candidate.family,
            candidate.parameters,
            features.numeric,
            features.categorical,
            gaps=columns_with_gaps(sample.features, features.numeric),
        )
        if candidate.family == "extra_trees":
            own = pipeline.steps[-1][1].get_params()
            pipeline.steps[-1] = ("classifier", LogOddsTrees(**own))
        folds = make_folds(sample, 2, 0)
        with threadpool_limits(1):
            oracle = cross_val_score(
                pipeline, sample.features, sample.label, cv=folds, scoring="roc_auc"
            )
        np.testing.assert_allclose(candidate.fold_auc, oracle, atol=1e-12)
    assert [c.auc_mean for c in board.candidates] == sorted(
        (c.auc_mean for c in board.candidates), reverse=True
    )
    assert board.rows == len(sample)
    assert board.legitimate_total == len(rows) - rows.frauds


@pytest.mark.usefixtures("small_families")
def test_records_are_json_and_progress_counts():
    """One JSON-able record a family, all required keys in it, and a last line with all fits."""
    said: list[str] = []
    contract = small_contract(families=("logistic_regression", "adaboost"), folds=2)

    board = compare_candidates(make_rows(400), contract, progress=said.append)

    records = json.loads(json.dumps(msgspec.to_builtins(board.candidates), allow_nan=False))
    assert {r["family"] for r in records} == set(contract.search.families)
    assert set(records[0]) >= {
        "auc_mean", "auc_std", "average_precision", "fit_seconds", "cost", "encoding",
        "n_features", "fold_auc", "precision_at_recall",
    }  # fmt: skip
    assert all(r["cost"] > 0 and r["fit_seconds"] > 0 for r in records)
    assert "4 of 4 fits" in said[-1]
    assert "about 0 s left" in said[-1]


def test_unknown_families_are_all_named():
    """Unknown family names end in one contract error that lists each of them."""
    contract = small_contract(families=("neural_network", "adaboost", "prophet"))

    with pytest.raises(ContractError) as caught:
        compare_candidates(make_rows(400), contract)

    assert "'neural_network'" in str(caught.value)
    assert "'prophet'" in str(caught.value)
    assert len(caught.value.faults) == 2


def test_average_precision_refers_to_the_real_prior():
    """The weighted sample's average precision lies far nearer to all rows' than the plain one."""
    rows = make_rows(40_000, 0.02, seed=3)
    score = rows.features["amount_usd"].to_numpy() / rows.features["address_age_days"].to_numpy()
    everything = average_precision_score(rows.label, score)
    sample = sample_legitimate(rows, 5, 0)
    ratio = sample.rows.features["amount_usd"] / sample.rows.features["address_age_days"]

    weighted = average_precision_score(sample.rows.label, ratio, sample_weight=sample.weights)

    plain = average_precision_score(sample.rows.label, ratio)
    assert abs(weighted - everything) < 0.03 < abs(plain - everything)


def _guesses(_: object, matrix: np.ndarray) -> np.ndarray:
    """Margins that know nothing."""
    return np.random.default_rng(matrix.shape[0]).random(matrix.shape[0])


@pytest.mark.usefixtures("small_families")
def test_a_family_far_behind_is_left_after_the_first_folds(monkeypatch):
    """It stands behind the others with the folds that it has, and has no scores to win with."""
    guessing = replace(FAMILIES["adaboost"], margin=_guesses)
    monkeypatch.setitem(FAMILIES, "adaboost", guessing)
    contract = small_contract(families=("adaboost", "random_forest", "extra_trees"), folds=5)

    board = compare_candidates(make_rows(3000, 0.1), contract)

    folds = {row.family: len(row.fold_auc) for row in board.candidates}
    assert folds == {"random_forest": 5, "extra_trees": 5, "adaboost": rounds.LOOKS[0]}
    assert board.candidates[-1].family == "adaboost"
    assert board.candidates[-1].cost
    assert set(board.scores) == {"random_forest", "extra_trees"}


def test_the_fits_of_defaults_score_the_grids_smaller_sizes(monkeypatch):
    """As the grid itself would, to the bit; of defaults outside the grid nothing is kept."""
    forest = replace(
        FAMILIES["random_forest"],
        defaults={"n_estimators": 10, "min_samples_leaf": 5},
        grid={"n_estimators": (4, 10, 20), "min_samples_leaf": (1, 5)},
    )
    monkeypatch.setitem(FAMILIES, "random_forest", forest)
    families = ("random_forest", "logistic_regression")
    contract, rows = small_contract(families=families, folds=3), make_rows(900, 0.1)

    board = compare_candidates(rows, contract)

    search = WeekSearch(sample_to_search(rows, contract, find_families(families)), contract)
    (found,) = board.grids.values()
    again = search.score(forest, found.params)
    assert found.params == (
        {"min_samples_leaf": 5, "n_estimators": 4},
        {"min_samples_leaf": 5, "n_estimators": 10},
    )
    np.testing.assert_array_equal(found.fold_auc, again.fold_auc)
    np.testing.assert_array_equal(found.bought, again.bought)
    assert found.cost == again.cost


@pytest.mark.usefixtures("small_families")
@pytest.mark.parametrize("folds", [2, 4])
def test_on_few_folds_every_family_is_compared_on_all(monkeypatch, folds):
    """Nothing would be saved."""
    monkeypatch.setitem(FAMILIES, "adaboost", replace(FAMILIES["adaboost"], margin=_guesses))
    contract = small_contract(families=("adaboost", "random_forest"), folds=folds)

    board = compare_candidates(make_rows(1500, 0.1), contract)

    assert {len(row.fold_auc) for row in board.candidates} == {folds}


@pytest.mark.usefixtures("small_families")
def test_a_family_that_is_always_searched_is_never_left(monkeypatch):
    """Its defaults tell little of what its grid reaches."""
    guessing = replace(FAMILIES["adaboost"], margin=_guesses, always_searched=True)
    monkeypatch.setitem(FAMILIES, "adaboost", guessing)
    contract = small_contract(families=("adaboost", "random_forest"), folds=5)

    board = compare_candidates(make_rows(3000, 0.1), contract)

    assert {len(row.fold_auc) for row in board.candidates} == {5}


@pytest.mark.usefixtures("small_families")
@pytest.mark.parametrize("is_part", [True, False])
def test_a_part_of_a_sum_that_competes_is_never_left(monkeypatch, is_part):
    """The sum may win where a part of it is far behind by itself, and needs its scores."""
    guessing = replace(FAMILIES["extra_trees"], margin=_guesses)
    monkeypatch.setitem(FAMILIES, "extra_trees", guessing)
    monkeypatch.setitem(
        FAMILIES,
        "hist_gradient_boosting",
        replace(FAMILIES["hist_gradient_boosting"], always_searched=False),
    )
    named = ("hist_gradient_boosting", "extra_trees", "random_forest")
    sums = ("boosting_and_extra_trees",) if is_part else ()
    contract = small_contract(families=(*named, *sums), folds=5)

    board = compare_candidates(make_rows(3000, 0.1), contract)

    folds = {row.family: len(row.fold_auc) for row in board.candidates}
    assert folds["extra_trees"] == (5 if is_part else rounds.LOOKS[0])
