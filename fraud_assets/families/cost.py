"""What one payment costs to serve, counted instead of timed.

A clock's noise would choose the model; a count is the same in every run and on every machine.
"""

from __future__ import annotations

import math

import numpy as np

from fraud_assets.families.family import Classifier, Family, UnconvertibleError
from fraud_assets.families.forest import Forest
from fraud_assets.features.arrays import Floats

TESTS_PER_WEIGHT = 0.1
"""A weight of a linear model, in tests of a tree's node: products of a row go in one pass.

One payment through the service's own tables, least of 30 timings, microseconds: logistic
regression with 47 weights 1.5; AdaBoost of 100 stumps (100 tests) 3.3; boosting with 299 tests
3.9, 509 tests 4.6, 600 tests 4.5; extra trees with 815 tests 9.4, 1,632 tests 22, 3,234 tests 58;
a random forest with 1,649 tests 14."""


def node_tests(forest: Forest) -> Floats:
    """Mean number of nodes that a training row is tested at in each tree, (trees,)."""
    inner = np.flatnonzero(~forest.is_leaf)
    order = np.argsort(forest.roots)
    tree = order[np.searchsorted(forest.roots[order], inner, side="right") - 1]
    share = forest.cover[inner] / forest.cover[forest.roots[tree]]
    return np.bincount(tree, share, minlength=len(forest.roots)).astype(np.float64)


def serving_cost(family: Family, classifier: Classifier, size: int | None = None) -> float:
    """Tests of one payment by a fitted classifier, or by its first `size` trees.

    Infinite for a classifier that only its own library can serve.
    """
    try:
        model = family.convert(classifier).model
    except UnconvertibleError:
        return math.inf
    if isinstance(model, Forest):
        return float(node_tests(model)[:size].sum())
    return TESTS_PER_WEIGHT * len(model)
