"""The judgement of a frozen threshold on rows that nothing was chosen on.

The same input gives the same output, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from sklearn.metrics import classification_report

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.curves import Curves, ReliabilityBin
from fraud_assets.documents.report.judged import (
    ClassificationReport,
    Confusion,
    ConfusionRates,
    Cost,
    Metrics,
    PrecisionAtK,
    RankingEstimates,
    RecallEvidence,
    Threshold,
)
from fraud_assets.documents.report.whole import JudgedSections
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.modelling.judging.operating import operating_points
from fraud_assets.modelling.judging.slices import slice_rates
from fraud_assets.modelling.statistics import curves
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.entities import daily_alerts, precision_at_k
from fraud_assets.modelling.statistics.intervals import (
    cluster_codes,
    clustered_lower_bound,
    lower_bound,
    rate,
)
from fraud_assets.modelling.statistics.ranking import Ranking

EVIDENCE_METHOD = (
    "Clopper-Pearson, one-sided; clustered by sender on the effective sample size "
    "(Korn and Graubard 1998)"
)
DAY = np.timedelta64(1, "D")


def evaluate(
    judged: Rows,
    scores: np.ndarray,
    threshold: Threshold,
    contract: Contract,
    *,
    entity: np.ndarray | None = None,
    earlier_senders: np.ndarray | None = None,
    seed: int = 0,
) -> JudgedSections:
    """Everything that the judged rows say about `scores` (n,) at a frozen threshold.

    Parameters
    ----------
    judged, scores
        The judged rows and their fraud probabilities.
    threshold
        Frozen before these rows were looked at.
    entity
        Entity (n,) for precision at k where `evaluation.k_entity` is not the sender.
    earlier_senders
        Senders of the rows before the judged window; without them new and known senders are
        not told apart.

    Raises
    ------
    InsufficientEvidenceError
        If the judged rows lack frauds or legitimate rows.
    DataError
        If a score is missing or not finite.
    """
    scores = np.asarray(scores, dtype=np.float64)
    _refuse_unusable(judged, scores)
    flagged = scores >= threshold.value
    bins = curves.reliability(scores, judged.label)
    spent = cost(judged, flagged, contract.columns.currency)
    return JudgedSections(
        threshold=threshold,
        metrics=_metrics(judged, scores, flagged, bins, seed),
        precision_at_k=_precision_at_k(judged, scores, flagged, contract, entity),
        evidence=recall_evidence(judged, flagged, contract),
        cost=spent,
        operating=operating_points(judged, scores, spent.days, seed),
        curves=Curves(
            precision_recall=curves.precision_recall(scores, judged.label),
            roc=curves.roc(scores, judged.label),
            reliability=bins,
            scores=curves.score_histogram(scores, judged.label),
            weekly=curves.weekly(flagged, judged.label, judged.time),
        ),
        slices=slice_rates(judged, flagged, contract, earlier_senders),
    )


def _metrics(
    judged: Rows, scores: np.ndarray, flagged: np.ndarray, bins: Sequence[ReliabilityBin], seed: int
) -> Metrics:
    return Metrics(
        **msgspec.structs.asdict(confusion_rates(judged.label, flagged)),
        **msgspec.structs.asdict(ranking_estimates(judged, scores, seed)),
        calibration_error=curves.calibration_error(bins),
        classification_report=_classification(judged.label, flagged),
    )


def confusion_rates(labels: np.ndarray, flagged: np.ndarray) -> ConfusionRates:
    """The four rates with intervals, and the counts that they follow from."""
    fraud = labels == 1
    tp, fp = int((fraud & flagged).sum()), int((~fraud & flagged).sum())
    fn, tn = int((fraud & ~flagged).sum()), int((~fraud & ~flagged).sum())
    return ConfusionRates(
        recall=rate(tp, tp + fn),
        precision=rate(tp, tp + fp),
        false_positive_rate=rate(fp, fp + tn),
        alert_rate=rate(tp + fp, len(labels)),
        confusion=Confusion(tp, fp, fn, tn),
    )


def ranking_estimates(judged: Rows, scores: np.ndarray, seed: int = 0) -> RankingEstimates:
    """ROC-AUC, average precision and Brier score with intervals clustered by sender."""
    ranking = Ranking.of(scores, judged.label)
    squares = (scores - (judged.label == 1)) ** 2

    def statistic(weights: np.ndarray) -> tuple[float, ...]:
        return *ranking.measure(weights), float(np.sum(weights * squares) / np.sum(weights))

    clusters = cluster_codes(judged.sender, len(judged))
    drawn = bootstrap(statistic, clusters, seed)
    values = statistic(np.ones(len(judged)))
    return RankingEstimates(
        *(percentile_estimate(value, drawn[:, i], len(judged)) for i, value in enumerate(values))
    )


def recall_evidence(judged: Rows, flagged: np.ndarray, contract: Contract) -> RecallEvidence:
    """How sure the recall is: both lower bounds, and n as frauds and as fraud senders."""
    fraud = judged.label == 1
    confidence = contract.policy.threshold.confidence
    hits, clusters = flagged[fraud], cluster_codes(judged.sender, len(judged))[fraud]
    exact = lower_bound(int(hits.sum()), len(hits), confidence)
    return RecallEvidence(
        recall_low_exact=exact,
        recall_low_clustered=min(exact, clustered_lower_bound(hits, clusters, confidence)),
        confidence=confidence,
        frauds=len(hits),
        fraud_senders=len(np.unique(clusters)),
        method=EVIDENCE_METHOD,
    )


def cost(judged: Rows, flagged: np.ndarray, currency: str) -> Cost:
    """What the recall costs: alerts a day, and the fraud amount caught and missed.

    Days run from midnight before the first judged row to midnight after the last. None where
    rows have no time or no amount; a payment without an amount counts as 0.
    """
    fraud = judged.label == 1
    days = None if judged.time is None else _days(judged.time)
    caught = missed = share = None
    if judged.amount is not None:
        amount = np.nan_to_num(np.asarray(judged.amount, dtype=np.float64))
        caught = float(amount[fraud & flagged].sum())
        missed = float(amount[fraud & ~flagged].sum())
        share = caught / (caught + missed) if caught + missed > 0 else None
    return Cost(
        days=days,
        alerts_per_day=float(flagged.sum() / days) if days else None,
        frauds_per_day=float(fraud.sum() / days) if days else None,
        amount_caught=caught,
        amount_missed=missed,
        share_of_amount_caught=share,
        currency=currency,
    )


def _days(time: np.ndarray) -> int:
    first, last = time.min().astype("datetime64[D]"), time.max().astype("datetime64[D]")
    return int((last - first) / DAY) + 1


def _classification(labels: np.ndarray, flagged: np.ndarray) -> ClassificationReport:
    report = classification_report(
        labels,
        flagged.astype(labels.dtype),
        labels=[0, 1],
        target_names=["legitimate", "fraud"],
        output_dict=True,
        zero_division=0.0,
    )
    return msgspec.convert(report, ClassificationReport)


def _precision_at_k(
    judged: Rows,
    scores: np.ndarray,
    flagged: np.ndarray,
    contract: Contract,
    entity: np.ndarray | None,
) -> tuple[PrecisionAtK, ...]:
    """For each k of the contract, and for as many as the threshold itself flags on a day."""
    name = contract.evaluation.k_entity or contract.columns.sender
    if entity is None:
        if name == contract.columns.sender:
            entity = judged.sender
        elif name in judged.features:
            entity = judged.features[name].to_numpy()
    if entity is None or judged.time is None:
        return ()
    return tuple(
        precision_at_k(scores, judged.label, judged.time, entity, k, name=str(name))
        for k in sorted({*contract.evaluation.k, daily_alerts(flagged, judged.time, entity)})
    )


def _refuse_unusable(judged: Rows, scores: np.ndarray) -> None:
    if scores.shape != judged.label.shape or not np.isfinite(scores).all():
        raise DataError(
            "Every judged row must have one finite score, got "
            f"{int(np.isfinite(scores).sum())} for {len(judged)} rows; "
            "refit the model and look at its inputs."
        )
    if not 0 < judged.frauds < len(judged):
        raise InsufficientEvidenceError(
            "The judged rows must hold frauds and legitimate payments, got "
            f"{judged.frauds} frauds among {len(judged)} rows; lengthen the judged "
            "window in [windows]."
        )
