"""The backtest as text: one line a week, promise beside outcome, the naive way beside both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fraud_assets.documents.rates import Rate
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


def table(result: Mapping[str, Any]) -> str:
    """All weeks, then the summary's sentences."""
    currency = result["contract"]["currency"]
    rows = [HEAD, *(_row(week, currency) for week in result["weeks"])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*(line.rstrip() for line in lines), "", *sentences(result)]).replace(
        numbers.SPACE, " "
    )


def sentences(result: Mapping[str, Any]) -> list[str]:
    """What the weeks say together."""
    told, contract = result["summary"], result["contract"]
    decisions = ", ".join(
        f"{count} {DECISIONS.get(name, 'without a model')}"
        for name, count in told["decisions"].items()
    )
    lines = [f"{told['weeks']} weeks: {decisions}; {len(result['skipped'])} without history."]
    if not told["compared"]:
        return [*lines, "No week has both a model in production and labels that are in."]
    for name, side in (("Production", told["ours"]), ("The naive way", told["naive"])):
        lines.append(
            f"{name} over {told['compared']} weeks with labels: recall "
            f"{_rate(side['recall'])}, precision {_rate(side['precision'])}, "
            f"alerts {numbers.percent(side['alert_rate']['value'])} of payments, caught "
            f"{numbers.money(side['amount_caught'], contract['currency'])}, missed "
            f"{numbers.money(side['amount_missed'], contract['currency'])}."
        )
        lines.append(f"{name}: the promise held for {_held(side)}.")
    return lines


def _rate(rate: object) -> str:
    return numbers.rate(msgspec.convert(rate, Rate))


def _held(side: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} in {held['k']} of {held['n']}"
        for name, held in side["held"].items()
        if held is not None
    )


def _row(week: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    promise, came = week["promise"] or {}, week["outcome"] or {}
    naive = week["naive"] or {}
    naive_came = naive.get("outcome") or {}
    verdict = (week["verdict"] or {}).get("decision")
    held = week["held"] or {}
    return (
        week["as_of"],
        DECISIONS.get(str(verdict), "no model"),
        (week["production"] or {}).get("version", "nothing"),
        _range(promise.get("recall")),
        _came(came.get("recall"), held.get("recall")),
        _range(promise.get("precision")),
        _came(came.get("precision"), held.get("precision")),
        numbers.percent((came.get("alert_rate") or {}).get("value")) if came else "",
        numbers.money(came["amount_caught"], currency) if came else "",
        numbers.money(came["amount_missed"], currency) if came else "",
        _range((naive.get("promise") or {}).get("recall")),
        _came(naive_came.get("recall"), (naive.get("held") or {}).get("recall")),
        numbers.percent(naive_came["precision"]["value"]) if naive_came else "",
    )


def _range(interval: Mapping[str, Any] | None) -> str:
    if not interval:
        return ""
    low, high = (100 * interval[end] for end in ("low", "high"))
    return f"{low:.1f} to {high:.1f} %"


def _came(found: Mapping[str, Any] | None, held: bool | None) -> str:
    if not found or found["value"] is None:
        return ""
    mark = {True: "", False: " broken", None: ""}[held]
    return f"{100 * found['value']:.1f} % of {found['n']}{mark}"
