"""What a family says of itself, and what its fitted classifiers turn into. Light: numpy only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.forest import Forest
from fraud_assets.features.arrays import Floats

EncodingName = Literal["onehot", "ordinal"]
Classifier = Any
"""A binary classifier with scikit-learn's `fit` and `predict_proba`."""

Matrix = Any
"""Encoded rows (n, columns), dense or CSR."""


DENSE_CELLS = 25_000_000
"""Most cells of a matrix that is made dense to be fitted on: 100 MB."""


class UnconvertibleError(Exception):
    """Not an error of the user's: this winner is served through scikit-learn instead."""


@dataclass(frozen=True)
class Converted:
    """A classifier's margin as intercept plus a forest's sum or weights' sum, and its link."""

    model: Forest | Floats
    intercept: float
    link: Literal["logistic", "identity"]
    scale: Literal["log-odds", "probability", "vote"]
    calibrator: tuple[float, float] | None = None


@dataclass(frozen=True)
class StandIn:
    """A family whose grid is searched where another's own would cost hours.

    On more than `above_rows` rows of the search `family` is searched in the other's place;
    `renamed` gives its parameters the other's names, `kept` are those that the other's grid
    does not have and that its trees need all the same.
    """

    family: str
    above_rows: int
    renamed: Mapping[str, str]
    kept: tuple[str, ...] = ()


def decision(classifier: Classifier, matrix: Matrix) -> Floats:
    """Ranking score (n,), as scikit-learn's `roc_auc` scorer takes it.

    The decision function where the classifier has one, else the probability of fraud.
    """
    if hasattr(classifier, "decision_function"):
        return np.asarray(classifier.decision_function(matrix)).ravel()
    return np.asarray(classifier.predict_proba(matrix)[:, 1])


def staged_decision(classifier: Classifier, matrix: Matrix) -> Iterator[Floats]:
    """Margins (n,) after the first tree, the first two, and so on."""
    yield from classifier.staged_decision_function(matrix)


def own_importances(classifier: Classifier) -> Floats | None:
    """What the classifier itself says its splits gained of each encoded column."""
    return getattr(classifier, "feature_importances_", None)


def _every_column(parameters: Parameters, columns: int) -> float:  # noqa: ARG001
    return columns


def _as_it_is(classifier: Classifier) -> None:
    """Equal fits of most families pickle to equal bytes."""


@dataclass(frozen=True)
class Family:
    """One kind of classifier.

    `classifier` is the name of the class that `build` makes of parameters and seed. `size` is
    the parameter in which fits are nested: the first 100 trees of a fit with 300 are the fit
    with 100, so one fit scores every size by its `stages`. `fit_times` is how many times the
    search's legitimate rows for each fraud the published model is fitted on at least: 1, and never
    more, where a fit is slow, or trees grow with their rows and would cost in serving. `tidy` makes
    equal fits pickle to equal bytes, in place. `always_searched` says that the defaults tell little
    of what the whole grid reaches, and that the grid is quick to search: it is, whoever leads.
    `large` are settings outside the grid that only many rows deserve, `small` those that few frauds
    do. `pace` is the processor seconds of a fit for each million rows, column tried and unit of
    `size`, `overhead` those of a unit of `size` whatever the rows, both measured once on the
    reference machine: the search's budget is counted by them. `columns_tried` says how many of so
    many encoded columns a setting looks at, all of them by default. `parallel` says that a fit
    takes `n_jobs` and gives the same trees whatever their number, `openmp` that it asks OpenMP for
    threads and does so too. `dense` says that it is faster
    on dense rows, and takes float32 of either kind for the same trees. `takes_missing` says that it
    learns where to send a number that is missing, which comes to it as NaN; else the median stands
    in for it (see `modelling.preprocessing`). `parts` are the families
    whose margins it adds up, its own grid's first parameter being the weight of the second.
    """

    name: str
    classifier: str
    build: Callable[[Parameters, int], Classifier]
    encoding: EncodingName
    defaults: Parameters
    grid: Mapping[str, Sequence[Any]]
    convert: Callable[[Classifier], Converted]
    size: str | None = None
    margin: Callable[[Classifier, Matrix], Floats] = decision
    stages: Callable[[Classifier, Matrix], Iterator[Floats]] = staged_decision
    importances: Callable[[Classifier], Floats | None] = own_importances
    tidy: Callable[[Classifier], None] = _as_it_is
    fit_times: int = 1
    always_searched: bool = False
    large: Sequence[Parameters] = ()
    small: Sequence[Parameters] = ()
    pace: float = 0.02
    overhead: float = 0.0
    columns_tried: Callable[[Parameters, int], float] = _every_column
    parallel: bool = False
    openmp: bool = False
    dense: bool = False
    takes_missing: bool = False
    stand_in: StandIn | None = None
    parts: tuple[str, ...] = ()

    def spread(self, classifier: Classifier, workers: int | None) -> None:
        """Let a fit keep so many cores busy by `n_jobs`, where its trees stay the same."""
        if self.parallel:
            classifier.set_params(n_jobs=workers)

    def fit(self, classifier: Classifier, rows: Matrix, label: Any, **given: Any) -> None:
        """Fit a classifier of this family on encoded rows (n, columns) and labels (n,)."""
        if self.dense and not isinstance(rows, np.ndarray) and np.prod(rows.shape) <= DENSE_CELLS:
            rows = rows.astype(np.float32).toarray()
        classifier.fit(rows, label, **given)
