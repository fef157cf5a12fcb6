"""From a frame of features to the matrix that a classifier sees, with one meaning of missing.

NaN, None, pandas.NA and the empty text are the same missing value in every column: a number
becomes the training median, a category the level `unknown`, which is what training made of
them. Only public classes and functions of scikit-learn and pandas are used, so that a pickled
pipeline needs nothing of this package.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)

from fraud_assets.families.family import Encoding
from fraud_assets.profiles import CATEGORY_MISSING

UNSEEN_CODE = -1
"""Ordinal code of a category that training did not see; known levels count from 0, sorted."""


def build_preprocessor(
    numeric: Sequence[str], categorical: Sequence[str], encoding: Encoding
) -> ColumnTransformer:
    """Unfitted transformer of a frame with the named columns; others are dropped.

    Parts `num` (numbers, imputer, scaler) and `cat` (objects, missing, imputer, encoder) exist
    where there are such columns. Output columns: numeric first, then the encoded categories.
    """
    parts = [("num", _numeric(), list(numeric)), ("cat", _categorical(encoding), list(categorical))]
    return ColumnTransformer([part for part in parts if part[2]], verbose_feature_names_out=False)


def encoded_names(
    preprocessor: ColumnTransformer, numeric: Sequence[str], categorical: Sequence[str]
) -> tuple[str, ...]:
    """Numeric names, then one `column_LEVEL` for each known level, whatever the encoding."""
    if not categorical:
        return tuple(numeric)
    levels = preprocessor.named_transformers_["cat"].named_steps["encoder"].categories_
    pairs = zip(categorical, levels, strict=True)
    return (*numeric, *(f"{name}_{level}" for name, known in pairs for level in known))


def _numeric() -> Pipeline:
    return Pipeline(
        [
            ("numbers", _on_frame(pd.DataFrame.apply, func=pd.to_numeric)),
            ("imputer", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scaler", StandardScaler()),
        ]
    )


def _categorical(encoding: Encoding) -> Pipeline:
    return Pipeline(
        [
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
            ("encoder", _encoder(encoding)),
        ]
    )


def _encoder(encoding: Encoding) -> OneHotEncoder | OrdinalEncoder:
    if encoding == "onehot":
        return OneHotEncoder(handle_unknown="ignore")
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=UNSEEN_CODE)


def _on_frame(method: object, **arguments: object) -> FunctionTransformer:
    return FunctionTransformer(method, kw_args=arguments, feature_names_out="one-to-one")
