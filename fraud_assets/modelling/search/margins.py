"""What a fitted classifier ranks by, cut at fewer trees."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from fraud_assets.families.family import Classifier, Family, Matrix


def staged_margins(
    family: Family, classifier: Classifier, matrix: Matrix, sizes: Sequence[int]
) -> dict[int, np.ndarray]:
    """Margins (n,) of the same fit cut at each of `sizes` trees.

    A fit that stopped of itself before a size (AdaBoost does when a tree errs nowhere) has
    its last margins there, as a fit of that size would.
    """
    wanted, scores, stage = set(sizes), {}, None
    for count, stage in enumerate(islice(family.stages(classifier, matrix), max(sizes)), start=1):
        if count in wanted:
            scores[count] = np.array(stage, dtype=np.float64).ravel()
    last = np.array(stage, dtype=np.float64).ravel()
    return {size: scores.get(size, last) for size in sizes}
