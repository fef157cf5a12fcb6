"""Serves a winner that has no conversion through scikit-learn, and says so.

Slow (a DataFrame a payment, milliseconds) and without reasons; the gate's latency rule decides
whether that is good enough. Imports pandas only when such a version is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from fraud_assets.documents.reason import Reason
from fraud_assets.features.arrays import Floats
from fraud_assets.scoring.encode import Encoder, Value
from fraud_assets.scoring.places import Places
from fraud_assets.scoring.scorer import Scorer, SplitMargin, load_scorer
from fraud_assets.scoring.spec import SPEC, Numeric, Spec, read_spec


class PipelineScorer:
    """The interface of `Scorer` around a scikit-learn pipeline; it has no reasons to give."""

    runtime = "scikit-learn"
    places: Sequence[Places] = ()

    def __init__(self, spec: Spec, pipeline: Any) -> None:
        self.spec = spec
        self.threshold = spec.threshold
        self.encoder = Encoder(spec)
        self._pipeline = pipeline

    def score(self, values: Mapping[str, object]) -> float:
        """Probability of fraud of one payment given as feature names and values."""
        return self.probability(self.encoder.row(values))

    def probability(self, row: tuple[Value, ...]) -> float:
        """Probability of fraud of one row of the encoder's."""
        return float(self.score_batch([row])[0])

    def score_each(self, rows: Sequence[tuple[Value, ...]]) -> list[float]:
        """What `probability` gives for each: last bits may hang on how many rows there are."""
        return [self.probability(row) for row in rows]

    def score_batch(self, rows: Sequence[tuple[Value, ...]]) -> Floats:
        """Probabilities (n,) of many rows."""
        import pandas as pd  # noqa: PLC0415  # only such versions need it

        if not rows:
            return np.zeros(0)
        columns = {
            feature.name: np.array(
                [_or_nan(self.encoder.meaning(i, row[i])) for row in rows],
                dtype="float64" if isinstance(feature, Numeric) else object,
            )
            for i, feature in enumerate(self.spec.features)
        }
        return np.asarray(self._pipeline.predict_proba(pd.DataFrame(columns))[:, 1])

    def explain(self, row: tuple[Value, ...]) -> SplitMargin | None:  # noqa: ARG002
        """None: such a winner cannot be explained exactly."""
        return None

    def row_reasons(self, row: tuple[Value, ...], flagged: bool) -> list[Reason]:  # noqa: ARG002
        """None: such a winner cannot be explained exactly."""
        return []


def _or_nan(value: Value) -> object:
    return np.nan if value is None else value


AnyScorer = Scorer | PipelineScorer


def load_any(files: Mapping[str, bytes], pipeline: Callable[[], Any]) -> AnyScorer:
    """The version's scorer, built on `pipeline()` only where there is no conversion.

    `pipeline` unpickles: let it run only on verified bytes.
    """
    spec = read_spec(files.get(SPEC, b""))
    return PipelineScorer(spec, pipeline()) if spec.family == "pipeline" else load_scorer(files)
