"""CatBoost: boosted oblivious trees, each level of which asks one question of every row."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import numpy as np
from catboost import CatBoostClassifier

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.dumps import read_dump
from fraud_assets.families.family import Classifier, Converted, Family, Matrix, UnconvertibleError
from fraud_assets.families.forest import Forest, join, rounded_thresholds
from fraud_assets.families.table_stages import shares, stages_by_tables
from fraud_assets.features.arrays import Floats

EMPTY = 1e-6
"""Cover of a leaf that no training row reached: an oblivious tree has such leaves, and the mean
below a node whose leaves are all empty would be undefined."""


class CatBoost(CatBoostClassifier):  # type: ignore[misc]  # the library has no types
    """CatBoostClassifier whose margin is what calibration sees, as with scikit-learn's boosting."""

    def decision_function(self, matrix: Matrix) -> Floats:
        """Log-odds (n,) of the encoded rows."""
        raw = self.predict(matrix, prediction_type="RawFormulaVal", thread_count=1)
        return np.asarray(raw, dtype=np.float64)


class _Split(msgspec.Struct):
    split_type: str
    border: float = 0.0
    float_feature_index: int = 0


class _Tree(msgspec.Struct):
    splits: list[_Split] | None
    leaf_values: list[float]
    leaf_weights: list[float]


class _Column(msgspec.Struct):
    feature_index: int
    flat_feature_index: int
    nan_value_treatment: str = "AsIs"


class _Columns(msgspec.Struct):
    float_features: list[_Column]


class _Model(msgspec.Struct):
    """A model as CatBoost writes it to JSON; `scale_and_bias` is [scale, bias or [bias]]."""

    scale_and_bias: tuple[float, float | list[float]]
    features_info: _Columns
    oblivious_trees: list[_Tree] | None = None


def _build(parameters: Parameters, seed: int) -> CatBoost:
    return CatBoost(
        random_seed=seed,
        thread_count=1,
        allow_writing_files=False,
        verbose=False,
        # Else 1 or 10 by the number of trees, and fewer trees would not be the first of more.
        leaf_estimation_iterations=10,
        **parameters,
    )


def _convert(fitted: Classifier) -> Converted:
    with tempfile.TemporaryDirectory() as folder:  # no way to its JSON but a file
        path = Path(folder) / "model.json"
        fitted.save_model(str(path), format="json")
        model = read_dump(path.read_bytes(), _Model)
    if model.oblivious_trees is None:
        raise UnconvertibleError("its trees are not oblivious")
    scale, bias = model.scale_and_bias
    known = {f.feature_index: f for f in model.features_info.float_features}
    trees = [_tables(tree, known, scale) for tree in model.oblivious_trees]
    return Converted(join(trees), float(np.ravel(bias)[0]), "logistic", "log-odds")


def _tables(tree: _Tree, known: dict[int, _Column], scale: float) -> Forest:
    """One tree as a complete binary tree, level after level.

    The last split is asked first, so that the leaves stand in CatBoost's order: split i adds
    2 ** i to a leaf's number where the value, rounded to float32, is > its border. A missing value
    is, or is not, on all borders of a column alike.
    """
    splits = list(reversed(tree.splits or []))
    if any(split.split_type != "FloatFeature" for split in splits):
        raise UnconvertibleError("it splits on sets of categories")
    depth = len(splits)
    inner, leaves = 2**depth - 1, 2**depth
    level = np.repeat(np.arange(depth), 2 ** np.arange(depth))
    asked = [known[split.float_feature_index] for split in splits]
    column = np.array([one.flat_feature_index for one in asked], dtype=np.int64)
    is_below = np.array([one.nan_value_treatment != "AsTrue" for one in asked], dtype=bool)
    border = rounded_thresholds(np.array([split.border for split in splits], dtype=np.float64))
    cover = np.concatenate([np.zeros(inner), np.maximum(tree.leaf_weights, EMPTY)])
    for node in reversed(range(inner)):
        cover[node] = cover[2 * node + 1] + cover[2 * node + 2]
    nodes, nothing = np.arange(inner), np.zeros(leaves)
    return Forest(
        np.concatenate([column[level], np.full(leaves, -1)]).astype(np.int64),
        np.concatenate([border[level], nothing]).astype(np.float64),
        np.concatenate([2 * nodes + 1, nothing]).astype(np.int64),
        np.concatenate([2 * nodes + 2, nothing]).astype(np.int64),
        np.concatenate([np.zeros(inner), scale * np.array(tree.leaf_values)]),
        cover,
        np.zeros(1, dtype=np.int64),
        np.concatenate([is_below[level], np.zeros(leaves, dtype=bool)]),
    )


def _without_clock(fitted: Classifier) -> None:
    """Two equal fits differ in when they ended and in a random name."""
    for name in ("train_finish_time", "model_guid"):
        fitted.get_metadata()[name] = ""


FAMILY = Family(
    name="catboost",
    classifier="CatBoost",
    build=_build,
    encoding="ordinal",
    defaults={"iterations": 200, "depth": 5, "learning_rate": 0.1},
    grid={
        "iterations": (100, 200, 300),
        "depth": (4, 6),
        "learning_rate": (0.03, 0.1),
    },
    convert=_convert,
    size="iterations",
    stages=stages_by_tables(_convert),
    importances=lambda fitted: shares(fitted.feature_importances_),
    tidy=_without_clock,
    fit_times=5,
    takes_missing=True,
    always_searched=True,
    pace=0.03,
)
