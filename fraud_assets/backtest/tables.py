"""The backtest as text of 80 columns: promise beside outcome, and the naive way below them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Literal

from fraud_assets.documents.backtest.summary import Delivered
from fraud_assets.documents.backtest.week import BacktestWeek, NaiveWeek
from fraud_assets.documents.backtest.whole import Backtest
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.rates import Prediction, Rate
from fraud_assets.report import numbers
from fraud_assets.values.counted import counted

WIDTH = 80
_PROMISES = ("week of", "recall promised", "came", "precision promised", "came")
_NAIVE = ("week of", "recall promised", "came", "precision")
_PERCENT = f"{numbers.SPACE} %"
DECISIONS = {"promote": "promoted", "refuse": "refused", "insufficient_evidence": "too little"}


def backtest_table(result: Backtest) -> str:
    """Three tables of all weeks within 80 columns, then the summary's sentences."""
    currency = result.contract.currency
    parts = [
        [("week of", "verdict", "serves", "alerts", "caught", "missed"), *_served(result)],
        [_PROMISES, *(_promises(week) for week in result.weeks)],
        [_NAIVE, *(_naive(week) for week in result.weeks)],
    ]
    titles = (
        f"What served, its alerts in % of payments, and frauds by amount, {currency}".rstrip(", "),
        "What it promised and what came, in % (n in brackets; * broken)",
        "What the naive way promised and what came",
    )
    blocks = [
        "\n".join([f"{title}:", *_aligned(rows)]) for title, rows in zip(titles, parts, strict=True)
    ]
    said = [line.replace(numbers.SPACE, " ") for line in backtest_sentences(result)]
    return "\n\n".join([*blocks, "\n".join(map(_wrapped, said))])


def _wrapped(sentence: str) -> str:
    return textwrap.fill(sentence, WIDTH, break_long_words=False, break_on_hyphens=False)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines of a table, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def backtest_sentences(result: Backtest) -> list[str]:
    """What the weeks say together."""
    summary, currency = result.summary, result.contract.currency
    decisions = ", ".join(
        f"{count} {DECISIONS.get(name, 'without a model')}"
        for name, count in summary.decisions.items()
    )
    lines = [
        f"{counted(summary.weeks, 'week')}: {decisions}; {len(result.skipped)} without history."
    ]
    if not summary.compared:
        return [*lines, "No week has both a model in production and labels that are in."]
    for name, side in (("Production", summary.ours), ("The naive way", summary.naive)):
        lines.append(
            f"{name} over {counted(summary.compared, 'week')} with labels: recall "
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


def _served(result: Backtest) -> Iterator[tuple[str, ...]]:
    for week in result.weeks:
        came = week.outcome
        yield (
            week.as_of,
            DECISIONS.get(week.verdict.decision, "no model") if week.verdict else "no model",
            week.production.version if week.production else "nothing",
            "" if came is None else numbers.percent(came.alert_rate.value).rstrip(_PERCENT),
            "" if came is None else numbers.money(came.amount_caught, "").strip(),
            "" if came is None else numbers.money(came.amount_missed, "").strip(),
        )


def _promises(week: BacktestWeek) -> tuple[str, ...]:
    return (week.as_of, *_pair(week, "recall"), *_pair(week, "precision"))


def _naive(week: BacktestWeek) -> tuple[str, ...]:
    naive = week.naive
    if naive is None:
        return (week.as_of, "", "", "")
    came = naive.outcome
    precision = "" if came is None else numbers.percent(came.precision.value).rstrip(_PERCENT)
    return (week.as_of, *_pair(naive, "recall"), precision)


def _pair(side: BacktestWeek | NaiveWeek, name: Literal["recall", "precision"]) -> tuple[str, str]:
    """A promise, and what came of it; empty where there is none."""
    promised, came = getattr(side.promise, name, None), getattr(side.outcome, name, None)
    return _range(promised), _came(came, getattr(side.held, name, None))


def _range(interval: Prediction | Rate | None) -> str:
    return "" if interval is None else f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"


def _came(rate: Rate | None, held: bool | None) -> str:
    if rate is None or rate.value is None:
        return ""
    return f"{100 * rate.value:.1f} ({rate.n}){' *' if held is False else ''}"
