"""Contributions are exact Shapley values: laws, hand-worked values, and shap as the oracle."""

from __future__ import annotations

from functools import cache, partial
from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from fraud_assets.families.forest import Forest
from fraud_assets.families.registry import FAMILIES as KNOWN
from fraud_assets.profiles import ADDITIVITY_TOLERANCE
from fraud_assets.scoring.cuts.explainer import CutShapley
from fraud_assets.scoring.cuts.tables import is_narrow
from fraud_assets.scoring.making.convert import convert_classifier
from fraud_assets.scoring.making.describe import describe_features
from fraud_assets.scoring.making.sides import with_sides
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.scoring.shapley import TreeShapley, leaves_by_width
from tests.scoring.worlds import NAMES, ROUNDING, contract, files, fitted, payments

NO_ORACLE = {"logistic_regression", "adaboost", "catboost"}
"""The library explains no AdaBoost, and CatBoost by its own ways of empty leaves."""

ORACLE = [family for family in NAMES if family.values[0] not in NO_ORACLE]
TAKE_MISSING = [name for name, family in KNOWN.items() if family.takes_missing]
OWN = [family for family in NAMES if family.values[0] in {"adaboost", "catboost"}]


def encoded(family: str, n: int) -> np.ndarray:
    matrix = fitted(family).named_steps["preprocessor"].transform(payments(n, 5).features)
    return np.asarray(matrix.todense() if hasattr(matrix, "todense") else matrix, dtype=float)


def shapley(forest: Forest, columns: int, **options: int) -> TreeShapley:
    return TreeShapley(leaves_by_width(forest), columns, **options)


BY = {
    "quadrature": partial(shapley, table_bytes=0),
    "tables": partial(shapley, table_bytes=2**25),
    "cuts": CutShapley,
}
every_way = pytest.mark.parametrize("explained", BY.values(), ids=BY)


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("family", NAMES)
def test_base_and_contributions_sum_to_the_models_own_margin(family, calibrated):
    """The margin is scikit-learn's decision function, or the mean of a forest's probabilities."""
    scorer, plain = load_scorer(files(family, calibrated)), fitted(family)
    features = payments(60, 11).features
    ask = getattr(plain, "decision_function", lambda frame: plain.predict_proba(frame)[:, 1])

    for values, margin in zip(features.to_dict("records"), ask(features), strict=True):
        found = scorer.explain(scorer.encoder.row(values))

        assert found.margin == pytest.approx(margin, abs=ROUNDING.get(family, 1e-10))
        gap = found.base + found.contributions.sum() - margin
        assert abs(gap) < ROUNDING.get(family, ADDITIVITY_TOLERANCE)


@pytest.mark.parametrize("way", ["quadrature", "tables", "cuts"])
@pytest.mark.parametrize("family", ORACLE)
def test_contributions_are_those_of_shap(family, way):
    """The shap library's path-dependent TreeExplainer, column by column, where none is missing."""
    shap = pytest.importorskip("shap")
    classifier, rows = fitted(family).named_steps["classifier"], encoded(family, 60)
    rows = rows[~np.isnan(rows).any(axis=1)]
    forest = convert_classifier(classifier).model
    expected = told_by(shap, classifier, rows)

    if way == "cuts" and not is_narrow(forest):
        pytest.skip("too many columns to explain cut by cut")
    explainer = BY[way](forest, rows.shape[1])
    found = np.array([explainer.contributions(row) for row in rows])

    assert np.abs(found - expected).max() < ROUNDING.get(family, 1e-9)


def told_by(shap, classifier, rows: np.ndarray) -> np.ndarray:
    """The library's values; a sum of two families has the sum of theirs."""
    if isinstance(classifier, Pipeline) and "medians" in classifier.named_steps:
        medians, trees = classifier.named_steps.values()
        return told_by(shap, trees, medians.transform(rows))
    if isinstance(classifier, Pipeline):
        union = classifier.named_steps["margins"]
        margin, trees = (part for _, part in union.transformer_list)
        parts = margin.named_steps["margin"].func.__self__, trees.func.__self__
        first, second = (told_by(shap, part, rows) for part in parts)
        return first + union.transformer_weights["trees"] * second
    values = shap.TreeExplainer(classifier).shap_values(rows)
    return values[..., 1] if values.ndim == 3 else values


@pytest.mark.parametrize("family", OWN)
def test_contributions_are_those_of_every_coalition(family):
    """Where the library is no oracle all subsets of columns are enumerated instead."""
    rows = encoded(family, 3)
    forest = convert_classifier(fitted(family).named_steps["classifier"]).model
    columns = rows.shape[1]

    for row in rows:
        found = shapley(forest, columns).contributions(row)

        assert found == pytest.approx(brute_force(forest, row), abs=1e-10)


@pytest.mark.parametrize("family", TAKE_MISSING)
def test_contributions_where_numbers_are_missing_are_those_of_every_coalition(family):
    """Each side that a number stands at is a player, and a feature has what its sides have."""
    scorer, pipeline = load_scorer(files(family)), fitted(family)
    described, columns = describe_features(pipeline, contract())
    model = convert_classifier(pipeline.named_steps["classifier"]).model
    _, sided, forest = with_sides(described, columns, model)
    features = payments(400, 5).features
    missing = features[features[["amount", "age", "count"]].isna().any(axis=1)].head(4)

    for values in missing.to_dict("records"):
        row = scorer.encoder.row(values)
        encoded_row = np.zeros(len(sided.names))
        scorer.encoder.write(row, memoryview(encoded_row))
        expected = np.bincount(sided.owners, brute_force(forest, encoded_row))

        assert scorer.explain(row).contributions == pytest.approx(expected, abs=1e-9)


@every_way
def test_a_tree_worked_by_hand(explained):
    """x0 <= 1 (cover 4 of 10) then x1 <= 0 (cover 1 of 4): values 8 and 4, else 1.

    At (0, 5): v({}) = .4 (.25 * 8 + .75 * 4) + .6 * 1 = 2.6; v({0}) = 5; v({1}) = .4 * 4 + .6
    = 2.2; v({0, 1}) = 4. So phi0 = ((5 - 2.6) + (4 - 2.2)) / 2 = 2.1 and phi1 = -0.7.
    """
    forest = hand_made()

    found = explained(forest, 2).contributions(np.array([0.0, 5.0]))

    assert found == pytest.approx([2.1, -0.7])
    assert forest.expected_values()[0] == pytest.approx(2.6)


@every_way
def test_a_column_that_no_tree_tests_contributes_nothing(explained):
    """The dummy player's share is zero."""
    found = explained(hand_made(), 3).contributions(np.array([0.0, 5.0, 77.0]))

    assert found[2] == 0


def test_leaves_of_a_trees_commonest_value_are_left_out():
    """Worked by hand: three of four leaves say 7, so one leaf is left, which says 9 - 7.

    Its path tests x0 twice, in (1, 3], with zero fraction .5 * .4.
    """
    forest = Forest(
        feature=np.array([0, 0, 1, -1, -1, -1, -1]),
        threshold=np.array([1.0, 3.0, 2.0, 0, 0, 0, 0]),
        left=np.array([3, 4, 5, 0, 0, 0, 0]),
        right=np.array([1, 2, 6, 0, 0, 0, 0]),
        value=np.array([0, 0, 0, 7.0, 9.0, 7.0, 7.0]),
        cover=np.array([10.0, 5, 3, 5, 2, 1, 2]),
        roots=np.array([0]),
    )

    (leaves,) = leaves_by_width(forest)

    assert leaves.column.tolist() == [[0]]
    assert (leaves.low.item(), leaves.high.item()) == (1.0, 3.0)
    assert leaves.zero.item() == pytest.approx(0.2)
    assert leaves.value.tolist() == [2.0]
    found = shapley(forest, 2).contributions(np.array([2.0, 0.0]))
    assert found == pytest.approx([9 - forest.expected_values()[0], 0])


def hand_made() -> Forest:
    return Forest(
        feature=np.array([0, 1, -1, -1, -1]),
        threshold=np.array([1.0, 0.0, 0, 0, 0]),
        left=np.array([1, 2, 0, 0, 0]),
        right=np.array([4, 3, 0, 0, 0]),
        value=np.array([0, 0, 8.0, 4.0, 1.0]),
        cover=np.array([10.0, 4, 1, 3, 6]),
        roots=np.array([0]),
    )


def brute_force(forest: Forest, row: np.ndarray) -> np.ndarray:
    """Shapley values by their definition over the columns that the forest tests."""
    players = sorted({int(column) for column in forest.feature if column >= 0})

    def worth(node: int, known: frozenset[int]) -> float:
        column = int(forest.feature[node])
        if column < 0:
            return float(forest.value[node])
        left, right = int(forest.left[node]), int(forest.right[node])
        if column in known:
            return worth(left if row[column] <= forest.threshold[node] else right, known)
        weights = forest.cover[[left, right]] / forest.cover[[left, right]].sum()
        return float(weights[0] * worth(left, known) + weights[1] * worth(right, known))

    @cache
    def total(known: frozenset[int]) -> float:
        return sum(worth(int(root), known) for root in forest.roots)

    values, n = np.zeros(len(row)), len(players)
    for player in players:
        others = [other for other in players if other != player]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                known = frozenset(chosen)
                values[player] += weight * (total(known | {player}) - total(known))
    return values
