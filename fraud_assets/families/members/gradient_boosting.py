"""GradientBoosting: boosted trees on exact splits, slow to search."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Classifier, Converted, Family, StandIn, UnconvertibleError
from fraud_assets.families.forest import join
from fraud_assets.families.sklearn_trees import tree_tables, zero_padding


def _build(parameters: Parameters, seed: int) -> GradientBoostingClassifier:
    return GradientBoostingClassifier(random_state=seed, **parameters)


def _convert(fitted: Classifier) -> Converted:
    if fitted.loss != "log_loss":
        raise UnconvertibleError(f"its loss {fitted.loss!r} has another link")
    if fitted.init is not None:
        raise UnconvertibleError("it starts from a model of its own")
    members = [member.tree_ for member in fitted.estimators_[:, 0]]
    trees = [tree_tables(tree, tree.value[:, 0, 0] * fitted.learning_rate) for tree in members]
    row = np.zeros((1, fitted.n_features_in_), dtype=np.float32)
    start = float(fitted._raw_predict_init(row)[0, 0])
    return Converted(join(trees), start, "logistic", "log-odds")


FAMILY = Family(
    name="gradient_boosting",
    classifier="GradientBoostingClassifier",
    build=_build,
    encoding="onehot",
    defaults={"n_estimators": 100},
    grid={
        "n_estimators": (100, 200, 300),
        "max_depth": (3, 5, 7),
        "learning_rate": (0.01, 0.05, 0.1),
        "min_samples_leaf": (5, 10, 20),
    },
    convert=_convert,
    size="n_estimators",
    tidy=zero_padding,
    # 135 fits of its own grid take a minute on two cores at 2,000 rows and grow with the rows.
    # The depth is found under the stand-in's bound on leaves, so the bound comes with it.
    stand_in=StandIn(
        "hist_gradient_boosting",
        above_rows=2_000,
        renamed={"max_iter": "n_estimators"},
        kept=("max_leaf_nodes",),
    ),
    pace=0.072,
)
