"""The champion and the last promoted models, scored on the very rows that judge the challenger.

Each is scored through the contract and tables it was published with. One that cannot be scored
is a named outcome, told with its reason; the absolute rules then decide alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.columns import ROW
from fraud_assets.data.features import derive_features
from fraud_assets.data.rows import Rows
from fraud_assets.data.source import contract_columns
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.report.data import Profile
from fraud_assets.errors import FraudAssetsError
from fraud_assets.modelling import curves
from fraud_assets.modelling.comparison import compare_models
from fraud_assets.release.case import Case
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.scoring.spec import SPEC, read_spec
from fraud_assets.store.store import Store
from fraud_assets.store.trust import load_pipeline
from fraud_assets.store.version import Verified

Section = dict[str, Any]

_READING: dict[str, Callable[[Contract], Any]] = {
    "features.case": lambda contract: contract.features.case,
    "columns.event_time": lambda contract: contract.columns.event_time,
    "label": lambda contract: contract.label,
    "source.decimal": lambda contract: contract.source.decimal,
    "source.missing": lambda contract: (contract.source.missing, contract.source.not_missing),
}
"""What the history's values were typed by: under another reading the champion sees other values."""


def compare_with_champion(case: Case, scores: np.ndarray) -> Section:
    """Section `champion` of report.json: what serves now, then the best of the last promoted.

    `scores` (n,) are the challenger's probabilities of the judged rows.
    """
    current = case.serving()
    if current is None:
        return {"outcome": "none", "version": None, "why": None, "best_of_last": []}
    store, policy, judged = case.need_store(), case.contract.policy, case.cleaned.rows("judged")

    def compared(version: str) -> Section:
        try:
            theirs = _scores(store.verify(version), case, judged)
        except (FraudAssetsError, KeyError, ValueError) as error:
            return {"outcome": "unscorable", "version": version, "why": str(error)}
        numbers = compare_models(judged, scores, theirs, policy.min_recall, policy.champion_margin)
        found = {"outcome": "scored", "version": version, "why": None, **to_plain(numbers)}
        if version != current.version:
            return found
        drawn = {"precision_recall": curves.precision_recall, "roc": curves.roc}
        return found | {"curves": {k: curve(theirs, judged.label) for k, curve in drawn.items()}}

    earlier = [
        name for name in _last_promoted(store, policy.champion_lookback) if name != current.version
    ]
    return compared(current.version) | {"best_of_last": [compared(name) for name in earlier]}


def champion_profile(case: Case) -> Profile | None:
    """Summary of the rows that the champion was fitted on, out of its signed report."""
    current = case.serving()
    if current is None:
        return None
    try:
        report = json.loads(case.need_store().verify(current).read("report.json"))
        return msgspec.convert(report["data"]["profile"], Profile)
    except (FraudAssetsError, KeyError, ValueError, msgspec.ValidationError):
        return None


def _last_promoted(store: Store, most: int) -> list[str]:
    moves = [move.version for move in store.history() if move.kind == "promotion"]
    return list(dict.fromkeys(reversed(moves)))[:most]


def _scores(verified: Verified, case: Case, judged: Rows) -> np.ndarray:
    """Probabilities by the version's own tables; by its pipeline only where it has none."""
    own = parse_contract(verified.read("contract.toml").decode(), name=verified.version)
    features = judged.features
    if contract_digest(own) != contract_digest(case.contract):
        features = _features_under(own, case)
    if read_spec(verified.read(SPEC)).family == "pipeline":
        return np.asarray(load_pipeline(verified).predict_proba(features)[:, 1])
    scorer = load_scorer({name: verified.read(name) for name in verified.files})
    rows = features.astype(object).where(features.notna(), None).to_dict("records")
    return scorer.score_batch([scorer.encoder.row(row) for row in rows])


def _features_under(own: Contract, case: Case) -> Any:
    """The judged rows' features as the champion's contract defines them, in the same order."""
    cleaned = case.cleaned
    missing = [name for name in contract_columns(own) if name not in cleaned.history]
    if missing:
        raise ValueError(f"its contract needs the columns {', '.join(missing)}")
    otherwise = [name for name, part in _READING.items() if part(own) != part(case.contract)]
    if otherwise:
        raise ValueError(f"its contract reads the data otherwise ({', '.join(otherwise)})")
    judged = cleaned.window("judged")
    derived = derive_features(cleaned.history, own).set_index(ROW)
    return derived.loc[judged[ROW], list(own.features.names)].reset_index(drop=True)
