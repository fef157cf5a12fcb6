"""Margins tree by tree from a family's own tables, for libraries that give none in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from fraud_assets.families.family import Classifier, Converted, Matrix
from fraud_assets.families.forest import Forest
from fraud_assets.features.arrays import Floats


def stages_by_tables(
    convert: Callable[[Classifier], Converted],
) -> Callable[[Classifier, Matrix], Iterator[Floats]]:
    """The `stages` of a boosted family that converts to a forest."""

    def stages(classifier: Classifier, matrix: Matrix) -> Iterator[Floats]:
        converted = convert(classifier)
        assert isinstance(converted.model, Forest)
        total = np.full(len(matrix), converted.intercept)
        for root in range(len(converted.model.roots)):
            total = total + tree(converted.model, root).sums(np.asarray(matrix, dtype=np.float64))
            yield total

    return stages


def tree(forest: Forest, index: int) -> Forest:
    """The forest's tree of that index alone, with the node numbers of the forest."""
    return replace(forest, roots=forest.roots[index : index + 1])


def shares(gains: Floats) -> Floats:
    """Gains as shares of their sum; zeros stay zeros."""
    found = np.asarray(gains, dtype=np.float64)
    return found / found.sum() if found.sum() > 0 else found
