"""The report as one HTML file: self-contained, readable without scripts, the same each time.

The template walks the report through `Located`, so that every number on the page carries its
full value and its place in report.json. No clock, no randomness, no file is read but the
template's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment
from markupsafe import Markup

from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.rates import Rate
from fraud_assets.documents.reason import Reason
from fraud_assets.documents.report.champion import ChampionCurves, ScoredChampion
from fraud_assets.documents.report.whole import Report
from fraud_assets.profiles import RECALL_FLOOR
from fraud_assets.report import charts, numbers
from fraud_assets.report.charts import svg
from fraud_assets.report.environment import page_environment
from fraud_assets.report.located import Located, pairs, path, plain, shown
from fraud_assets.report.units import ShownRule, shown_rule

DECISIONS = {
    "promote": "Promoted",
    "refuse": "Refused",
    "insufficient_evidence": "Insufficient evidence",
}
PICTURES = (
    "precision_recall",
    "roc",
    "reliability",
    "scores",
    "weekly",
    "volume",
    "importances",
    "history",
    "verdict",
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
NONE = Markup('<span class="missing">none</span>')


def render_report(report: Report) -> str:
    """report.html for report.json; the same report gives the same bytes.

    Parts that are missing are shown as "not measured". Raises TypeError where the report could
    not stand in a JSON file.
    """
    above = _above(report)
    part = Located(json.loads(json.dumps(to_plain(report))))
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=part,
            decision=DECISIONS.get(str(part["verdict"]["decision"]), "Not judged"),
            failed=_failed(part["verdict"]),
            pictures=pictures(report),
            floor=recall_floor(report),
            idle=_idle(report),
            inputs=_inputs(part),
            running=_running(part),
            printed=_printed(part),
            histograms=_histograms(report),
            above_k=lambda k: plain(k) in above,
            bounds={str(rule["name"]): rule["bound"] for rule in part["verdict"]["rules"]},
        )
    )


def _idle(report: Report) -> set[str]:
    """Features whose loss the ranking of the judged rows may not feel: the interval holds 0."""
    rows = () if report.importances is None else report.importances.permutation
    return {row.feature for row in rows if svg.finite(row.low) and row.low <= 0}


def _inputs(report: Located) -> list[Located]:
    """The contract's own features, not the columns that their levels were encoded into."""
    measured = [row["feature"] for row in report["importances"]["permutation"]]
    measured = measured or [row["feature"] for row in report["data"]["drift"]]
    return sorted(measured, key=str)


def _running(report: Located) -> list[tuple[str, Located]]:
    """What every printed page says of itself: version, week, run, owner, who approved."""
    lineage = report["lineage"]
    parts = [
        ("version", lineage["version"]),
        ("as of", report["as_of"]),
        ("decided", lineage["decided_at"]),
        ("run", lineage["run_id"]),
        ("owner", report["contract"]["owner"]),
        ("approved by", lineage["approved_by"]),
    ]
    return [(name, part) for name, part in parts if part]


def _printed(report: Located) -> str:
    """The same as two lines of text for the foot of every printed page."""
    parts = [f"{name} {_moment(part)}" for name, part in _running(report)]
    if not report["lineage"]["version"]:
        parts.insert(0, "not published")
    parts.insert(0, str(report["contract"]["name"]).replace("_", " "))
    half = (len(parts) + 1) // 2
    return "\n".join(" \u00b7 ".join(line) for line in (parts[:half], parts[half:]))


def _moment(part: Located) -> str:
    """An instant as date and minute, without the minute at midnight; other text as it is."""
    text = str(part)
    if not _INSTANT.match(text):
        return text
    return text.replace("T", " ")[:16].removesuffix(" 00:00")


def _histograms(report: Report) -> list[tuple[str, Markup]]:
    rows = report.data.histograms
    shown = () if rows is msgspec.UNSET else rows
    drawn = [(row.feature, charts.feature_histogram(row, at)) for at, row in enumerate(shown)]
    return [(name, Markup(picture)) for name, picture in drawn if picture]  # noqa: S704 - ours


def _above(report: Report) -> set[int]:
    """Sizes of daily lists that are longer than the threshold's own alerts."""
    alerts = None if report.cost is None else report.cost.alerts_per_day
    return {row.k for row in report.precision_at_k if alerts is not None and row.k > alerts + 0.5}


def _failed(verdict: Located) -> list[Located]:
    """The rules that failed, the one first by which the verdict's sentence refuses."""
    failed = [rule for rule in verdict["rules"] if plain(rule["passed"]) is False]
    said = str(verdict["sentence"])
    return sorted(failed, key=lambda rule: f"by rule {rule['name']}:" not in said)


def pictures(report: Report) -> dict[str, Markup]:
    """The report's pictures by name, as SVG to stand inside the page; "" where there is none."""
    floor, metrics, curves = recall_floor(report), report.metrics, report.curves
    verdict, ranks, champion = report.verdict, report.importances, _champion_curves(report)
    weeks, search = report.data.weeks, report.search
    back = msgspec.UNSET if search is None else search.history
    drawn = {
        "verdict": "" if verdict is None else charts.verdict_strip(verdict.rules),
        "importances": "" if ranks is None else charts.importance_bars(ranks.permutation),
        "history": "" if back is msgspec.UNSET else charts.history_curve(back.curve),
        "volume": charts.volume(() if weeks is msgspec.UNSET else weeks),
    }
    if curves is not None:
        theirs = ((), ()) if champion is None else (champion.precision_recall, champion.roc)
        drawn |= {
            "precision_recall": charts.precision_recall_curve(
                curves.precision_recall, metrics, floor, theirs[0]
            ),
            "roc": charts.roc_curve(curves.roc, metrics, theirs[1]),
            "reliability": charts.reliability_bars(curves.reliability),
            "scores": charts.score_distribution(curves.scores, report.threshold.value),
            "weekly": charts.weekly_recall(curves.weekly, floor),
        }
    return {name: Markup(drawn.get(name, "")) for name in PICTURES}  # noqa: S704 - ours, escaped


def _champion_curves(report: Report) -> ChampionCurves | None:
    champion = report.champion
    if not isinstance(champion, ScoredChampion) or champion.curves is msgspec.UNSET:
        return None
    return champion.curves


def recall_floor(report: Report) -> float:
    """The lowest recall allowed: the bound of the verdict's recall rule, else the promise."""
    for finding in () if report.verdict is None else report.verdict.rules:
        if finding.name == "recall" and isinstance(finding.bound, int | float):
            return float(finding.bound)
    return RECALL_FLOOR


@cache
def _environment() -> Environment:
    environment = page_environment()
    environment.filters.update(
        decimal=lambda part, digits=3: shown(part, lambda value: numbers.decimal(value, digits)),
        percent=lambda part, bound=None: shown(
            part, lambda value: numbers.percent_apart(value, plain(bound))
        ),
        money=lambda part, currency: shown(
            part, lambda value: numbers.money(value, str(currency) or "USD")
        ),
        rate=_rate,
        estimate=_estimate,
        interval=_interval,
        strip=lambda part, floor: Markup(charts.interval_strip(_typed(part, Rate | None), floor)),  # noqa: S704
        bars=_bars,
        rule=_rule,
        against=_against,
        pairs=pairs,
        ranked=lambda part: sorted(part, key=lambda row: plain(row["rank"]) or 0),
        setting=lambda part: NONE if plain(part) is None else part,
        moment=_moment,
    )
    environment.globals.update(nothing=NONE)
    return environment


def _rate(part: Located, bound: object = None) -> Markup:
    return _with_interval(part, lambda value: numbers.percent_apart(value, plain(bound)))


def _estimate(part: Located, digits: int = 3) -> Markup:
    return _with_interval(part, lambda value: numbers.decimal(value, digits))


def _with_interval(part: Located, text: Callable[[object], str]) -> Markup:
    if not part:
        return Markup('<span class="missing">{}</span>').format(numbers.MISSING)
    return Markup(
        '<span class="rate">{} <span class="ci"><span class="whole">({} to {},</span> '
        '<span class="whole">n\u00a0{})</span></span></span>'
    ).format(
        shown(part["value"], text),
        shown(part["low"], text),
        shown(part["high"], text),
        shown(part["n"], numbers.count),
    )


def _interval(part: Located, name: str = "") -> Markup:
    """A rule's interval under its own unit."""
    if not part:
        return NONE
    text = shown_rule(name).text
    low, high = (shown(part[end], lambda value: text(value, None)) for end in ("low", "high"))
    return Markup('<span class="whole">{} to</span> <span class="whole">{}</span>').format(
        low, high
    )


def _rule(name: Located) -> ShownRule:
    return shown_rule(str(name))


def _against(rule: Located, key: str) -> Markup:
    """A rule's value or bound in its unit, with enough digits not to look like the other."""
    other = plain(rule["bound" if key == "value" else "value"])
    part = rule[key]
    if plain(part) is None:
        return NONE
    if isinstance(plain(part), str):
        return Markup('<code title="{}">{}</code>').format(part, numbers.short(str(part), 12))
    return shown(part, lambda value: shown_rule(str(rule["name"])).text(value, other))


def _typed(part: Located, kind: Any) -> Any:
    """A part of the page's report as the type that pictures are drawn from."""
    return msgspec.convert(plain(part), kind)


def _bars(reasons: Located) -> Markup:
    name = "reasons-" + "".join(c if c.isalnum() else "-" for c in path(reasons))
    return Markup(charts.reason_bars(_typed(reasons, tuple[Reason, ...] | None) or (), name))  # noqa: S704 - ours, escaped
