"""The peers: each is given the rows to fit on and answers with scores of the judged ones.

LightGBM, XGBoost and CatBoost take their defaults; FLAML searches for as many seconds as our
search took. Texts go in as each library likes them: as categories of its own.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import columns_of_many_levels, columns_with_gaps

Floats = np.ndarray[Any, np.dtype[np.float64]]
Scored = Callable[[Rows, Rows, Contract, float], Floats]
"""Rows to fit on, judged rows, contract and seconds to the judged rows' scores (n,)."""

OWN = ("hist_gradient_boosting", "extra_trees", "random_forest", "logistic_regression")
"""Families of ours that are fitted whole, on every row: what a plain fit reaches."""

SEARCHES = "flaml"
"""The peer that searches as we do: beside it ours is to be ahead or level in every measure."""


def installed() -> dict[str, Scored]:
    """Each peer whose library is there, by its name."""
    found = {name: scored for name, scored in _LIBRARIES.items() if _is_here(name)}
    found["scikit-learn"] = _own("hist_gradient_boosting", {})
    return found | {name: _own(name, FAMILIES[name].defaults) for name in OWN}


def title(name: str) -> str:
    """How a table names a peer."""
    if name in OWN:
        return f"{name}, all rows"
    if name == SEARCHES:
        return f"{name}, as many seconds"
    return "scikit-learn's boosting, defaults" if name == "scikit-learn" else f"{name}, defaults"


def left_out() -> tuple[str, ...]:
    """Peers whose library is not installed."""
    return tuple(name for name in _LIBRARIES if not _is_here(name))


def _is_here(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _own(name: str, parameters: Any) -> Scored:
    def scored(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
        numeric, texts = contract.features.numeric, contract.features.categorical
        many = columns_of_many_levels(rows.features, texts)
        family = FAMILIES[name]
        gaps = columns_with_gaps(rows.features, numeric)
        pipeline = build_pipeline(name, parameters, numeric, texts, many=many, gaps=gaps)
        preprocessor, classifier = pipeline.named_steps.values()
        encoded = preprocessor.fit_transform(rows.features, rows.label)
        family.fit(classifier, encoded, rows.label)
        return family.margin(classifier, preprocessor.transform(judged.features))

    return scored


def _native(rows: Rows, judged: Rows, contract: Contract) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames with texts as pandas categories of the fitted rows' levels."""
    before, later = rows.features.copy(), judged.features.copy()
    for name in contract.features.categorical:
        kind = pd.CategoricalDtype(sorted(before[name].dropna().unique()))
        before[name], later[name] = before[name].astype(kind), later[name].astype(kind)
    return before, later


def _flaml(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:
    from flaml import AutoML  # noqa: PLC0415  # a peer, not a dependency

    before, later = _native(rows, judged, contract)
    search = AutoML()
    search.fit(
        before,
        rows.label,
        task="classification",
        metric="ap",
        time_budget=seconds,
        n_jobs=len(os.sched_getaffinity(0)),
        split_type=None if rows.time is None else "time",
        eval_method="holdout",
        seed=0,
        verbose=0,
    )
    return np.asarray(search.predict_proba(later)[:, 1], dtype=np.float64)


def _lightgbm(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
    from lightgbm import LGBMClassifier  # noqa: PLC0415

    before, later = _native(rows, judged, contract)
    model = LGBMClassifier(random_state=0, verbose=-1).fit(before, rows.label)
    return np.asarray(model.predict_proba(later)[:, 1], dtype=np.float64)


def _xgboost(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
    from xgboost import XGBClassifier  # noqa: PLC0415

    before, later = _native(rows, judged, contract)
    model = XGBClassifier(random_state=0, enable_categorical=True).fit(before, rows.label)
    return np.asarray(model.predict_proba(later)[:, 1], dtype=np.float64)


def _catboost(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
    from catboost import CatBoostClassifier  # noqa: PLC0415

    texts = list(contract.features.categorical)
    before, later = (
        part.features.assign(**{name: part.features[name].fillna("unknown") for name in texts})
        for part in (rows, judged)
    )
    model = CatBoostClassifier(
        random_seed=0, verbose=False, cat_features=texts, allow_writing_files=False
    )
    return np.asarray(model.fit(before, rows.label).predict_proba(later)[:, 1], dtype=np.float64)


_LIBRARIES: dict[str, Scored] = {
    "flaml": _flaml,
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
    "catboost": _catboost,
}
PEERS = (*_LIBRARIES, "scikit-learn", *OWN)
