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


def columns_of_many_levels(features: pd.DataFrame, categorical: Sequence[str]) -> tuple[str, ...]:
    """Which of the categorical columns have more than `MANY_LEVELS` levels in these rows."""
    return tuple(name for name in categorical if features[name].nunique() > MANY_LEVELS)


def columns_with_gaps(features: pd.DataFrame, numeric: Sequence[str]) -> tuple[str, ...]:
    """Which of the numeric columns are missing in some of these rows, and there in others."""
    missing = features[list(numeric)].isna()
    some, every = missing.any(), missing.all()
    return tuple(name for name in numeric if some[name] and not every[name])


def build_preprocessor(
    numeric: Sequence[str],
    categorical: Sequence[str],
    encoding: EncodingName,
    many: Sequence[str] = (),
    seed: int = 0,
    *,
    presence: Sequence[str] = (),
    gaps: Sequence[str] = (),
) -> ColumnTransformer:
    """Unfitted transformer of a frame with the named columns; others are dropped.

    Parts `num` (numbers, imputer, scaler), `cat` and `many` (objects, missing, imputer, encoder,
    and for `many` a scaler) exist where there are such columns; `many` are those of the
    categorical ones that are encoded by their share of frauds, so that fitting needs the labels.
    Part `gaps` (numbers, scaler) are those of the numeric ones that stay missing. Part `presence`
    (numbers, missing, scaler) says of some numbers whether they are missing.
    Output columns: numeric first, then gaps, then the encoded categories, part by part, then
    `presence`.
    """
    few = [name for name in categorical if name not in many]
    parts = [
        ("num", _numeric(), [name for name in numeric if name not in gaps]),
        ("gaps", _with_gaps(), [name for name in numeric if name in gaps]),
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


def _numeric() -> Pipeline:
    """Scaled by quartiles, which a far value does not move.

    Trees compare float32: about a mean that one value of 1e12 has moved, all others are one number.
    """
    return Pipeline(
        [
            ("numbers", _on_frame(pd.DataFrame.apply, func=pd.to_numeric)),
            ("imputer", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scaler", RobustScaler()),
        ]
    )


def _with_gaps() -> Pipeline:
    """As `_numeric`; quartiles take no notice of missing numbers."""
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
