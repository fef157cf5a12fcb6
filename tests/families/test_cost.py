"""What a payment costs to serve is counted in the tables that the service walks."""

from __future__ import annotations

import numpy as np
import pytest

from fraud_assets.families.cost import node_tests, serving_cost
from fraud_assets.families.family import UnconvertibleError
from fraud_assets.families.forest import Forest, join
from fraud_assets.families.registry import FAMILIES
from tests.scoring.worlds import fitted, payments


def stump_then_deep() -> Forest:
    """One test for every row; then one for 6 of 10 rows and two for 4 of them."""
    stump = Forest(
        feature=np.array([0, -1, -1]),
        threshold=np.array([1.0, 0, 0]),
        left=np.array([1, 0, 0]),
        right=np.array([2, 0, 0]),
        value=np.array([0, 1.0, 2.0]),
        cover=np.array([10.0, 3, 7]),
        roots=np.array([0]),
    )
    deep = Forest(
        feature=np.array([0, 1, -1, -1, -1]),
        threshold=np.array([1.0, 0.0, 0, 0, 0]),
        left=np.array([1, 2, 0, 0, 0]),
        right=np.array([4, 3, 0, 0, 0]),
        value=np.array([0, 0, 8.0, 4.0, 1.0]),
        cover=np.array([10.0, 4, 1, 3, 6]),
        roots=np.array([0]),
    )
    return join([stump, deep])


def test_node_tests_worked_by_hand():
    """1 test in the stump, 1 + 4 / 10 in the deep tree, and none in a lone leaf."""
    leaf = Forest(*(np.array([x]) for x in (-1, 0.0, 0, 0, 3.0, 10.0, 0)))

    assert node_tests(join([stump_then_deep(), leaf])) == pytest.approx([1.0, 1.4, 0.0])


@pytest.mark.parametrize("name", ["hist_gradient_boosting", "random_forest", "adaboost"])
def test_a_forest_costs_what_its_training_rows_walked(name: str):
    """The count equals the mean path of the rows that it was fitted on, walked node by node."""
    classifier = fitted(name).named_steps["classifier"]
    family = FAMILIES[name]
    forest = family.convert(classifier).model
    encoded = fitted(name).named_steps["preprocessor"].transform(payments(1500, 1).features)
    matrix = np.asarray(encoded.todense() if hasattr(encoded, "todense") else encoded)

    cost = serving_cost(family, classifier)

    # A forest's bootstrap and AdaBoost's weights count rows otherwise than once each.
    walked = _tests(forest, matrix).mean()
    assert cost == pytest.approx(walked, rel=1e-9 if name == "hist_gradient_boosting" else 0.35)


def test_fewer_trees_cost_less():
    """A fit cut at half its trees costs what these trees do."""
    classifier = fitted("gradient_boosting").named_steps["classifier"]
    family = FAMILIES["gradient_boosting"]

    costs = [serving_cost(family, classifier, size) for size in (5, 10, 25)]

    assert costs == sorted(costs)
    assert costs[-1] == serving_cost(family, classifier)


def test_what_has_no_tables_costs_more_than_anything():
    """A winner that only scikit-learn can serve is never the cheaper one."""

    def refuse(_: object) -> None:
        raise UnconvertibleError("it has none")

    class Odd:
        name, convert = "odd", staticmethod(refuse)

    assert serving_cost(Odd, object()) == np.inf


def _tests(forest: Forest, matrix: np.ndarray) -> np.ndarray:
    counts = np.zeros(len(matrix))
    for i, row in enumerate(matrix):
        for root in forest.roots:
            node = root
            while forest.feature[node] >= 0:
                value = row[forest.feature[node]]
                is_sent = forest.missing_left is not None and forest.missing_left[node]
                goes_left = is_sent if np.isnan(value) else value <= forest.threshold[node]
                node = (forest.left if goes_left else forest.right)[node]
                counts[i] += 1
    return counts
