"""AdaBoost over small trees: a vote."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import BaseDecisionTree, DecisionTreeClassifier

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Classifier, Converted, Family, UnconvertibleError
from fraud_assets.families.forest import join
from fraud_assets.families.sklearn_trees import fraud_share, tree_tables, zero_padding


def _build(parameters: Parameters, seed: int) -> AdaBoostClassifier:
    others = {name: value for name, value in parameters.items() if name != "max_depth"}
    tree = DecisionTreeClassifier(max_depth=parameters.get("max_depth", 1))
    return AdaBoostClassifier(estimator=tree, random_state=seed, **others)


def _convert(fitted: Classifier) -> Converted:
    members = [m for m in fitted.estimators_ if isinstance(m, BaseDecisionTree)]
    if len(members) != len(fitted.estimators_):
        raise UnconvertibleError("it boosts something other than trees")
    weights = fitted.estimator_weights_[: len(members)] / fitted.estimator_weights_.sum()
    # Both classes' votes enter scikit-learn's decision function: hence twice the weight.
    votes = [np.where(fraud_share(m) > 0.5, 2.0, -2.0) for m in members]
    pairs = zip(members, votes, weights, strict=True)
    trees = [tree_tables(m.tree_, vote * weight) for m, vote, weight in pairs]
    # scikit-learn's softmax over (-vote / 2, vote / 2) is the logistic function of the vote.
    return Converted(join(trees), 0.0, "logistic", "vote")


FAMILY = Family(
    name="adaboost",
    classifier="AdaBoostClassifier",
    build=_build,
    encoding="onehot",
    defaults={"n_estimators": 200},
    grid={
        "n_estimators": (100, 200, 300),
        "max_depth": (1, 2),
        "learning_rate": (0.1, 0.5, 1.0),
    },
    convert=_convert,
    size="n_estimators",
    tidy=zero_padding,
    pace=0.037,
)
