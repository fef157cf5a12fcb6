"""Sums of two families: what they rank by, when they compete, and what their pickle needs."""

from __future__ import annotations

import numpy as np
import pytest

from fraud_assets.contract.names import blend_names, family_names
from fraud_assets.errors import ContractError
from fraud_assets.families.cost import serving_cost
from fraud_assets.families.registry import FAMILIES, demand_competitors, family_of
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.search.blended import blended
from fraud_assets.modelling.search.budget import sample_to_search
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.search.choice import merit
from fraud_assets.modelling.search.winner import WeekSearch
from fraud_assets.modelling.tuned import dump_pipeline
from fraud_assets.modelling.tuning import tune
from tests.modelling.made_rows import make_rows, small_contract

SMALL = {
    "hist_gradient_boosting": {"max_iter": 30, "max_leaf_nodes": 8},
    "extra_trees": {"n_estimators": 10},
}


@pytest.fixture(scope="module")
def search():
    """A small week's search."""
    contract = small_contract(folds=2)
    rows = make_rows(3000, 0.1)
    return WeekSearch(sample_to_search(rows, contract, []), contract)


@pytest.fixture(scope="module")
def entries(search):
    return {
        name: search.score(FAMILIES[name], [params]).contender for name, params in SMALL.items()
    }


def test_a_blend_competes_with_the_scores_that_its_own_fits_would_have(search, entries):
    """Its scores are sums of scores that are there already, at the weight of most merit."""
    (blend,) = blended(entries, entries, search.validation, blend_names()).values()

    family = FAMILIES[blend.family]
    fitted = search.score(family, [blend.params]).contender
    for ours, its in zip(blend.scores, fitted.scores, strict=True):
        np.testing.assert_allclose(ours, its, rtol=1e-5, atol=1e-5)
    assert blend.cost == pytest.approx(fitted.cost)
    others = [dict(blend.params) | {"weight": weight} for weight in family.grid["weight"]]
    merits = [
        merit(search.validation.measures(search.score(family, [one]).contender.scores))
        for one in others
    ]
    assert others[int(np.argmax(merits))] == blend.params


def test_a_blend_competes_only_where_its_parts_do(search, entries):
    """And where a contract names it beside both, or leaves its families alone."""
    assert not {*blend_names()} & {*family_names()}
    assert not {*blend_names()} & {*FAMILIES}
    for name in entries:
        one = {name: entries[name]}
        assert blended(one, one, search.validation, blend_names()) == {}
        assert blended(one, one, search.validation, family_names()) == {}
    assert {*blended(entries, entries, search.validation, family_names())} == {*blend_names()}
    assert blended(entries, entries, search.validation, family_names()[1:]) == {}
    assert blended(entries, entries, search.validation, family_names(), blend_names()) == {}
    with pytest.raises(ContractError, match="beside their sum boosting_and_extra_trees"):
        demand_competitors(["extra_trees", *blend_names()])
    demand_competitors([*family_names(), *blend_names()])


def test_its_second_part_has_its_usual_setting_whatever_won_its_grid(search, entries):
    """The first part is the one that was searched."""
    more = search.score(FAMILIES["extra_trees"], [{"n_estimators": 20}]).contender

    (blend,) = blended(
        entries | {"extra_trees": more}, entries, search.validation, blend_names()
    ).values()

    assert blend.params["n_estimators"] == SMALL["extra_trees"]["n_estimators"]
    assert blend.params["max_iter"] == SMALL["hist_gradient_boosting"]["max_iter"]


@pytest.mark.parametrize("name", blend_names())
def test_its_pickle_holds_public_classes_alone(name):
    """Whoever loads the pipeline needs scikit-learn and pandas; equal fits give equal bytes."""
    family, contract = FAMILIES[name], small_contract()
    params = {"max_iter": 20, "n_estimators": 8, "weight": 20.0}
    rows = make_rows(1500, 0.1)

    payloads = []
    for _ in range(2):
        pipeline = fit_uncalibrated(name, params, rows, contract)
        family.tidy(pipeline.named_steps["classifier"])
        payloads.append(dump_pipeline(pipeline))

    assert payloads[0] == payloads[1]
    assert b"fraud_assets" not in payloads[0]
    classifier = pipeline.named_steps["classifier"]
    assert family_of(classifier).name == name
    assert serving_cost(family, classifier) > 0


def test_extra_trees_in_it_see_every_fraud_and_no_more_than_their_share_of_the_others():
    """Its first part takes all rows, its second the rows that extra trees take by themselves."""
    name = "boosting_and_extra_trees"
    family = FAMILIES[name]
    rng = np.random.default_rng(0)
    label = (np.arange(60_000) % 100 == 0).astype("int8")
    matrix = rng.normal(size=(60_000, 2)) + label[:, None]
    classifier = family.build({"max_iter": 2, "n_estimators": 2, "weight": 20.0}, 0)

    family.fit(classifier, matrix, label)

    _, trees = (part for _, part in classifier.named_steps["margins"].transformer_list)
    forest = trees.func.__self__.named_steps["trees"]
    assert forest.estimators_[0].tree_.weighted_n_node_samples[0] == 20_000 + 600


def test_a_sum_that_competed_stands_on_the_reports_leaderboard():
    """With its own figures, among the families that it was made of, whether it won or not."""
    names = ("hist_gradient_boosting", "extra_trees", "logistic_regression", *blend_names())
    contract, rows = small_contract(families=names, folds=2), make_rows(3000, 0.1)
    fit, later = rows.take(np.arange(2000)), rows.take(np.arange(2000, 3000))

    tuned = tune(fit, later, compare_candidates(fit, contract), contract)

    board = {row.family: row for row in tuned.search.leaderboard}
    assert tuned.family in board
    assert set(names) == set(board)
    assert [row.auc_mean for row in board.values()] == sorted(
        (row.auc_mean for row in board.values()), reverse=True
    )
    total = board["boosting_and_extra_trees"]
    parts = [board[name] for name in ("hist_gradient_boosting", "extra_trees")]
    assert total.auc_mean == pytest.approx(np.mean(total.fold_auc))
    assert total.fit_seconds == pytest.approx(sum(part.fit_seconds for part in parts))
    assert total.parameters["weight"] in FAMILIES["boosting_and_extra_trees"].grid["weight"]
