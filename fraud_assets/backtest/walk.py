"""From each week's model to who serves: verdicts in order, promise and outcome of each week.

The gate is the chain's own, its champion the backtest's production so far. A champion is
compared only on rows after those that its own threshold was chosen on.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fraud_assets.backtest.finished import FinishedWeek, TrainedModel
from fraud_assets.backtest.history import WEEK, BacktestHistory, coming_week
from fraud_assets.backtest.promise import held, outcome, promise
from fraud_assets.data.rows import Rows
from fraud_assets.documents.backtest.week import (
    BacktestWeek,
    NaiveWeek,
    Promise,
    PromisesHeld,
    ServingWeek,
    WeekModel,
    WeekOutcome,
    WeekShares,
    WeekVerdict,
)
from fraud_assets.documents.verdict import Verdict
from fraud_assets.gate.decide import decide
from fraud_assets.gate.grounds import Serving
from fraud_assets.gate.past import PastWeek, Rival
from fraud_assets.gate.registry import gate_rules


@dataclass(frozen=True)
class WeekCandidate:
    """A week's model with its scores, under the date of its week."""

    version: str
    model: TrainedModel
    week: FinishedWeek

    def scores(self, evidence: JudgedWeek) -> np.ndarray:
        """Its scores (n,) of rows that lie after those of its threshold."""
        found: np.ndarray = self.week.arrays["scores"][evidence.positions - self.model.first]
        return found


@dataclass
class Promotions:
    """Promoted candidates in order; the last one serves."""

    promoted: list[WeekCandidate] = field(default_factory=list)

    @property
    def serving(self) -> WeekCandidate | None:
        """What serves now."""
        return self.promoted[-1] if self.promoted else None


@dataclass(frozen=True)
class JudgedWeek:
    """The judged rows of a week: their positions in history and what was known of them."""

    positions: np.ndarray
    rows: Rows
    weeks: float

    def since(self, first: int) -> JudgedWeek:
        """Only the rows from a position on."""
        after = self.positions >= first
        share = float(after.mean()) if len(after) else 1.0
        return JudgedWeek(self.positions[after], self.rows.take(after), self.weeks * share)


@dataclass(frozen=True)
class ServedWeek:
    """What serves after a week's verdict, what it promised, and what came."""

    serves: ServingWeek | None = None
    promise: Promise | None = None
    outcome: WeekOutcome | None = None
    held: PromisesHeld | None = None


Coming = tuple[np.ndarray, Rows] | None
"""Positions and rows of the seven days after a Monday; None while their labels are not in."""


def walk(history: BacktestHistory, weeks: list[FinishedWeek]) -> tuple[BacktestWeek, ...]:
    """One record for each week, in order of time."""
    promotions = Promotions()
    return tuple(_step(history, week, promotions) for week in weeks)


def _step(history: BacktestHistory, finished: FinishedWeek, promotions: Promotions) -> BacktestWeek:
    week, model = finished.week, finished.week.model
    as_of, version = np.datetime64(week.as_of), week.as_of[:10]
    evidence = verdict = None
    if model is not None:
        candidate = WeekCandidate(version, model, finished)
        evidence = _evidence(history, finished, as_of)
        verdict = _verdict(history, candidate, evidence, promotions)
        if verdict.decision == "promote":
            promotions.promoted.append(candidate)
    coming = coming_week(history, as_of)
    ours = _ours(history, promotions.serving, evidence, coming)
    return BacktestWeek(
        as_of=version,
        model=None if model is None else WeekModel(model.family, model.parameters, model.searched),
        verdict=None if verdict is None else _told(verdict),
        judged=None if model is None else _judged(model),
        why=week.why,
        production=ours.serves,
        promise=ours.promise,
        outcome=ours.outcome,
        held=ours.held,
        naive=None if model is None else _naive(history, model, finished, coming),
    )


def _told(verdict: Verdict) -> WeekVerdict:
    failed = tuple(finding.name for finding in verdict.failed)
    return WeekVerdict(verdict.decision, verdict.sentence, failed)


def _judged(model: TrainedModel) -> WeekShares:
    metrics = model.report.metrics
    return WeekShares(metrics.recall, metrics.precision, metrics.alert_rate)


def _evidence(history: BacktestHistory, week: FinishedWeek, as_of: np.datetime64) -> JudgedWeek:
    positions = week.arrays["judged"]
    span = history.times[positions[-1]] - history.times[positions[0]]
    return JudgedWeek(positions, history.rows(positions, as_of), max(float(span / WEEK), 1 / 7))


def _verdict(
    history: BacktestHistory, candidate: WeekCandidate, evidence: JudgedWeek, promotions: Promotions
) -> Verdict:
    policy, serving = history.contract.policy, promotions.serving
    current, rivals = None, []
    if serving is not None:
        current = Serving(serving.version, serving.model.report.as_of)
        last = promotions.promoted[-policy.champion_lookback : -1]
        rivals = [_rival(candidate, earlier, evidence) for earlier in (serving, *last)]
    past = PastWeek(policy, rivals[0] if rivals else None, tuple(rivals[1:]))
    report = candidate.model.report
    for rule in gate_rules():
        report = report if rule.fill is None else rule.fill(report, past)
    return decide(report, policy, expected=candidate.model.expected, production=current)


def _rival(candidate: WeekCandidate, earlier: WeekCandidate, evidence: JudgedWeek) -> Rival:
    """An earlier model on the rows after those that its own threshold was chosen on."""
    shared = evidence.since(earlier.model.first)
    return Rival(earlier.version, shared.rows, candidate.scores(shared), earlier.scores(shared))


def _ours(
    history: BacktestHistory,
    serving: WeekCandidate | None,
    evidence: JudgedWeek | None,
    coming: Coming,
) -> ServedWeek:
    """Production, its promise from this week's evidence, and what the coming week brought."""
    if serving is None:
        return ServedWeek()
    model, promised, came = serving.model, None, None
    if evidence is not None:
        unseen = evidence.since(model.first)
        flagged = serving.scores(unseen) >= model.threshold
        promised = promise(unseen.rows, flagged, unseen.weeks)
    if coming is not None and coming[1].frauds:
        positions, rows = coming
        flagged = serving.week.arrays["scores"][positions - model.first] >= model.threshold
        came = outcome(rows, flagged, history.contract.columns.currency)
    return ServedWeek(
        ServingWeek(serving.version, model.family),
        promised,
        came,
        held(promised, came) if promised and came else None,
    )


def _naive(
    history: BacktestHistory, model: TrainedModel, week: FinishedWeek, coming: Coming
) -> NaiveWeek:
    naive, came = model.naive, None
    if coming is not None and coming[1].frauds:
        flagged = week.arrays["naive"] >= naive.threshold
        came = outcome(coming[1], flagged, history.contract.columns.currency)
    return NaiveWeek(naive.shares, came, held(naive.shares, came) if came else None)
