"""The backtest as text: one line a week, promise beside outcome, the naive way beside both."""

from __future__ import annotations

from typing import Literal

from fraud_assets.documents.backtest.summary import Delivered
from fraud_assets.documents.backtest.week import BacktestWeek, NaiveWeek, WeekOutcome
from fraud_assets.documents.backtest.whole import Backtest
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.rates import Prediction, Rate
from fraud_assets.report import numbers

HEAD = (
    "week of",
    "verdict",
    "serves",
    "recall promised",
    "recall came",
    "precision promised",
    "precision came",
    "alerts came",
    "caught",
    "missed",
    "naive promised",
    "naive came",
    "naive precision",
)
DECISIONS = {"promote": "promoted", "refuse": "refused", "insufficient_evidence": "too little"}


def backtest_table(result: Backtest) -> str:
    """All weeks, then the summary's sentences."""
    currency = result.contract.currency
    rows = [HEAD, *(_row(week, currency) for week in result.weeks)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*(line.rstrip() for line in lines), "", *backtest_sentences(result)]).replace(
        numbers.SPACE, " "
    )


def backtest_sentences(result: Backtest) -> list[str]:
    """What the weeks say together."""
    summary, currency = result.summary, result.contract.currency
    decisions = ", ".join(
        f"{count} {DECISIONS.get(name, 'without a model')}"
        for name, count in summary.decisions.items()
    )
    lines = [f"{summary.weeks} weeks: {decisions}; {len(result.skipped)} without history."]
    if not summary.compared:
        return [*lines, "No week has both a model in production and labels that are in."]
    for name, side in (("Production", summary.ours), ("The naive way", summary.naive)):
        lines.append(
            f"{name} over {summary.compared} weeks with labels: recall "
            f"{numbers.rate_line(side.recall)}, precision {numbers.rate_line(side.precision)}, "
            f"alerts {numbers.percent(side.alert_rate.value)} of payments, caught "
            f"{numbers.money(side.amount_caught, currency)}, missed "
            f"{numbers.money(side.amount_missed, currency)}."
        )
        lines.append(f"{name}: the promise held for {_held(side)}.")
    return lines


def _held(side: Delivered) -> str:
    answers: dict[str, dict[str, int] | None] = to_plain(side.held)
    return ", ".join(
        f"{name.replace('_', ' ')} in {held['k']} of {held['n']}"
        for name, held in answers.items()
        if held is not None
    )


def _row(week: BacktestWeek, currency: str) -> tuple[str, ...]:
    naive = week.naive
    return (
        week.as_of,
        DECISIONS.get(week.verdict.decision, "no model") if week.verdict else "no model",
        week.production.version if week.production else "nothing",
        *_pair(week, "recall"),
        *_pair(week, "precision"),
        *_volume(week.outcome, currency),
        *(_pair(naive, "recall") if naive else ("", "")),
        numbers.percent(naive.outcome.precision.value) if naive and naive.outcome else "",
    )


def _pair(side: BacktestWeek | NaiveWeek, name: Literal["recall", "precision"]) -> tuple[str, str]:
    """A promise, and what came of it; empty where there is none."""
    promised, came = getattr(side.promise, name, None), getattr(side.outcome, name, None)
    return _range(promised), _came(came, getattr(side.held, name, None))


def _volume(came: WeekOutcome | None, currency: str) -> tuple[str, str, str]:
    if came is None:
        return "", "", ""
    return (
        numbers.percent(came.alert_rate.value),
        numbers.money(came.amount_caught, currency),
        numbers.money(came.amount_missed, currency),
    )


def _range(interval: Prediction | Rate | None) -> str:
    if interval is None:
        return ""
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f} %"


def _came(rate: Rate | None, held: bool | None) -> str:
    if rate is None or rate.value is None:
        return ""
    return f"{100 * rate.value:.1f} % of {rate.n}{' broken' if held is False else ''}"
