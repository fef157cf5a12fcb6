"""One week of a backtest: its model and verdict, what was promised, and what came."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import NonNegative, Prediction, Rate
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.documents.verdict import VerdictDecision


class WeekModel(msgspec.Struct, frozen=True):
    """The week's candidate; `searched` or refitted with what an earlier week's search chose."""

    family: str
    parameters: Parameters
    searched: bool


class WeekVerdict(msgspec.Struct, frozen=True):
    """What the gate decided, why in a sentence, and the names of the rules that failed."""

    decision: VerdictDecision
    sentence: str
    failed: tuple[str, ...]


class ServingWeek(msgspec.Struct, frozen=True):
    """Whose model serves after the verdict: the date of its week, and its family."""

    version: str
    family: str


class WeekShares(msgspec.Struct, frozen=True):
    """The three shares at a threshold, each with its interval and n."""

    recall: Rate
    precision: Rate
    alert_rate: Rate


class AmountPrediction(msgspec.Struct, frozen=True):
    """The interval for an amount of the coming week; n senders were caught in the judged ones."""

    value: float
    low: float
    high: float
    n: NonNegative
    method: str


class Promise(msgspec.Struct, frozen=True):
    """Prediction intervals for the seven days to come; no amount where rows have none."""

    recall: Prediction
    precision: Prediction
    alert_rate: Prediction
    amount_caught: AmountPrediction | None


class WeekOutcome(msgspec.Struct, frozen=True):
    """What a model did in the seven days, by the labels that are in."""

    recall: Rate
    precision: Rate
    alert_rate: Rate
    amount_caught: float | None
    amount_missed: float | None
    rows: NonNegative
    frauds: NonNegative
    alerts: NonNegative


class PromisesHeld(msgspec.Struct, frozen=True):
    """For each promise whether the outcome lies in it; None where either is missing."""

    recall: bool | None
    precision: bool | None
    alert_rate: bool | None
    amount_caught: bool | None


class NaiveWeek(msgspec.Struct, frozen=True):
    """The naive way in the same week: what its own test rows showed, and what came."""

    promise: WeekShares
    outcome: WeekOutcome | None
    held: PromisesHeld | None


class BacktestWeek(msgspec.Struct, frozen=True, kw_only=True):
    """One week in which the windows fit.

    `model`, `verdict`, `judged` and `naive` are None where no model could be made, and `why`
    says it; `production` and `promise` where nothing serves; `outcome` and `held` also while the
    labels of the seven days are not in.
    """

    as_of: str
    model: WeekModel | None
    verdict: WeekVerdict | None
    judged: WeekShares | None
    why: str | None
    production: ServingWeek | None
    promise: Promise | None
    outcome: WeekOutcome | None
    held: PromisesHeld | None
    naive: NaiveWeek | None
