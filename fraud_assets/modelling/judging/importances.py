"""What the model leans on: permutation importances, and impurity ones beside them.

Permuting a feature on judged rows shows what the ranking loses without it (Breiman 2001,
doi:10.1023/A:1010933404324). Impurity importances speak of the fit, favour features with many
values, and explain no single decision; they stand beside for comparison only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.pipeline import Pipeline

from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.explained import (
    Importances,
    ImpurityImportance,
    PermutationImportance,
)
from fraud_assets.families.calibrated import uncalibrated
from fraud_assets.families.registry import family_of
from fraud_assets.modelling.preprocessing import encoded_owners
from fraud_assets.modelling.search.sampling import sample_legitimate
from fraud_assets.modelling.statistics.bootstrap import cluster_weights, percentile_estimate
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.work.threads import on_one_thread

REPEATS = 5
REPLICATES = 200
LEGITIMATE_PER_FRAUD = 4
"""Legitimate rows kept per fraud: ROC-AUC does not depend on how many, time does."""

MOST_FRAUDS = 600
SHOWN = 10
"""Impurity importances that are told; they have one entry per encoded level."""


def importances(pipeline: Pipeline, judged: Rows, *, seed: int = 0) -> Importances:
    """Both kinds, each strongest first.

    Permutation per contract feature, the interval over senders and permutations; impurity per
    encoded column, empty for models without trees.
    """
    return Importances(
        permutation=permutation_importances(pipeline, judged, seed),
        impurity=impurity_importances(pipeline)[:SHOWN],
    )


def permutation_importances(
    pipeline: Pipeline, judged: Rows, seed: int
) -> tuple[PermutationImportance, ...]:
    """Loss of ROC-AUC for each contract feature, largest first."""
    rows = _sample(judged, seed)
    rng = np.random.default_rng(seed)
    encoded = _Encoded.of(pipeline, rows)
    whole = Ranking.of(encoded.scores(encoded.matrix), rows.label)
    weights = list(cluster_weights(cluster_codes(rows.sender, len(rows)), REPLICATES, seed))
    base, drawn = whole.measure()[0], np.array([whole.measure(w)[0] for w in weights])
    found = []
    for name in map(str, rows.features):
        orders = [rng.permutation(len(rows)) for _ in range(REPEATS)]
        shuffled = encoded.permuted(name, orders)
        if shuffled is None:
            found.append(PermutationImportance(name, 0.0, 0.0, 0.0, len(rows)))
            continue
        rankings = [Ranking.of(scores, rows.label) for scores in shuffled]
        mean = base - float(np.mean([ranking.measure()[0] for ranking in rankings]))
        losses = [
            before - rankings[i % REPEATS].measure(weights[i])[0] for i, before in enumerate(drawn)
        ]
        loss = percentile_estimate(mean, np.array(losses), len(rows))
        found.append(PermutationImportance(name, mean, loss.low, loss.high, loss.n))
    return tuple(sorted(found, key=lambda row: (-row.mean, row.feature)))


def impurity_importances(pipeline: Pipeline) -> tuple[ImpurityImportance, ...]:
    """Share of each encoded column in what the trees' splits gained, largest first."""
    values = _gains(pipeline)
    if values is None:
        return ()
    names = pipeline.named_steps["preprocessor"].get_feature_names_out()
    rows = [ImpurityImportance(str(n), float(v)) for n, v in zip(names, values, strict=True)]
    return tuple(sorted(rows, key=lambda row: (-row.value, row.feature)))


def inner_classifier(pipeline: Pipeline) -> ClassifierMixin:
    """The classifier that was fitted, out of its calibration where it has one."""
    return uncalibrated(pipeline.named_steps["classifier"])[0]


def _sample(judged: Rows, seed: int) -> Rows:
    fraud = np.flatnonzero(judged.label == 1)
    if len(fraud) > MOST_FRAUDS:
        kept = np.random.default_rng(seed).choice(fraud, MOST_FRAUDS, replace=False)
        legitimate = np.flatnonzero(judged.label != 1)
        judged = judged.take(np.sort(np.concatenate([kept, legitimate])))
    return sample_legitimate(judged, LEGITIMATE_PER_FRAUD, seed).rows


@dataclass(frozen=True)
class _Encoded:
    """Rows encoded once: each row is encoded by itself, so permuted values are permuted codes.

    `owners` (columns,) are the features that the columns of `matrix` come from; `used` (columns,)
    says which columns the classifier looks at, as far as it tells.
    """

    classifier: Any
    matrix: np.ndarray
    owners: np.ndarray
    used: np.ndarray

    @classmethod
    def of(cls, pipeline: Pipeline, rows: Rows) -> _Encoded:
        preprocessor = pipeline.named_steps["preprocessor"]
        matrix = preprocessor.transform(rows.features)
        whole = matrix.toarray() if hasattr(matrix, "toarray") else np.asarray(matrix)
        gains = _gains(pipeline)
        used = np.ones(whole.shape[1], dtype=bool) if gains is None else gains > 0
        owners = np.array(encoded_owners(preprocessor), dtype=object)
        return cls(pipeline.named_steps["classifier"], whole, owners, used)

    def permuted(self, name: str, orders: Sequence[np.ndarray]) -> list[np.ndarray] | None:
        """Scores with the feature's values in each order; None where no order changes any."""
        own = self.owners == name
        if not self.used[own].any():
            return None
        changed = np.tile(self.matrix, (len(orders), 1))
        changed[:, own] = np.concatenate([self.matrix[order][:, own] for order in orders])
        return np.split(self.scores(changed), len(orders))

    def scores(self, matrix: np.ndarray) -> np.ndarray:
        """Probabilities (n,) of encoded rows."""
        found = on_one_thread(self.classifier.predict_proba, matrix)
        return np.asarray(found[:, 1], dtype=np.float64)


def _gains(pipeline: Pipeline) -> np.ndarray | None:
    """What the splits on each encoded column gained, None for models without trees."""
    inner = inner_classifier(pipeline)
    return family_of(inner).importances(inner)
