"""What all weeks say together: how often promises held, and what was delivered overall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from fraud_assets.documents.backtest.summary import BacktestSummary, Delivered, HeldShares
from fraud_assets.documents.backtest.week import BacktestWeek, PromisesHeld, WeekOutcome
from fraud_assets.documents.rates import Rate
from fraud_assets.modelling.statistics.intervals import rate

Compared = tuple[WeekOutcome, PromisesHeld | None]
"""What came of a week, and which of its promises held."""


def summary(weeks: Sequence[BacktestWeek], currency: str) -> BacktestSummary:
    """Counts of verdicts, and for production and the naive way what was promised and came."""
    decisions = Counter(week.verdict.decision if week.verdict else "no_model" for week in weeks)
    # Both ways are summed over the same weeks, or the comparison would be one of weeks.
    both = [
        ((week.outcome, week.held), (week.naive.outcome, week.naive.held))
        for week in weeks
        if week.outcome is not None and week.naive is not None and week.naive.outcome is not None
    ]
    return BacktestSummary(
        weeks=len(weeks),
        decisions=dict(sorted(decisions.items())),
        compared=len(both),
        ours=_delivered([ours for ours, _ in both], currency),
        naive=_delivered([naive for _, naive in both], currency),
    )


def _delivered(weeks: Sequence[Compared], currency: str) -> Delivered:
    outcomes = [came for came, _ in weeks]
    answers = [held for _, held in weeks if held is not None]
    return Delivered(
        recall=_pooled(came.recall for came in outcomes),
        precision=_pooled(came.precision for came in outcomes),
        alert_rate=_pooled(came.alert_rate for came in outcomes),
        amount_caught=_total(came.amount_caught for came in outcomes),
        amount_missed=_total(came.amount_missed for came in outcomes),
        alerts=sum(came.alerts for came in outcomes),
        currency=currency,
        held=HeldShares(
            recall=_share(held.recall for held in answers),
            precision=_share(held.precision for held in answers),
            alert_rate=_share(held.alert_rate for held in answers),
            amount_caught=_share(held.amount_caught for held in answers),
        ),
    )


def _pooled(rates: Iterable[Rate]) -> Rate:
    counted = [(one.k, one.n) for one in rates]
    return rate(sum(k for k, _ in counted), sum(n for _, n in counted))


def _total(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _share(answers: Iterable[bool | None]) -> Rate | None:
    """Share of the weeks in which a promise held, of those in which there was one."""
    given = [answer for answer in answers if answer is not None]
    return rate(sum(given), len(given)) if given else None
