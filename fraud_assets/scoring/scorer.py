"""One payment to probability, margin and reasons, from the version's own files.

Light: numpy, msgspec and, for trees, onnxruntime. Neither pandas nor scikit-learn.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from fraud_assets.documents.reason import Reason
from fraud_assets.errors import StoreError
from fraud_assets.features.arrays import Floats
from fraud_assets.scoring.cuts.explainer import CutShapley
from fraud_assets.scoring.cuts.stored import stored_forest
from fraud_assets.scoring.encode import Encoder, Value
from fraud_assets.scoring.margins import A_FEW, Linear, Margins, Trees
from fraud_assets.scoring.places import LevelPlaces, NumberPlaces, Places
from fraud_assets.scoring.reasons import Reasoner
from fraud_assets.scoring.shapley import Leaves, TreeShapley
from fraud_assets.scoring.spec import FOREST, SPEC, TABLES, Numeric, Spec, read_spec

Row = tuple[Value, ...]
NamedArrays = Mapping[str, NDArray[Any]]


class Explainer(Protocol):
    """Anything that splits a row's margin among the encoded columns."""

    def contributions(self, encoded: Floats) -> Floats:
        """Contributions (columns,) of the row `encoded` (columns,)."""
        ...


@dataclass(frozen=True)
class LinearExplainer:
    """Exact for a linear model: weight * (value - its mean over legitimate payments)."""

    weights: Floats
    mean: Floats

    def contributions(self, encoded: Floats) -> Floats:
        """Contributions (columns,) of the row `encoded` (columns,)."""
        return self.weights * (encoded - self.mean)


@dataclass(frozen=True)
class SplitMargin:
    """Base plus contributions (features,) is the margin, in the spec's scale."""

    base: float
    margin: float
    contributions: Floats


class Scorer:
    """Scores and explains. The one-row methods share a buffer: call them from one thread."""

    runtime = "native"

    def __init__(
        self, spec: Spec, margins: Margins, explainer: Explainer, places: Sequence[Places]
    ) -> None:
        self.spec = spec
        self.threshold = spec.threshold
        self.encoder = Encoder(spec)
        self.places = places
        self._margins, self._explainer = margins, explainer
        self._buffers = [_view(row) for row in margins.rows]
        self._buffer = self._buffers[0]
        self._owner = np.array(spec.owner_of, dtype=np.int64)
        self._link = link_of(spec)
        self._reasoner = Reasoner(spec, self.encoder, places)

    def score(self, values: Mapping[str, object]) -> float:
        """Probability of fraud of one payment given as feature names and values."""
        return self.probability(self.encoder.row(values))

    def margin(self, values: Mapping[str, object]) -> float:
        """The model's own margin: log-odds, probability or vote, as `spec.scale` says."""
        self.probability(row := self.encoder.row(values))
        return self.explain(row).margin

    def probability(self, row: Row) -> float:
        """Probability of fraud of one row of the encoder's."""
        self.encoder.write(row, self._buffer)
        return self._link(self._margins.one() + self.spec.intercept)

    def score_each(self, rows: Sequence[Row]) -> list[float]:
        """What `probability` gives for each of a few rows, bit for bit."""
        if len(rows) > A_FEW:
            many: list[float] = self.score_batch(rows).tolist()
            return many
        for row, into in zip(rows, self._buffers, strict=False):
            self.encoder.write(row, into)
        sums = self._margins.few(len(rows)) if rows else []
        return [self._link(margin + self.spec.intercept) for margin in sums]

    def score_batch(self, rows: Sequence[Row]) -> Floats:
        """Probabilities (n,) of many rows; may run in any thread."""
        encoded = np.zeros((len(rows), width := len(self.spec.columns)))
        into = _view(encoded.reshape(-1))
        for at, row in enumerate(rows):
            self.encoder.write(row, into[at * width : (at + 1) * width])
        sums = self._margins.many(encoded) + self.spec.intercept if len(rows) else np.zeros(0)
        return np.array([self._link(float(margin)) for margin in sums])

    def explain(self, row: Row) -> SplitMargin:
        """Base, margin and the features' contributions; may run in any thread."""
        encoded = np.zeros(len(self.spec.columns))
        self.encoder.write(row, _view(encoded))
        margin = float(self._margins.many(encoded[None, :])[0]) + self.spec.intercept
        return SplitMargin(self.spec.base, margin, self._contributions(encoded))

    def reasons(self, values: Mapping[str, object], flagged: bool = True) -> list[Reason]:
        """At most four reasons for one payment given as feature names and values."""
        return self.row_reasons(self.encoder.row(values), flagged)

    def row_reasons(self, row: Row, flagged: bool) -> list[Reason]:
        """Of a flagged payment what moved it towards fraud; of another what moved it most."""
        encoded = np.zeros(len(self.spec.columns))
        self.encoder.write(row, _view(encoded))
        return self._reasoner.reasons(row, self._contributions(encoded), flagged)

    def _contributions(self, encoded: Floats) -> Floats:
        columns = self._explainer.contributions(encoded)
        found = np.bincount(self._owner, columns, minlength=len(self.spec.features))
        return found.astype(np.float64)


def link_of(spec: Spec) -> Callable[[float], float]:
    """The function from margin to served probability."""
    if spec.calibrator is not None:
        a, b = spec.calibrator
        return lambda margin: expit(-(a * margin + b))
    return expit if spec.link == "logistic" else float


def expit(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    power = math.exp(x)
    return power / (1 + power)


def load_scorer(files: Mapping[str, bytes]) -> Scorer:
    """Build the scorer of a version from its own files (see `scoring.spec` for their names).

    Raises
    ------
    StoreError
        If a file is missing, unreadable or of a format no longer read, or the winner can only be
        served through scikit-learn (see `scoring.fallback`).
    """
    spec = read_spec(_file(files, SPEC))
    if spec.family == "pipeline":
        raise StoreError(f"This winner is served through scikit-learn: {spec.why_pipeline}")
    tables = read_tables(_file(files, TABLES))
    places = [_places(tables, i, isinstance(f, Numeric)) for i, f in enumerate(spec.features)]
    if spec.family == "linear":
        weights = tables["weights"]
        return Scorer(spec, Linear(weights), LinearExplainer(weights, tables["mean"]), places)
    columns = len(spec.columns)
    trees, explainer = Trees(_file(files, FOREST), columns), _tree_explainer(tables, columns)
    return Scorer(spec, trees, explainer, places)


def read_tables(data: bytes) -> NamedArrays:
    """The arrays of `scorer.npz`; never unpickles."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, BadZipFile) as error:
        raise StoreError(f"{TABLES} must be a readable table file, got: {error}") from error


def _view(row: Floats) -> MutableSequence[float]:
    """The same numbers as a memoryview, which takes a float faster than the array does."""
    return cast("MutableSequence[float]", memoryview(cast("Any", row)))


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    try:
        return files[name]
    except KeyError as error:
        raise StoreError(
            f"A version must hold {name}, got {sorted(files)}; publish again."
        ) from error


def _places(tables: NamedArrays, index: int, numeric: bool) -> Places:
    missing = float(tables[f"missing_{index}"])
    if numeric:
        return NumberPlaces(tables[f"points_{index}"].tolist(), missing)
    levels, shares = tables[f"levels_{index}"].tolist(), tables[f"shares_{index}"].tolist()
    return LevelPlaces(dict(zip(levels, shares, strict=True)), missing)


def _tree_explainer(tables: NamedArrays, columns: int) -> Explainer:
    """By cuts where the version holds its forest: format 4 does of narrow ones of many leaves."""
    forest = stored_forest(tables)
    if forest is None:
        return TreeShapley(_leaves(tables), columns)
    return CutShapley(forest, columns)


def _leaves(tables: NamedArrays) -> list[Leaves]:
    widths = [int(width) for width in tables["widths"]]
    names = ("column", "low", "high", "zero", "value")
    return [Leaves(*(tables[f"leaves_{d}_{name}"] for name in names)) for d in widths]
