"""evaluation_report: the whole evidence for one candidate and the verdict on it.

A candidate that is not promoted is kept under `refused/`, signed with its refusal, so that the
evidence survives whether or not a later step runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract.load import contract_digest
from fraud_assets.data.cleaning import CleanedFeatures, fingerprint
from fraud_assets.data.columns import SENDER, TIME
from fraud_assets.data.provenance.made import Made
from fraud_assets.data.rows import Rows
from fraud_assets.modelling.evaluation import evaluate
from fraud_assets.modelling.leaks import all_leaks
from fraud_assets.modelling.thresholds import choose_threshold
from fraud_assets.modelling.tuned import sha256, unpickle_unverified
from fraud_assets.modelling.work import on_one_thread
from fraud_assets.release.candidate import lineage, make_candidate, plain
from fraud_assets.release.case import Case
from fraud_assets.release.champion import champion_profile, compare_with_champion
from fraud_assets.release.changes import changes_since_champion
from fraud_assets.release.evidence import drift_of, examples, explanation
from fraud_assets.release.gate import Verdict, decide
from fraud_assets.release.gate_quarantine import quarantine_section
from fraud_assets.store.journal.moves import standing_as_of

FORMAT = 1
"""Format of report.json; raise it when a reader of the previous one would misread it."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Judgement:
    """report.json as a value, its verdict, and where a refused candidate was kept."""

    report: dict[str, Any]
    verdict: Verdict
    refused: str | None = None
    made: Made | None = None

    @property
    def sentence(self) -> str:
        """The verdict, and where to look next when it is a refusal."""
        folder = f"refused/{self.refused}"
        kept = f" Its report is kept in the store: {folder}/report.html." if self.refused else ""
        return self.verdict.sentence + kept


@dataclass(frozen=True)
class Rescored:
    """What the bytes of a tuned pipeline really do on the week's rows."""

    judged: Rows
    scores: np.ndarray
    numbers: dict[str, Any]
    expected: dict[str, Any]


def judge(
    case: Case,
    *,
    run_id: str = "",
    workers: int = 1,
    progress: Progress | None = None,
) -> Judgement:
    """Evaluate a candidate on the judged rows, beside the champion, and decide.

    Raises
    ------
    TrustError
        If the store's pointer or log does not hold.
    """
    say = progress or (lambda _: None)
    found = rescore(case)
    say(f"Scored {len(found.judged):,} judged rows with {found.judged.frauds:,} frauds.")
    report = opening(case, run_id) | found.numbers
    say("Measuring importances, drift, and the naive way beside the honest one.")
    report |= explanation(case, workers)
    report["data"] |= drift_of(case, champion_profile(case))
    candidate = make_candidate(case, found.judged)
    frozen = case.tuned.threshold.value
    report["examples"] = examples(candidate.service, found.judged, found.scores, frozen)
    say("Comparing with the champion on the same rows.")
    report["champion"] = compare_with_champion(case, found.scores)
    report["changes"] = changes_since_champion(case, plain(report))
    verdict = ruling(report, found, case)
    report = plain(report | {"verdict": verdict.as_dict()})
    if verdict.decision == "promote":
        return Judgement(report, verdict)
    return Judgement(report, verdict, candidate.keep_refused(report, verdict))


def rescore(case: Case) -> Rescored:
    """Score the judged rows with the very bytes, and derive threshold and numbers anew."""
    contract, cleaned, tuned = case.contract, case.cleaned, case.tuned
    judged, middle = cleaned.rows("judged"), cleaned.rows("threshold")
    pipeline = unpickle_unverified(tuned.payload)
    scores, before = (
        on_one_thread(pipeline.predict_proba, rows.features)[:, 1] for rows in (judged, middle)
    )
    chosen = choose_threshold(before, middle.label, contract.policy, middle.sender)
    numbers = plain(
        evaluate(
            judged,
            scores,
            tuned.threshold,
            contract,
            entity=_column(cleaned.window("judged"), contract.evaluation.k_entity),
            earlier_senders=_earlier_senders(cleaned),
        )
    )
    numbers["leaks"] = plain(all_leaks(cleaned, judged, scores, contract))
    expected = {
        "model_digest": sha256(tuned.payload),
        "data_fingerprint": fingerprint(cleaned.frame),
        "contract_digest": contract_digest(contract),
        "threshold": chosen.value,
        "confusion": numbers["metrics"]["confusion"],
    }
    return Rescored(judged, scores, numbers, expected)


def ruling(
    report: Mapping[str, Any],
    found: Rescored,
    case: Case,
    proof: Mapping[str, Any] | None = None,
) -> Verdict:
    """The gate's verdict on a report, against what was rescored and what serves now."""
    current, policy = case.serving(), case.contract.policy
    production = None
    if current is not None:
        production = {"version": current.version, "as_of": standing_as_of(current)}
    return decide(report, policy, expected=found.expected, production=production, proof=proof)


def _column(frame: pd.DataFrame, name: str | None) -> np.ndarray | None:
    return frame[name].to_numpy() if name is not None and name in frame else None


def _earlier_senders(cleaned: CleanedFeatures) -> np.ndarray | None:
    """Senders seen before the judged window opened; None where there are none to know."""
    opened = cleaned.span("judged").start
    if SENDER not in cleaned.history or opened is None:
        return None
    before = cleaned.history[TIME] < opened
    return cleaned.history.loc[before, SENDER].dropna().unique()


def opening(case: Case, run_id: str) -> dict[str, Any]:
    """Everything that report.json knows before a row is scored."""
    contract, cleaned, tuned = case.contract, case.cleaned, case.tuned
    as_of = _as_of(cleaned)
    return {
        "format": FORMAT,
        "as_of": as_of,
        "contract": {
            "name": contract.name,
            "digest": contract_digest(contract),
            "owner": contract.owner,
            "description": contract.description,
            "currency": contract.columns.currency,
            "maturity_days": contract.label.maturity_days,
        },
        "model": {
            "family": tuned.family,
            "parameters": tuned.parameters,
            "digest": tuned.digest,
            "features": list(tuned.features),
            "training_samples": tuned.training_samples,
            "age_days": _age_days(cleaned),
        },
        "data": _data(cleaned),
        "search": tuned.search,
        "proof": None,
        "lineage": lineage(run_id, as_of, replayable=cleaned.as_of is not None),
    }


def _data(cleaned: CleanedFeatures) -> dict[str, Any]:
    return {
        "fingerprint": cleaned.fingerprint,
        "rows": cleaned.rows_read,
        "windows": [window.as_dict() for window in cleaned.windows],
        "time_respected": cleaned.time_respected,
        "newest": None if cleaned.newest is None else str(cleaned.newest)[:19],
        "quarantine": quarantine_section(cleaned.tally),
        "unseen": [*cleaned.notes, *UNSEEN],
    }


UNSEEN = (
    "Payments that were blocked before they were made have no label and are not judged here.",
    "A fraud that nobody reports within the label's maturity counts as legitimate.",
)


def _as_of(cleaned: CleanedFeatures) -> str:
    """The week's T; without event time the day of the run, so that weeks stay in order."""
    if cleaned.as_of is None:
        return datetime.now(UTC).date().isoformat()
    return str(cleaned.as_of.astype("datetime64[s]"))


def _age_days(cleaned: CleanedFeatures) -> float | None:
    """Days from the newest fitted row to T: how old the model is when it starts to serve."""
    fitted = cleaned.span("fit").end
    if cleaned.as_of is None or fitted is None:
        return None
    return float((cleaned.as_of - fitted) / np.timedelta64(1, "D"))
