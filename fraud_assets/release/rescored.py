"""What the bytes of a candidate really do: scores, threshold and numbers made anew, and judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud_assets.contract.load import contract_digest
from fraud_assets.data.cleaning import CleanedFeatures, data_fingerprint
from fraud_assets.data.columns import SENDER, TIME
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.leaks import LeaksSection
from fraud_assets.documents.report.proof import Proof
from fraud_assets.documents.report.whole import JudgedSections, Report
from fraud_assets.documents.verdict import Verdict
from fraud_assets.gate.decide import decide
from fraud_assets.gate.grounds import Expected, Serving
from fraud_assets.modelling.judging.evaluation import evaluate
from fraud_assets.modelling.judging.thresholds import choose_threshold
from fraud_assets.modelling.leaks import with_reached
from fraud_assets.modelling.tuned import TunedPipeline, sha256, unpickle_unverified
from fraud_assets.release.case import Case
from fraud_assets.release.leaks import leaks_in
from fraud_assets.release.once import MadeOnce
from fraud_assets.store.journal.moves import standing_as_of
from fraud_assets.work.threads import on_one_thread

_SCORES = MadeOnce[tuple[np.ndarray, ...]]()
_FINGERPRINT = MadeOnce[str]()


@dataclass(frozen=True)
class Rescored:
    """The judged rows with their scores (n,), and what follows from both."""

    judged: Rows
    scores: np.ndarray
    evaluation: JudgedSections
    leaks: LeaksSection
    expected: Expected


def rescore(case: Case) -> Rescored:
    """Score the judged rows with the very bytes, and derive threshold and numbers anew."""
    contract, cleaned, tuned = case.contract, case.cleaned, case.tuned
    judged, middle = cleaned.rows("judged"), cleaned.rows("threshold")
    scores, before = _SCORES.of(case.digest, lambda: _scored(tuned, judged, middle))
    chosen = choose_threshold(
        before,
        middle.label,
        contract.policy,
        middle.sender,
        earlier=tuned.earlier,
        not_scored=tuned.not_scored,
    )
    # The same threshold in the words of today's policy, whose ceilings may have changed since.
    frozen = chosen if chosen.value == tuned.threshold.value else tuned.threshold
    evaluation = evaluate(
        judged,
        scores,
        frozen,
        contract,
        entity=_column(cleaned.window("judged"), contract.evaluation.k_entity),
        earlier_senders=_earlier_senders(cleaned),
    )
    expected = Expected(
        model_digest=sha256(tuned.payload),
        data_fingerprint=_FINGERPRINT.of(
            case.rows_digest, lambda: data_fingerprint(cleaned.frame, cleaned.earlier)
        ),
        contract_digest=contract_digest(contract),
        threshold=chosen.value,
        confusion=evaluation.metrics.confusion,
    )
    leaks = leaks_in(cleaned, contract, case.rows_digest)
    leaks = with_reached(leaks, judged, scores, contract)
    return Rescored(judged, scores, evaluation, leaks, expected)


def _scored(tuned: TunedPipeline, *parts: Rows) -> tuple[np.ndarray, ...]:
    """Probabilities of fraud of each part's rows by the tuned pipeline's very bytes."""
    pipeline = unpickle_unverified(tuned.payload)
    return tuple(on_one_thread(pipeline.predict_proba, rows.features)[:, 1] for rows in parts)


def ruling(report: Report, found: Rescored, case: Case, proof: Proof | None = None) -> Verdict:
    """The gate's verdict on a report, against what was rescored and what serves now."""
    now = case.serving()
    production = None if now is None else Serving(now.version, standing_as_of(now))
    return decide(
        report,
        case.contract.policy,
        expected=found.expected,
        production=production,
        proof=proof,
    )


def _column(frame: pd.DataFrame, name: str | None) -> np.ndarray | None:
    return frame[name].to_numpy() if name is not None and name in frame else None


def _earlier_senders(cleaned: CleanedFeatures) -> np.ndarray | None:
    """Senders seen before the judged window opened; None where there are none to know."""
    opened = cleaned.span("judged").start
    if SENDER not in cleaned.history or opened is None:
        return None
    before = cleaned.history[TIME] < opened
    return cleaned.history.loc[before, SENDER].dropna().unique()
