"""What the judged rows say: threshold, metrics, precision_at_k, evidence, cost, slices."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import Estimate, Interval, NonNegative, Rate


class Price(msgspec.Struct, frozen=True):
    """What one way to choose the threshold costs on the threshold rows."""

    way: str
    threshold: float
    recall: Rate
    precision: Rate
    alert_rate: Rate


class ThresholdEvidence(msgspec.Struct, frozen=True):
    """The frauds that chose the threshold: the threshold rows', and those of the weeks before.

    `earlier_fits` fits scored the earlier ones, each without the weeks that it scored; they lie
    from `earlier_since` on. The oldest `earlier_left_out` do not count, since they are caught more
    often than the newer ones; `earlier_count` says whether any do. All that count are worth
    `independent` ones, for frauds of one sender stand or fall together. Senders are None where
    nobody knows them.
    """

    frauds: NonNegative
    senders: NonNegative | None
    earlier_frauds: NonNegative
    earlier_senders: NonNegative | None
    earlier_since: str | None
    earlier_fits: NonNegative
    earlier_count: bool
    independent: NonNegative
    earlier_left_out: NonNegative | msgspec.UnsetType = msgspec.UNSET


class Threshold(msgspec.Struct, frozen=True):
    """A frozen threshold and what it rests on; a payment is flagged where score >= value.

    `recall` and `precision` are those of the `n` frauds, respectively the flagged rows, from
    which the threshold was chosen, and therefore no judgement of it. `prices` begin with the way
    that was taken. `evidence` are the frauds that chose it.
    """

    value: float
    rule: str
    aim: float | None
    confidence: float | None
    n: NonNegative
    recall: Rate
    precision: Rate
    sentence: str
    prices: tuple[Price, ...] | msgspec.UnsetType = msgspec.UNSET
    evidence: ThresholdEvidence | msgspec.UnsetType = msgspec.UNSET


class Confusion(msgspec.Struct, frozen=True):
    """Frauds caught and missed, legitimate payments flagged and let through."""

    tp: NonNegative
    fp: NonNegative
    fn: NonNegative
    tn: NonNegative


class ConfusionRates(msgspec.Struct, frozen=True):
    """The four rates at the threshold, and the counts that they follow from."""

    recall: Rate
    precision: Rate
    false_positive_rate: Rate
    alert_rate: Rate
    confusion: Confusion


class ClassRates(msgspec.Struct, frozen=True):
    """One line of scikit-learn's classification report."""

    precision: float
    recall: float
    f1_score: float = msgspec.field(name="f1-score")
    support: float


class ClassificationReport(msgspec.Struct, frozen=True):
    """scikit-learn's classification report, under its own names."""

    legitimate: ClassRates
    fraud: ClassRates
    accuracy: float
    macro_avg: ClassRates = msgspec.field(name="macro avg")
    weighted_avg: ClassRates = msgspec.field(name="weighted avg")


class RankingEstimates(msgspec.Struct, frozen=True):
    """How well the scores rank, and how far they lie from the labels."""

    roc_auc: Estimate
    average_precision: Estimate
    brier: Estimate


class Metrics(ConfusionRates, frozen=True):
    """Rates at the threshold, and how well the scores rank and mean what they say."""

    roc_auc: Estimate
    average_precision: Estimate
    brier: Estimate
    calibration_error: float
    classification_report: ClassificationReport


class PrecisionAtK(msgspec.Struct, frozen=True):
    """Of the k entities with the highest scores of a day, how many are frauds; n days.

    `ceiling` is what a model that knows all frauds would reach: no day has k of them.
    """

    entity: str
    k: NonNegative
    value: float | None
    low: float
    high: float
    n: NonNegative
    method: str
    ceiling: float | msgspec.UnsetType = msgspec.UNSET


class RecallEvidence(msgspec.Struct, frozen=True):
    """How sure the recall is: both lower bounds, and n as frauds and as fraud senders."""

    recall_low_exact: float
    recall_low_clustered: float
    confidence: float
    frauds: NonNegative
    fraud_senders: NonNegative
    method: str


class Cost(msgspec.Struct, frozen=True):
    """What the recall costs; None where rows have no time or no amount."""

    days: NonNegative | None
    alerts_per_day: float | None
    frauds_per_day: float | None
    amount_caught: float | None
    amount_missed: float | None
    share_of_amount_caught: float | None
    currency: str


class Slice(msgspec.Struct, frozen=True):
    """Rates of one level; no recall without frauds, no precision without alerts.

    `disparity` is its false-positive rate over that of all other payments: 2 means that its
    legitimate payers are stopped twice as often. None where either is 0 or unknown. Its interval
    is that of a ratio of two shares (Katz et al. 1978, doi:10.2307/2530610).
    """

    by: str
    level: str
    rows: NonNegative
    frauds: NonNegative
    recall: Rate | None
    precision: Rate | None
    alert_rate: Rate
    false_positive_rate: Rate | msgspec.UnsetType | None = msgspec.UNSET
    disparity: float | msgspec.UnsetType | None = msgspec.UNSET
    disparity_interval: Interval | msgspec.UnsetType | None = msgspec.UNSET
