"""Families too dear for the budget stay out, and the sentence says what they would cost."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract.names import blend_names
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import sample_to_fit
from fraud_assets.modelling.search.budget import (
    CANDIDATES,
    LEFT_OUT_FITS,
    WITH_MORE_ROWS,
    allowed,
    encoded_columns,
    fit_seconds,
    rows_fitted,
)
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.search.entrants import PUBLISHED, blends_too_dear, entrants
from fraud_assets.modelling.tuning import tune
from tests.modelling.made_rows import make_rows, small_contract

EVERY = list(FAMILIES.values())


def names(minutes: float, fit, earlier=None) -> list[str]:
    found = entrants(EVERY, fit, earlier, small_contract(minutes=minutes))
    assert len(found.families) + len(found.sentences) == len(EVERY)
    return [family.name for family in found.families]


def test_time_enough_lets_all_in_and_next_to_none_the_cheapest():
    """More minutes never leave a family out that fewer let in; one is always left."""
    rows = make_rows(20_000, 0.05)

    found = [names(minutes, rows) for minutes in (0.0001, 0.01, 0.05, 0.2, 1000)]

    assert len(found[0]) == 1
    assert found[-1] == [family.name for family in EVERY]
    assert all(set(few) <= set(more) for few, more in pairwise(found))
    assert 1 < len(found[2]) < len(EVERY)


def test_a_long_history_leaves_out_whom_its_fit_would_cost_too_much():
    """The same window with ten times the rows before it: what fits them slowly stays out."""
    fit, earlier = make_rows(3000, 0.1), make_rows(60_000, 0.1, seed=1)
    contract = small_contract(minutes=0.12, folds=2, legitimate_per_fraud=20)
    alone = entrants(EVERY, fit, None, contract)

    long = entrants(EVERY, fit, earlier, contract)

    kept = {family.name for family in long.families}
    assert kept < {family.name for family in alone.families}
    most = allowed(contract, PUBLISHED)
    for family in long.families:
        columns = encoded_columns(fit, contract, family)
        rows = rows_fitted(
            63_000,
            fit.frauds + earlier.frauds,
            contract,
            family,
            params=family.defaults,
            columns=columns,
        )
        assert fit_seconds(family, family.defaults, rows, columns) <= most
    gone = next(s for s in long.sentences if "a fit on 63,000 rows" in s)
    assert f"where search.minutes leaves {most:,.0f} for that." in gone
    assert allowed(contract, CANDIDATES) < most


def test_where_rows_would_be_left_out_a_stand_in_competes_alone():
    """Time enough for all lets both in; too little, and the slow one goes first, with a sentence.

    Where the stand-in does not compete, the slow one stays.
    """
    rows = make_rows(20_000, 0.05)
    slow, fast = FAMILIES["gradient_boosting"], FAMILIES["hist_gradient_boosting"]
    linear = FAMILIES["logistic_regression"]

    much, little, alone = (
        entrants(of, rows, None, small_contract(minutes=minutes))
        for of, minutes in (((slow, fast, linear), 2), ((slow, fast, linear), 0.3), ((slow,), 0.3))
    )

    assert much.families == (slow, fast, linear)
    assert little.families == (fast, linear)
    assert little.sentences[0].startswith(
        "gradient_boosting was left out: comparing it beside hist_gradient_boosting would cost "
    )
    assert alone.families == (slow,)


def test_costs_of_a_tiny_budget_are_no_zeros():
    """Who reads why a family was left out sees by how much."""
    rows = make_rows(2_000, 0.1)

    left = entrants(tuple(FAMILIES.values()), rows, None, small_contract(minutes=1e-4)).sentences

    assert left
    for sentence in left:
        numbers = re.findall(r"about ([\d.,]+) processor seconds.*leaves ([\d.,e-]+) for", sentence)
        cost, most = (float(number.replace(",", "")) for number in numbers[0])
        assert cost > most > 0


def test_hand_worked_cost_of_a_fit():
    """Boosting pays for each tree and for all columns, extra trees for those that a node cuts."""
    boosting, trees = FAMILIES["hist_gradient_boosting"], FAMILIES["extra_trees"]

    one = fit_seconds(boosting, {"max_iter": 300}, 500_000, 100)
    root = fit_seconds(trees, {"n_estimators": 50, "max_features": "sqrt"}, 500_000, 100)
    most = fit_seconds(trees, {"n_estimators": 50, "max_features": 0.7}, 500_000, 100)

    assert one == pytest.approx(300 * (0.0003 + 0.0035 * 0.5 * 100))
    assert root == pytest.approx(50 * 0.12 * 0.5 * 10)
    assert most == pytest.approx(7 * root)


@pytest.mark.parametrize(("frauds", "share"), [(50, 0.5), (2000, 0.01)])
@pytest.mark.parametrize("minutes", [0.002, 0.05, 2])
@pytest.mark.parametrize("name", ["extra_trees", "hist_gradient_boosting", *blend_names()])
def test_rows_fitted_are_those_that_the_sample_keeps(
    name: str, minutes: float, frauds: int, share: float
):
    """Counted without drawing, few frauds and many, little time and much."""
    rows = make_rows(int(frauds / share), share)
    contract = small_contract(legitimate_per_fraud=3, minutes=minutes)
    columns, params = encoded_columns(rows, contract, FAMILIES[name]), FAMILIES[name].defaults

    counted = rows_fitted(
        len(rows), rows.frauds, contract, FAMILIES[name], params=params, columns=columns
    )

    assert counted == len(sample_to_fit(name, params, rows, contract).rows)


def test_a_published_fit_takes_all_rows_that_cost_little():
    """Hand-worked: a fit may take 1.5 % of 600 processor seconds, .7 s a million cells, .06 else.

    Boosting takes five times the declared rows where that lasts for fewer, less with more trees;
    extra trees, which grow, never more than declared; the sum what their fit leaves.
    """
    contract = small_contract(legitimate_per_fraud=20, minutes=5)
    boosting, trees = FAMILIES["hist_gradient_boosting"], FAMILIES["extra_trees"]
    (blend,) = (FAMILIES[name] for name in blend_names())

    def taken(family: Family, rows: int, columns: int = 10, **changed: float) -> int:
        params = dict(family.defaults) | changed
        return rows_fitted(rows, 1000, contract, family, params=params, columns=columns)

    own = fit_seconds(trees, trees.defaults, 21_000, 10)
    assert taken(boosting, 500_000) == 500_000
    assert taken(boosting, 5_000_000) == pytest.approx((9 - 0.06) / 7 * 1e6, abs=1)
    assert taken(boosting, 5_000_000, max_iter=400) == pytest.approx((9 - 0.12) / 14 * 1e6, abs=1)
    assert taken(blend, 5_000_000) == pytest.approx((9 - own - 0.06) / 7 * 1e6, abs=1)
    assert taken(boosting, 5_000_000, columns=1000) == 1000 + 100_000
    assert taken(trees, 500_000) == 1000 + 20_000


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["hist_gradient_boosting", *blend_names()]),
    rows=st.integers(1000, 5_000_000),
    share=st.floats(0.0005, 0.2),
    columns=st.integers(1, 300),
    trees=st.sampled_from([100, 200, 300]),
)
def test_more_rows_never_keep_earlier_frauds_from_counting(name, rows, share, columns, trees):
    """Whether they count hangs on the declared rows; more rows cost at most twice the share."""
    contract, family = small_contract(legitimate_at_least=20_000, minutes=2), FAMILIES[name]
    params, frauds = dict(family.defaults) | {"max_iter": trees}, max(1, round(share * rows))
    at = {"params": params, "columns": columns}

    taken = rows_fitted(rows, frauds, contract, family, **at)
    parts = [FAMILIES[part] for part in family.parts] or [family]
    seconds = sum(
        fit_seconds(
            part,
            params,
            taken if part.fit_times > 1 else min(taken, frauds + max(20 * frauds, 20_000)),
            columns,
        )
        for part in parts
    )

    if taken > frauds + max(100 * frauds, 20_000):
        assert LEFT_OUT_FITS * seconds <= allowed(contract, WITH_MORE_ROWS) * (1 + 1e-6)


def test_the_search_says_who_was_left_out():
    """The leaderboard holds those that competed, and the sentence names the others."""
    fit, later = make_rows(4000, 0.1), make_rows(2000, 0.1, seed=1)
    contract = small_contract(minutes=0.005, folds=2)
    board = compare_candidates(fit, contract)

    search = tune(fit, later, board, contract).search

    left = {family.name for family in EVERY} - {row.family for row in search.leaderboard}
    assert left
    assert all(f"{name} was left out: " in search.sentence for name in left)


def test_a_sum_of_two_whose_fit_would_cost_too_much_stays_out():
    """Its parts compete all the same; one part alone makes no sum, and needs no sentence."""
    fit, earlier = make_rows(3000, 0.1), make_rows(60_000, 0.1, seed=1)
    contract = small_contract(minutes=0.02)
    parts = [FAMILIES[name] for name in ("hist_gradient_boosting", "extra_trees")]

    much, little, alone = (
        blends_too_dear(families, fit, earlier, of)
        for families, of in (
            (parts, small_contract(minutes=100)),
            (parts, contract),
            (parts[:1], contract),
        )
    )

    assert (much, alone) == ({}, {})
    assert list(little) == ["boosting_and_extra_trees"]
    assert "a fit on 63,000 rows would cost about" in little["boosting_and_extra_trees"]
