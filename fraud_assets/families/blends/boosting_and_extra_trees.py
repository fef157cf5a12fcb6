"""Boosting's log-odds plus a multiple of what extra trees say: one forest in the end.

Boosting ranks the frauds that resemble each other, random cuts those that are few, and where one
has lost its way the other still ranks. ROC-AUC / average precision of boosting, extra trees and
both (weight 20) on earlier weeks than the judged ones and on made-up worlds drawn anew: handbook
.882 / .678, .880 / .695 and .881 / .705, ULB .973 / .725, .978 / .732 and .976 / .748, shipped
weeks .979 / .943, .978 / .934 and .980 / .947, few frauds .985 / .247, .985 / .309 and
.987 / .330, many levels .902 / .199, .899 / .192 and .905 / .212, half a percent .920 / .402,
.917 / .374 and .922 / .407, interactions .976 / .470, .960 / .264 and .973 / .408, drift
.831 / .121, .819 / .104 and .831 / .114. Where it is behind the folds say so, and it is not chosen.

The classifier is made of scikit-learn's own classes, so that its pickle needs nothing of this
package: a union of both margins under a sum whose weights are fixed, not learned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Classifier, Converted, Family, Matrix, UnconvertibleError
from fraud_assets.families.forest import Forest, join
from fraud_assets.families.members.extra_trees import FAMILY as TREES
from fraud_assets.families.members.hist_gradient_boosting import FAMILY as BOOSTING

PER_FRAUD, AT_LEAST = 20, 20_000
"""Legitimate rows for each fraud that extra trees are fitted on, and the fewest: their trees grow
with the rows, and so does what they cost in serving."""


def _build(parameters: Parameters, seed: int) -> Pipeline:
    own = {name: value for name, value in parameters.items() if name in TREES.grid}
    rest = {n: v for n, v in parameters.items() if n not in own and n != "weight"}
    boosting, trees = BOOSTING.build(rest, seed), TREES.build(own, seed)
    column = FunctionTransformer(np.expand_dims, kw_args={"axis": 1})
    margin = Pipeline([("margin", FunctionTransformer(boosting.decision_function)), ("c", column)])
    filled = Pipeline([("medians", _medians()), ("trees", trees)])
    both = [("boosting", margin), ("trees", FunctionTransformer(filled.predict_proba))]
    weights = {"boosting": 1.0, "trees": float(parameters["weight"])}
    union = FeatureUnion(both, transformer_weights=weights)
    return Pipeline([("margins", union), ("sum", LogisticRegression(random_state=seed))])


def _medians() -> SimpleImputer:
    """Boosting takes missing numbers as they are, extra trees what stands in for them."""
    return SimpleImputer(strategy="median", keep_empty_features=True)


def _parts(classifier: Classifier) -> tuple[Classifier, SimpleImputer, Classifier, float]:
    """Boosting, the medians before extra trees, these, and the weight of their probability."""
    union = classifier.named_steps.get("margins")
    if not isinstance(union, FeatureUnion):
        raise UnconvertibleError("it is no sum of two families")
    margin, filled = (transformer for _, transformer in union.transformer_list)
    medians, trees = filled.func.__self__.named_steps.values()
    weight = union.transformer_weights["trees"]
    return margin.named_steps["margin"].func.__self__, medians, trees, weight


def _few(label: np.ndarray) -> np.ndarray:
    """Positions of all frauds and of so many others as extra trees are fitted on."""
    frauds, others = np.flatnonzero(label == 1), np.flatnonzero(label != 1)
    most = max(PER_FRAUD * len(frauds), AT_LEAST)
    if most >= len(others):
        return np.arange(len(label))
    drawn = np.random.default_rng(0).choice(others, most, replace=False)
    return np.sort(np.concatenate([frauds, drawn]))


@dataclass(frozen=True)
class Blend(Family):
    """A family whose margin is the sum of its two parts'."""

    def spread(self, classifier: Classifier, workers: int | None) -> None:
        """As its extra trees do."""
        TREES.spread(_parts(classifier)[2], workers)

    def fit(self, classifier: Classifier, rows: Matrix, label: Any, **given: Any) -> None:
        """Fit both parts, each on the rows that it is fitted on by itself."""
        boosting, medians, trees, _ = _parts(classifier)
        label = np.asarray(label)
        BOOSTING.fit(boosting, rows, label, **given)
        kept = _few(label)
        few = {name: np.asarray(value)[kept] for name, value in given.items()}
        TREES.fit(trees, medians.fit_transform(rows[kept]), label[kept], **few)
        total = classifier.named_steps["sum"]
        total.classes_ = boosting.classes_
        total.coef_ = np.array([[1.0, 0.0, 1.0]])  # the second column is the other class's
        total.intercept_, total.n_features_in_ = np.zeros(1), 3
        total.n_iter_ = np.zeros(1, dtype=np.int32)


def _convert(fitted: Classifier) -> Converted:
    boosting, medians, trees, weight = _parts(fitted)
    first, second = BOOSTING.convert(boosting), TREES.convert(trees)
    if not isinstance(first.model, Forest) or not isinstance(second.model, Forest):
        raise UnconvertibleError("a part of it is no forest")
    goes_left = medians.statistics_[second.model.feature] <= second.model.threshold
    scaled = replace(second.model, value=second.model.value * weight, missing_left=goes_left)
    forest = join([first.model, scaled])
    return Converted(forest, first.intercept, "logistic", "log-odds")


def _tidy(classifier: Classifier) -> None:
    boosting, _, trees, _ = _parts(classifier)
    BOOSTING.tidy(boosting)
    TREES.tidy(trees)


FAMILY = Blend(
    name="boosting_and_extra_trees",
    classifier="Pipeline",
    build=_build,
    encoding="ordinal",
    defaults={**BOOSTING.defaults, **TREES.defaults, "weight": 20.0},
    grid={"weight": (10.0, 20.0, 40.0)},
    convert=_convert,
    tidy=_tidy,
    fit_times=BOOSTING.fit_times,
    openmp=BOOSTING.openmp,
    takes_missing=True,
    pace=5.0,
    parts=(BOOSTING.name, TREES.name),
)
