from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    precision_score,
    recall_score,
    roc_auc_score,
)

from fraud_assets.contract import load_contract
from fraud_assets.documents.report.curves import RocPoint
from fraud_assets.documents.report.data import WindowSection
from fraud_assets.documents.report.judged import Confusion
from fraud_assets.documents.report.whole import JudgedSections, read_report
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.gate.decide import decide
from fraud_assets.modelling.judging.evaluation import evaluate
from fraud_assets.modelling.judging.thresholds import choose_threshold
from fraud_assets.modelling.statistics.intervals import clustered_lower_bound
from tests.documents.published import published_by
from tests.modelling.judged_rows import judged_week
from tests.plain import plain_json

CONTRACT = load_contract("crypto_gateway")
JUDGED, SCORES = judged_week()
THRESHOLD = choose_threshold(judged_week(seed=1)[1], judged_week(seed=1)[0].label, CONTRACT.policy)
FLAGGED = THRESHOLD.value <= SCORES


@pytest.fixture(scope="module")
def found() -> JudgedSections:
    return evaluate(
        JUDGED, SCORES, THRESHOLD, CONTRACT, earlier_senders=np.array(["s1", "s2", "s3", None])
    )


def test_metrics_equal_scikit_learns(found: JudgedSections) -> None:
    """Every metric at the frozen threshold is what scikit-learn computes from the same rows."""
    metrics, label = found.metrics, JUDGED.label
    assert metrics.recall.value == pytest.approx(recall_score(label, FLAGGED))
    assert metrics.precision.value == pytest.approx(precision_score(label, FLAGGED))
    tn, fp, fn, tp = confusion_matrix(label, FLAGGED).ravel()
    assert metrics.confusion == Confusion(tp, fp, fn, tn)
    assert metrics.false_positive_rate.value == fp / (fp + tn)
    assert metrics.alert_rate.value == FLAGGED.mean()
    assert metrics.roc_auc.value == pytest.approx(roc_auc_score(label, SCORES))
    assert metrics.average_precision.value == pytest.approx(average_precision_score(label, SCORES))
    assert metrics.brier.value == pytest.approx(brier_score_loss(label, SCORES))
    for name in ("roc_auc", "average_precision", "brier"):
        estimate = getattr(metrics, name)
        assert estimate.low < estimate.value < estimate.high
        assert estimate.n == 4000
    assert metrics.classification_report.fraud.recall == metrics.recall.value


def test_the_judgement_is_plain_json_and_the_same_each_time(found: JudgedSections) -> None:
    """No NaN, no numpy type that JSON refuses, and not a bit of chance between two calls."""
    again = evaluate(
        JUDGED, SCORES, THRESHOLD, CONTRACT, earlier_senders=np.array(["s1", "s2", "s3", None])
    )
    assert plain_json(found) == plain_json(again)


def test_the_gate_reads_the_judgement_without_contradiction(found: JudgedSections) -> None:
    """What is computed here is what the gate derives again from the counts."""
    old = read_report(next(iter(published_by("d2ae1cc").values())).report)
    window = WindowSection("judged", None, None, 4000, 200)
    data = msgspec.structs.replace(old.data, windows=(window,))
    report = msgspec.structs.replace(old, data=data, **msgspec.structs.asdict(found))
    rules = {rule.name: rule for rule in decide(report, CONTRACT.policy).rules}
    assert rules["finite_numbers"].passed, rules["finite_numbers"].sentence
    assert rules["numbers_agree"].passed, rules["numbers_agree"].sentence


def test_evidence_counts_frauds_and_their_senders(found: JudgedSections) -> None:
    """Both bounds lie below the recall, the clustered one below the exact one."""
    evidence, fraud = found.evidence, JUDGED.label == 1
    assert evidence.frauds == 200
    assert evidence.fraud_senders == len(set(JUDGED.sender[fraud]))
    bound = clustered_lower_bound(FLAGGED[fraud], JUDGED.sender[fraud].astype(str))
    assert evidence.recall_low_clustered == pytest.approx(bound)
    low = evidence.recall_low_clustered, evidence.recall_low_exact
    assert low[0] <= low[1] < found.metrics.recall.value


def test_cost_is_told_in_alerts_and_money(found: JudgedSections) -> None:
    """Alerts a day over whole days; caught and missed add up to all fraud, missing as 0."""
    cost, fraud = found.cost, JUDGED.label == 1
    assert cost.days == 21
    assert cost.alerts_per_day == pytest.approx(FLAGGED.sum() / 21)
    total = np.nansum(JUDGED.amount[fraud])
    assert cost.amount_caught + cost.amount_missed == pytest.approx(total)
    assert cost.share_of_amount_caught == pytest.approx(cost.amount_caught / total)


def test_curves_hold_the_frozen_point_and_the_corners(found: JudgedSections) -> None:
    """Curves are monotone, in the unit square, and their rates those at the thresholds told."""
    curves = found.curves
    for point in curves.precision_recall:
        flagged = point.threshold <= SCORES
        assert point.recall == pytest.approx(recall_score(JUDGED.label, flagged))
        assert point.precision == pytest.approx(precision_score(JUDGED.label, flagged))
        assert point.precision_low <= point.precision <= point.precision_high <= 1
    assert curves.roc[0] == RocPoint(fpr=0.0, tpr=0.0)
    assert curves.roc[-1] == RocPoint(fpr=1.0, tpr=1.0)
    fpr, tpr = (np.array([getattr(p, name) for p in curves.roc]) for name in ("fpr", "tpr"))
    assert (np.diff(fpr) >= 0).all()
    assert (np.diff(tpr) >= 0).all()
    assert np.trapezoid(tpr, fpr) == pytest.approx(roc_auc_score(JUDGED.label, SCORES), abs=1e-3)
    histogram = curves.scores
    assert sum(histogram.fraud) == 200
    assert sum(histogram.legitimate) == 3800


def test_reliability_equals_scikit_learns_in_one_bin(found: JudgedSections) -> None:
    """The bins hold all rows; a bin's numbers are those of scikit-learn's calibration curve."""
    bins = found.curves.reliability
    assert sum(b.observed.n for b in bins) == 4000
    last = next(b for b in bins if b.low == 0.5)
    inside = (SCORES >= 0.5) & (SCORES < 0.7)
    observed, predicted = calibration_curve(JUDGED.label[inside], SCORES[inside], n_bins=1)
    assert last.observed.value == pytest.approx(observed[0])
    assert last.mean_predicted == pytest.approx(predicted[0])
    gaps = [b.observed.n * abs(b.mean_predicted - b.observed.value) for b in bins]
    assert found.metrics.calibration_error == pytest.approx(sum(gaps) / 4000)


def test_weeks_add_up_to_the_whole(found: JudgedSections) -> None:
    """Three weeks of seven days each from the first judged day."""
    weeks = found.curves.weekly
    assert [week.week for week in weeks] == ["2026-03-02", "2026-03-09", "2026-03-16"]
    assert sum(week.recall.n for week in weeks) == 200
    assert sum(week.alert_rate.k for week in weeks) == FLAGGED.sum()


def test_slices_partition_the_rows_worst_recall_first(found: JudgedSections) -> None:
    """Each dimension holds every row once; the lowest recall stands first."""
    slices = found.slices
    for by in ("chain", "amount_band", "sender"):
        parts = [part for part in slices if part.by == by]
        assert sum(part.rows for part in parts) == 4000
        assert sum(part.frauds for part in parts) == 200
        assert sum(part.alert_rate.k for part in parts) == FLAGGED.sum()
    recalls = [part.recall.value for part in slices if part.recall]
    assert recalls == sorted(recalls)
    levels = {part.level for part in slices if part.by == "chain"}
    assert levels == {"ETH", "BTC", "SOL", "unknown"}
    known = next(p for p in slices if p.by == "sender" and p.level == "known")
    assert known.rows == np.isin(JUDGED.sender.astype(str), ["s1", "s2", "s3"]).sum()


def test_without_time_sender_and_amount_the_rest_is_still_told() -> None:
    """A team without these columns gets everything that does not need them."""
    bare = replace(JUDGED, time=None, sender=None, amount=None)
    found = evaluate(bare, SCORES, THRESHOLD, CONTRACT)
    assert found.precision_at_k == ()
    assert found.curves.weekly == ()
    assert found.cost.alerts_per_day is None
    assert found.cost.amount_caught is None
    assert found.evidence.fraud_senders == found.evidence.frauds
    assert found.evidence.recall_low_clustered == found.evidence.recall_low_exact
    plain_json(found)


@pytest.mark.parametrize("scores", [np.zeros(4000), np.ones(4000)])
def test_constant_scores_are_judged_without_a_fault(scores: np.ndarray) -> None:
    """A model that says the same of everybody: undefined rates are None, all else is finite."""
    found = evaluate(JUDGED, scores, THRESHOLD, CONTRACT)
    assert found.metrics.roc_auc.value == 0.5
    plain_json(found)


def test_rows_that_cannot_be_judged_end_in_a_sentence() -> None:
    """NaN scores, and windows without frauds, are named."""
    broken = SCORES.copy()
    broken[7] = np.nan
    with pytest.raises(DataError, match="3999 for 4000 rows"):
        evaluate(JUDGED, broken, THRESHOLD, CONTRACT)
    clean = replace(JUDGED, label=np.zeros(4000, dtype="int8"))
    with pytest.raises(InsufficientEvidenceError, match="0 frauds among 4000"):
        evaluate(clean, SCORES, THRESHOLD, CONTRACT)
