"""The champion and the last promoted models, scored on the very rows that judge the challenger.

Each is scored through the contract and tables it was published with. One that cannot be scored
is an outcome with its reason; what follows from it the policy says (`champion_unscorable`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec.structs import asdict

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.columns import ROW
from fraud_assets.data.features import derive_features
from fraud_assets.data.rows import Rows
from fraud_assets.data.source import contract_columns
from fraud_assets.documents.report.champion import (
    Champion,
    ChampionCurves,
    EarlierModel,
    NoChampion,
    ScoredChampion,
    ScoredModel,
    UnscorableChampion,
    UnscorableModel,
)
from fraud_assets.documents.report.data import Profile
from fraud_assets.documents.report.whole import read_report
from fraud_assets.errors import FraudAssetsError
from fraud_assets.modelling.statistics import curves
from fraud_assets.modelling.statistics.comparison import compare_models
from fraud_assets.release.case import Case
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.scoring.spec import SPEC, read_spec
from fraud_assets.store.store import Store
from fraud_assets.store.versions.trust import load_pipeline
from fraud_assets.store.versions.verified import Verified

_READING: dict[str, Callable[[Contract], Any]] = {
    "features.case": lambda contract: contract.features.case,
    "columns.event_time": lambda contract: contract.columns.event_time,
    "label": lambda contract: contract.label,
    "source.decimal": lambda contract: contract.source.decimal,
    "source.missing": lambda contract: (contract.source.missing, contract.source.not_missing),
}
"""What the history's values were typed by: under another reading the champion sees other values."""


def compare_with_champion(case: Case, scores: np.ndarray) -> Champion:
    """What serves now, then the best of the last promoted, on the challenger's rows.

    `scores` (n,) are the challenger's probabilities of the judged rows.
    """
    current = case.serving()
    if current is None:
        return NoChampion()
    store, policy, judged = case.need_store(), case.contract.policy, case.cleaned.rows("judged")

    def compared(version: str) -> tuple[EarlierModel, np.ndarray | None]:
        try:
            theirs = _scores(store.verify(version), case, judged)
        except (FraudAssetsError, KeyError, ValueError) as error:
            return UnscorableModel(version, str(error)), None
        found = compare_models(judged, scores, theirs, policy.min_recall, policy.champion_margin)
        return ScoredModel(version=version, **asdict(found)), theirs

    last = _last_promoted(store, policy.champion_lookback)
    earlier = tuple(compared(name)[0] for name in last if name != current.version)
    model, theirs = compared(current.version)
    if theirs is None or isinstance(model, UnscorableModel):
        return UnscorableChampion(**asdict(model), best_of_last=earlier)
    drawn = ChampionCurves(
        precision_recall=curves.precision_recall(theirs, judged.label),
        roc=curves.roc(theirs, judged.label),
    )
    return ScoredChampion(**asdict(model), curves=drawn, best_of_last=earlier)


def champion_profile(case: Case) -> Profile | None:
    """Summary of the rows that the champion was fitted on, out of its signed report."""
    current = case.serving()
    if current is None:
        return None
    try:
        report = read_report(case.need_store().verify(current).read("report.json"))
    except FraudAssetsError:
        return None
    return report.data.profile


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
