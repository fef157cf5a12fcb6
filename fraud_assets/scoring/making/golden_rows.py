"""Chooses golden rows and asks pipeline.joblib for their answers. Heavy: pandas, scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud_assets.data.kinds.column import Spellings
from fraud_assets.features.arrays import Floats
from fraud_assets.profiles import GOLDEN_ROWS
from fraud_assets.scoring.encode import Encoder, Value
from fraud_assets.scoring.fallback import load_any
from fraud_assets.scoring.golden import GoldenRow, write_golden
from fraud_assets.scoring.limits import admits, admits_numbers, nearest_number
from fraud_assets.scoring.making.raw_rows import as_sent, as_trained, nasty_rows
from fraud_assets.scoring.spec import Categorical, Numeric, Spec

_EXTREMES = (0.0, 1e-9, 1e12)
_UNSEEN = "NEVER SEEN"


def make_golden(
    files: Mapping[str, bytes],
    pipeline: Any,
    features: pd.DataFrame,
    *,
    seed: int = 0,
    spellings: Mapping[str, Spellings] | None = None,
    scores: Floats | None = None,
) -> bytes:
    """Bytes of `golden.json`: real payments and edges.

    Half of the payments are flagged ones where there are as many; edges are everything missing,
    a level never seen, and extreme numbers. All of them keep to what callers may send, so that
    the service that must answer them does not refuse them.

    `features` are rows of the contract's features, whose texts are written as callers and the
    export (`spellings`) write them. Probabilities come from `pipeline` on what training's own
    code makes of those texts, reasons from the scorer in `files`. `scores` (n,) are the pipeline's
    of `features` where they are known already; they only say which payments are flagged.
    """
    scorer = load_any(files, lambda: pipeline)
    names = list(scorer.encoder.names)
    spec, encoder = scorer.spec, scorer.encoder
    admitted = _admitted(features[names], spec, encoder)
    features = features.loc[admitted, names]
    kept = _probabilities(pipeline, features, spec) if scores is None else scores[admitted]
    flags = np.asarray(kept) >= scorer.threshold
    chosen = _choose(flags, GOLDEN_ROWS, np.random.default_rng(seed))
    rows = as_sent(features.iloc[chosen].to_dict("records"), spec, encoder, spellings or {})
    rows += (edges := _edges(spec)) + nasty_rows(edges[1], spec, encoder)
    trained = as_trained(pd.DataFrame(rows, columns=names, dtype=object), spec)
    expected = _probabilities(pipeline, trained, spec)
    found = []
    for values, probability in zip(rows, expected, strict=True):
        row = scorer.encoder.row(values)
        flagged = probability >= scorer.threshold
        reasons = tuple(scorer.row_reasons(row, flagged))
        plain = dict(zip(names, row, strict=True))
        found.append(GoldenRow(plain, probability, flagged, reasons))
    return write_golden(found)


def _probabilities(pipeline: Any, rows: pd.DataFrame, spec: Spec) -> list[float]:
    """pipeline.joblib's own answers; an empty column still has its kind."""
    if not len(rows):
        return []
    kinds = {f.name: "float64" if isinstance(f, Numeric) else "object" for f in spec.features}
    found: list[float] = pipeline.predict_proba(rows.astype(kinds))[:, 1].tolist()
    return found


def _choose(flagged: Any, count: int, rng: np.random.Generator) -> Any:
    yes, no = np.flatnonzero(flagged), np.flatnonzero(~flagged)
    half = min(len(yes), count // 2)
    few = rng.choice(yes, half, replace=False)
    rest = rng.choice(no, min(len(no), count - half), replace=False)
    return np.sort(np.concatenate([few, rest])).astype(int)


def _admitted(features: pd.DataFrame, spec: Spec, encoder: Encoder) -> NDArray[np.bool_]:
    """Which payments a caller may send: exports may hold what the service refuses."""
    fit = np.ones(len(features), dtype=bool)
    for feature in spec.features:
        column = features[feature.name]
        if isinstance(feature, Numeric):
            fit &= admits_numbers(feature, column.to_numpy(dtype=np.float64))
            continue
        codes, values = pd.factorize(column, use_na_sentinel=False)
        known = [None if pd.isna(value) else value for value in values]
        fit &= np.array([admits(feature, value, encoder.level) for value in known], bool)[codes]
    return fit


def _edges(spec: Spec) -> list[dict[str, Value]]:
    """Everything missing, unseen text beside usual numbers, and each extreme number."""
    numbers = [feature for feature in spec.features if isinstance(feature, Numeric)]
    texts = [feature for feature in spec.features if isinstance(feature, Categorical)]
    unseen: dict[str, Value] = {f.name: f.one_of[0] if f.one_of else _UNSEEN for f in texts}
    usual: dict[str, Value] = {f.name: nearest_number(f, f.median) for f in numbers}
    known = usual | unseen
    missing = {f.name: known[f.name] if f.required else None for f in spec.features}
    extremes = [
        known | {f.name: number}
        for f in numbers
        for number in dict.fromkeys(nearest_number(f, x) for x in _EXTREMES)
    ]
    return [missing, known, *extremes]
