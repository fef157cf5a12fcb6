"""Numbers that may be missing, for tables that know no missing value.

A split sends a missing number left or right, as the fit learned. Each number with gaps stands in
one column, or in two: where a missing one lies below all others, which sends it left, and where it
lies above all, which sends it right. So a forest compares numbers only, and so do its reasons; what
a split on either column moved counts for the feature.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from msgspec import structs

from fraud_assets.families.forest import Forest
from fraud_assets.scoring.making.describe import EncodedColumns
from fraud_assets.scoring.spec import Feature, MissingSide, Numeric

MOST = sys.float_info.max
"""Where a missing number lies, below or above; infinity could not be written as JSON."""

_WITHIN = float(np.nextafter(MOST, 0.0))


def with_sides(
    features: Sequence[Feature], columns: EncodedColumns, forest: Forest
) -> tuple[tuple[Feature, ...], EncodedColumns, Forest]:
    """The same with each number that has gaps at its sides.

    Columns that numbers need a second time come after all others.
    """
    asked_left, asked_right = _asked(forest, len(columns.names))
    right_at = np.arange(len(columns.names))
    found, names, owners = list[Feature](), list(columns.names), list(columns.owners)
    for feature in features:
        if not isinstance(feature, Numeric) or feature.name not in columns.gaps:
            found.append(feature)
            continue
        at = feature.position
        sides = [MissingSide(at, -MOST if asked_left[at] else MOST)]
        if asked_left[at] and asked_right[at]:
            sides.append(MissingSide(len(names), MOST))
            right_at[at] = len(names)
            names.append(f"{feature.name} (missing above)")
            owners.append(columns.owners[at])
        found.append(structs.replace(feature, sides=tuple(sides)))
    asked = np.where(_is_left(forest), forest.feature, right_at[forest.feature])
    moved = replace(
        forest,
        feature=np.where(forest.is_leaf, forest.feature, asked),
        threshold=np.clip(forest.threshold, -_WITHIN, _WITHIN),
        missing_left=None,
    )
    return tuple(found), EncodedColumns(tuple(names), tuple(owners), columns.gaps), moved


def _is_left(forest: Forest) -> np.ndarray:
    if forest.missing_left is None:
        return np.zeros(len(forest.feature), dtype=bool)
    return forest.missing_left


def _asked(forest: Forest, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Which columns (columns,) are asked by splits that send missing numbers left, and right."""
    left, inner = _is_left(forest), ~forest.is_leaf
    return tuple(  # type: ignore[return-value]  # two of them
        np.bincount(forest.feature[inner & side], minlength=columns) > 0 for side in (left, ~left)
    )
