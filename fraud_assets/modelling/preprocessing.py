"""From a frame of features to the matrix that a classifier sees, with one meaning of missing.

NaN, None, pandas.NA and the empty text are the same missing value in every column. A missing
category is the level `unknown`. A missing number is the training median, or stays NaN where the
classifier learns where to send it and the column misses some among the fitted rows (its gaps).
Only public classes and functions of scikit-learn and pandas are used, so that a pickled pipeline
needs nothing of this package.

Columns of many levels are encoded by their share of frauds, whatever the family's encoding: one
number for each of 5,000 levels leaves a linear model as many weights, and to a tree the order of
their names says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, RobustScaler, StandardScaler

from fraud_assets.encodings.kinds.target import ENCODING as TARGET
from fraud_assets.encodings.registry import encoding_of, encodings
from fraud_assets.families.family import EncodingName
from fraud_assets.profiles import CATEGORY_MISSING

MANY_LEVELS = 64
"""A column of more levels among the fitted rows is encoded by its share of frauds."""

FAR_SPREADS, LOOKED_AT = 1000.0, 10_000
"""A column has far values where one lies beyond so many times the width of its inner 98 %, which
about so many of its rows tell. Trees compare float32, which keep seven digits: about a mean and a
deviation that one value of 1e12 has moved, all others are one number, and to weights nearly so."""

INNER = (1.0, 99.0)
"""Percentiles between which the inner 98 % lie."""


def columns_of_many_levels(features: pd.DataFrame, categorical: Sequence[str]) -> tuple[str, ...]:
    """Which of the categorical columns have more than `MANY_LEVELS` levels in these rows."""
    return tuple(name for name in categorical if features[name].nunique() > MANY_LEVELS)


def columns_with_gaps(features: pd.DataFrame, numeric: Sequence[str]) -> tuple[str, ...]:
    """Which of the numeric columns are missing in some of these rows, and there in others."""
    missing = features[list(numeric)].isna()
    some, every = missing.any(), missing.all()
    return tuple(name for name in numeric if some[name] and not every[name])


def columns_with_far_values(features: pd.DataFrame, numeric: Sequence[str]) -> tuple[str, ...]:
    """Which of the numeric columns have a value in these rows far beyond the others."""
    return tuple(name for name in numeric if _has_far_values(features[name]))


def _has_far_values(column: pd.Series[Any]) -> bool:
    values = pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    known = values[np.isfinite(values)]
    if not len(known):
        return False
    some = known[:: len(known) // LOOKED_AT + 1]
    low, middle, high = np.percentile(some, (INNER[0], 50, INNER[1]))
    farthest = max(known.max() - middle, middle - known.min())
    return bool(farthest > FAR_SPREADS * (high - low) > 0)


def build_preprocessor(
    numeric: Sequence[str],
    categorical: Sequence[str],
    encoding: EncodingName,
    many: Sequence[str] = (),
    seed: int = 0,
    *,
    presence: Sequence[str] = (),
    gaps: Sequence[str] = (),
    far: Sequence[str] = (),
) -> ColumnTransformer:
    """Unfitted transformer of a frame with the named columns; others are dropped.

    Parts `num` (numbers, imputer, scaler), `cat` and `many` (objects, missing, imputer, encoder,
    and for `many` a scaler) exist where there are such columns; `many` are those of the
    categorical ones that are encoded by their share of frauds, so that fitting needs the labels.
    Part `gaps` (numbers, scaler) are those of the numeric ones that stay missing, part `far`, made
    as `num`, those with values far beyond the others. Part `presence` (numbers, missing, scaler)
    says of some numbers whether they are missing.
    Output columns: numeric first, then gaps, then far, then the encoded categories, part by part,
    then `presence`.
    """
    few = [name for name in categorical if name not in many]
    parts = [
        ("num", _numeric(StandardScaler()), [n for n in numeric if n not in {*gaps, *far}]),
        ("gaps", _with_gaps(), [name for name in numeric if name in gaps]),
        ("far", _numeric(RobustScaler(quantile_range=INNER)), [n for n in far if n not in gaps]),
        ("cat", _categorical(encoding, seed), few),
        ("many", _categorical(TARGET.name, seed), [name for name in categorical if name in many]),
        ("presence", _presence(), list(presence)),
    ]
    return ColumnTransformer([part for part in parts if part[2]], verbose_feature_names_out=False)


def encoded_names(preprocessor: ColumnTransformer) -> tuple[str, ...]:
    """Numeric names, then one `column_LEVEL` for each known level, whatever the encoding.

    A column that is encoded by its share of frauds keeps its own name; one that says whether a
    number is missing is called `column_missing`.
    """
    names: list[str] = []
    for kind, part, columns in preprocessor.transformers_:
        if part == "drop":
            continue
        if kind == "presence":
            names += map(missing_name, columns)
            continue
        encoder = part.named_steps.get("encoder")
        if encoder is None:
            names += columns
            continue
        known = encoding_of(encoder)
        for column, levels in zip(columns, encoder.categories_, strict=True):
            names += [column] if known is None else known.names(column, list(levels))
    return tuple(names)


def encoded_owners(preprocessor: ColumnTransformer) -> tuple[str, ...]:
    """The feature that each encoded column comes from, of a fitted `build_preprocessor`."""
    owners: list[str] = []
    for _, part, columns in preprocessor.transformers_:
        if part == "drop":
            continue
        encoder = part.named_steps.get("encoder")
        known = None if encoder is None else encoding_of(encoder)
        if encoder is None or known is None:
            owners += columns
            continue
        for column, levels in zip(columns, encoder.categories_, strict=True):
            owners += [column] * known.width(len(levels))
    return tuple(owners)


def missing_name(feature: str) -> str:
    """The encoded column that says whether a number is missing."""
    return f"{feature}_missing"


def _presence() -> Pipeline:
    return Pipeline(
        [
            ("numbers", _on_frame(pd.DataFrame.apply, func=pd.to_numeric)),
            ("missing", MissingIndicator(features="all")),
            ("scaler", StandardScaler()),
        ]
    )


def _numeric(scaler: StandardScaler | RobustScaler) -> Pipeline:
    return Pipeline(
        [
            ("numbers", _on_frame(pd.DataFrame.apply, func=pd.to_numeric)),
            ("imputer", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scaler", scaler),
        ]
    )


def _with_gaps() -> Pipeline:
    """Scaled by quartiles, which missing numbers take no part in."""
    return Pipeline(
        [
            ("numbers", _on_frame(pd.DataFrame.apply, func=pd.to_numeric)),
            ("scaler", RobustScaler()),
        ]
    )


def _categorical(encoding: str, seed: int) -> Pipeline:
    steps = [
        ("objects", _on_frame(pd.DataFrame.astype, dtype=object)),
        ("missing", _on_frame(pd.DataFrame.fillna, value=CATEGORY_MISSING)),
        (
            "imputer",
            SimpleImputer(
                missing_values="",
                strategy="constant",
                fill_value=CATEGORY_MISSING,
                keep_empty_features=True,
            ),
        ),
        ("encoder", encodings()[encoding].build(seed)),
    ]
    # Shares of rare frauds differ in their third digit, which a penalty on weights would flatten.
    scaled = [("scaler", StandardScaler())] if encoding == TARGET.name else []
    return Pipeline(steps + scaled)


def _on_frame(method: object, **arguments: object) -> FunctionTransformer:
    return FunctionTransformer(method, kw_args=arguments, feature_names_out="one-to-one")
