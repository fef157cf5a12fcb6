"""What the model leans on: permutation importances, and impurity ones beside them.

Permuting a feature on judged rows shows what the ranking loses without it (Breiman 2001,
doi:10.1023/A:1010933404324). Impurity importances speak of the fit, favour features with many
values, and explain no single decision; they stand beside for comparison only.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
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
from fraud_assets.modelling.search.sampling import sample_legitimate
from fraud_assets.modelling.search.work import on_one_thread
from fraud_assets.modelling.statistics.bootstrap import cluster_weights, percentile_estimate
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.modelling.statistics.ranking import Ranking

REPEATS = 5
REPLICATES = 200
LEGITIMATE_PER_FRAUD = 8
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
    whole = Ranking.of(_scores(pipeline, rows), rows.label)
    weights = list(cluster_weights(cluster_codes(rows.sender, len(rows)), REPLICATES, seed))
    base, drawn = whole.measure()[0], np.array([whole.measure(w)[0] for w in weights])
    found = []
    for name in rows.features:
        shuffled = _permuted(pipeline, rows, str(name), rng)
        mean = base - float(np.mean([ranking.measure()[0] for ranking in shuffled]))
        losses = [
            before - shuffled[i % REPEATS].measure(weights[i])[0] for i, before in enumerate(drawn)
        ]
        loss = percentile_estimate(mean, np.array(losses), len(rows))
        found.append(PermutationImportance(str(name), mean, loss.low, loss.high, loss.n))
    return tuple(sorted(found, key=lambda row: (-row.mean, row.feature)))


def impurity_importances(pipeline: Pipeline) -> tuple[ImpurityImportance, ...]:
    """Share of each encoded column in what the trees' splits gained, largest first."""
    inner = inner_classifier(pipeline)
    values = family_of(inner).importances(inner)
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


def _scores(pipeline: Pipeline, rows: Rows) -> np.ndarray:
    return np.asarray(on_one_thread(pipeline.predict_proba, rows.features)[:, 1], dtype=np.float64)


def _permuted(pipeline: Pipeline, rows: Rows, name: str, rng: np.random.Generator) -> list[Ranking]:
    """`REPEATS` rankings with the column permuted, scored in one go."""
    column = rows.features[name].to_numpy()
    shuffled = np.concatenate([column[rng.permutation(len(rows))] for _ in range(REPEATS)])
    copies = pd.concat([rows.features] * REPEATS, ignore_index=True).assign(**{name: shuffled})
    scores = _scores(pipeline, Rows(copies, np.tile(rows.label, REPEATS)))
    return [Ranking.of(part, rows.label) for part in np.split(scores, REPEATS)]
