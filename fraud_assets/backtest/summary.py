"""What all weeks say together: how often promises held, and what was delivered overall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fraud_assets.backtest.promise import AMOUNT, RATES
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.statistics.intervals import rate

Week = Mapping[str, Any]


def summary(weeks: Sequence[Week], currency: str) -> dict[str, Any]:
    """Counts of verdicts, and for production and the naive way what was promised and came."""
    decisions = Counter(str((week["verdict"] or {}).get("decision", "no_model")) for week in weeks)
    naive = [week["naive"] or {} for week in weeks]
    # Both ways are told over the same weeks, or the comparison would be one of weeks.
    both = [i for i, week in enumerate(weeks) if week["outcome"] and naive[i].get("outcome")]
    return {
        "weeks": len(weeks),
        "decisions": dict(sorted(decisions.items())),
        "compared": len(both),
        "ours": _side([weeks[i] for i in both], currency),
        "naive": _side([naive[i] for i in both], currency),
    }


def _side(weeks: Sequence[Mapping[str, Any]], currency: str) -> dict[str, Any]:
    outcomes = [week["outcome"] for week in weeks]
    pooled = {
        name: to_plain(
            rate(sum(o[name]["k"] for o in outcomes), sum(o[name]["n"] for o in outcomes))
        )
        for name in RATES
    }
    return {
        **pooled,
        AMOUNT: _total(outcomes, AMOUNT),
        "amount_missed": _total(outcomes, "amount_missed"),
        "alerts": sum(o["alerts"] for o in outcomes),
        "currency": currency,
        "held": {name: _held(weeks, name) for name in (*RATES, AMOUNT)},
    }


def _total(outcomes: Sequence[Mapping[str, Any]], name: str) -> float | None:
    amounts = [o[name] for o in outcomes if o[name] is not None]
    return sum(amounts) if amounts else None


def _held(weeks: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any] | None:
    """Share of the weeks in which the promise held, of those in which there was one."""
    answers = [(week["held"] or {}).get(name) for week in weeks]
    told = [answer for answer in answers if answer is not None]
    return to_plain(rate(sum(told), len(told))) if told else None
