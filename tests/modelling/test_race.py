"""Racing a grid, and the budget that is counted in work instead of seconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.search.budget import (
    LEAST_FRAUDS,
    affordable,
    fit_seconds,
    sample_to_search,
    thinned,
)
from fraud_assets.modelling.search.folds import EncodedFolds, make_folds
from fraud_assets.modelling.search.grid import score_settings, search_grid
from fraud_assets.modelling.search.race import race_grid
from fraud_assets.modelling.search.sampling import Sample, sample_as_declared
from fraud_assets.modelling.search.settings import FEW_FRAUDS, ScoredGrid, best_bought
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.modelling.search.winner import WeekSearch
from tests.modelling.made_rows import make_rows, small_contract

FAMILY = replace(
    FAMILIES["hist_gradient_boosting"],
    grid={
        "max_iter": (5, 15),
        "max_depth": (1, 2, 4),
        "learning_rate": (0.01, 0.1, 0.3),
        "min_samples_leaf": (5, 20),
    },
)
CONTRACT = small_contract()
COLUMNS = CONTRACT.features.numeric, CONTRACT.features.categorical


@pytest.fixture(scope="module")
def prepared():
    rows = make_rows(2400, 0.1)
    folds = make_folds(rows, 5, 0)
    encoded = EncodedFolds(rows, folds, *COLUMNS).of(FAMILY)
    return encoded, Validation.of(Sample(rows, len(rows) - rows.frauds), folds, 0.9)


def test_a_sentence_says_how_much_of_a_grid_was_searched(prepared):
    """By hand: all of a grid, or those of it that the budget lasted for."""
    encoded, validation = prepared
    small = replace(FAMILY, grid={"max_iter": (5, 15), "max_depth": (1, 2)})

    whole = race_grid(small, encoded, validation, 0)

    assert whole.extent == "all 4 settings of hist_gradient_boosting"
    part = replace(whole, offered=1620)
    assert part.extent == "4 of 1,620 settings of hist_gradient_boosting"


def test_the_race_scores_as_the_whole_grid_and_takes_fewer_fits(prepared):
    """What stays has the whole grid's scores to the bit; three quarters leave after two folds."""
    encoded, validation = prepared

    raced = race_grid(FAMILY, encoded, validation, 0)

    whole = search_grid(FAMILY, encoded, 0)
    at = [whole.params.index(setting) for setting in raced.params]
    np.testing.assert_array_equal(raced.fold_auc, whole.fold_auc[at])
    assert raced.fits == 18 * 2 + 5 * 3
    assert whole.fits == 90
    assert len(raced.params) + len(raced.dropped) == len(whole.params) == 36
    rows = raced.rows()
    assert [row.folds for row in rows] == [5] * len(raced.params) + [2] * len(raced.dropped)
    assert min(row.rank for row in rows[len(raced.params) :]) == len(raced.params) + 1


def test_the_race_finds_what_the_whole_grid_finds(prepared):
    """The setting taken has an average precision within .01 of the whole grid's best."""
    encoded, validation = prepared

    raced = race_grid(FAMILY, encoded, validation, 0)

    whole = search_grid(FAMILY, encoded, 0)
    best = max(validation.average_precision(scores) for scores in whole.scores)
    assert validation.average_precision(raced.contender.scores) > best - 0.01


def test_the_same_race_from_one_and_two_workers(prepared):
    """Neither the clock nor the number of workers has a say."""
    encoded, validation = prepared

    one, two = (race_grid(FAMILY, encoded, validation, 0, workers=w) for w in (1, 2))

    assert one.params == two.params
    assert one.dropped == two.dropped
    np.testing.assert_array_equal(one.bought, two.bought)


def test_settings_beside_the_grid_race_with_it(prepared):
    """They are scored as the grid's own, and leave the race or stay by the same rule."""
    encoded, validation = prepared
    beside = [{"max_iter": size, "max_leaf_nodes": 2} for size in (5, 15)]

    raced = race_grid(FAMILY, encoded, validation, 0, beside=beside)

    known = [*raced.params, *(row.params for row in raced.dropped)]
    assert len(known) == 38
    assert all(setting in known for setting in beside)


@pytest.mark.parametrize(("frauds", "tried"), [(300, True), (700, False)])
def test_settings_for_few_frauds_are_tried_where_frauds_are_few(frauds, tried):
    """Beside the family's grid, in the search of a week."""
    family = replace(FAMILY, grid={"max_iter": (5,)}, small=({"max_iter": 5, "max_leaf_nodes": 2},))
    rows = make_rows(20 * frauds, 0.05)
    search = WeekSearch(Sample(rows, len(rows) - rows.frauds), small_contract())

    found = search.grid(family)

    assert (search.validation.frauds < FEW_FRAUDS) == tried
    known = [*found.params, *(row.params for row in found.dropped)]
    assert (dict(family.small[0]) in known) == tried


@pytest.mark.parametrize("among", [slice(0, 4), slice(7, 13)])
def test_settings_that_were_scored_before_are_not_fitted_again(prepared, among):
    """The same race to the bit, by fewer fits."""
    encoded, validation = prepared
    some = search_grid(FAMILY, encoded, 0).params[among]
    known = score_settings(FAMILY, some, encoded, 0, validation=validation)

    again = race_grid(FAMILY, encoded, validation, 0, known=known)

    fresh = race_grid(FAMILY, encoded, validation, 0)
    assert (again.params, again.dropped, again.cost) == (fresh.params, fresh.dropped, fresh.cost)
    np.testing.assert_array_equal(again.bought, fresh.bought)
    np.testing.assert_array_equal(again.fold_auc, fresh.fold_auc)
    assert again.fits < fresh.fits


def test_a_small_budget_lets_fewer_enter_and_fewer_stay(prepared):
    """The work done stays within the budget, and at least one setting is scored on all folds."""
    encoded, validation = prepared
    shapes = [fold.train.shape for fold in encoded]
    whole = 18 * sum(fit_seconds(FAMILY, {"max_iter": 15}, *shape) for shape in shapes)

    raced = race_grid(FAMILY, encoded, validation, 0, budget=whole / 8)

    assert 0 < raced.fits < 25
    assert raced.fold_auc.shape[1] == 5
    assert len(raced.params) + len(raced.dropped) < raced.offered == 36


def test_ties_of_average_precision_go_to_the_precision_that_the_policy_buys():
    """Hand-worked: within one standard error precision decides, beyond it average precision."""
    average = np.array([[0.90, 0.80], [0.88, 0.81], [0.60, 0.50]])
    precision = np.array([[0.30, 0.30], [0.50, 0.50], [0.90, 0.90]])
    bought = np.stack([np.zeros((3, 2)), average, precision], axis=2)

    assert best_bought(bought) == 1
    assert best_bought(bought[[0, 2]]) == 0


def test_where_frauds_are_few_average_precision_alone_ranks_settings():
    """Precision at one recall would choose by noise."""
    average = np.array([[0.90, 0.80], [0.88, 0.81]])
    precision = np.array([[0.30, 0.30], [0.50, 0.50]])
    bought = np.stack([average, average, precision], axis=2)
    many = ScoredGrid("a", ({}, {}), average, 0, ((), ()), (1, 1), bought, frauds=FEW_FRAUDS)

    few = replace(many, frauds=FEW_FRAUDS - 1)

    assert (many.best, few.best) == (1, 0)


@given(costs=st.lists(st.floats(0.01, 100), min_size=1, max_size=20), budget=st.floats(0.001, 1000))
def test_what_is_affordable_fits(costs: list[float], budget: float):
    """Never more than the budget lasts for, save that one is always tried."""
    count = affordable(costs, budget)

    assert 1 <= count <= len(costs)
    assert count == 1 or sum(costs[:count]) <= budget * (1 + 1e-9)


def test_thinning_keeps_the_prior_and_the_order():
    """A share of both classes stays; weights still stand for all rows of their prior."""
    sample = sample_as_declared(
        make_rows(20_000, 0.1), small_contract(legitimate_per_fraud=4).search
    )

    thin = thinned(sample, 0.5, 0)

    assert thin.rows.frauds == pytest.approx(sample.rows.frauds / 2, abs=1)
    before, after = (s.rows.frauds / s.weights.sum() for s in (sample, thin))
    assert after == pytest.approx(before, rel=0.01)
    assert (np.diff(thin.rows.time.astype(int)) > 0).all()
    assert thinned(sample, 0.0001, 0).rows.frauds == LEAST_FRAUDS
    assert thinned(sample, 2.0, 0) is sample


def test_the_budget_thins_what_families_are_compared_on():
    """Few minutes leave fewer rows, many leave all; frauds below the least stay."""
    rows, families = make_rows(30_000, 0.1), list(FAMILIES.values())

    kept = {
        minutes: len(sample_to_search(rows, small_contract(minutes=minutes), families).rows)
        for minutes in (0.05, 0.5, 1000)
    }

    assert kept[0.05] < kept[0.5] < kept[1000] == 30_000
