"""The report as one HTML file: self-contained, readable without scripts, the same each time.

The template walks the report through `Located`, so that every number on the page carries its
full value and its place in report.json. No clock, no randomness, no file is read but the
template's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fraud_assets.profiles import RECALL_FLOOR
from fraud_assets.report import charts, numbers
from fraud_assets.report.charts import svg
from fraud_assets.report.located import Located, pairs, path, plain, shown
from fraud_assets.report.rules import RuleText, rule_text

DECISIONS = {
    "promote": "Promoted",
    "refuse": "Refused",
    "insufficient_evidence": "Insufficient evidence",
}
NONE = Markup('<span class="missing">none</span>')


def render_report(report: Mapping[str, Any]) -> str:
    """report.html for the dict of report.json; the same dict gives the same bytes.

    Parts that are missing are shown as "not measured". Raises TypeError where the dict could
    not stand in a JSON file.
    """
    canonical = json.loads(json.dumps(report))
    part = Located(canonical)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=part,
            decision=DECISIONS.get(str(part["verdict"]["decision"]), "Not judged"),
            failed=_failed(part["verdict"]),
            pictures=pictures(canonical),
            floor=recall_floor(canonical),
            bounds={str(rule["name"]): rule["bound"] for rule in part["verdict"]["rules"]},
            idle=_idle(canonical),
            inputs=_inputs(part),
            running=_running(part),
        )
    )


def _idle(report: Mapping[str, Any]) -> set[str]:
    """Features without which the ranking of the judged rows loses nothing measurable."""
    rows = (report.get("importances") or {}).get("permutation") or ()
    return {str(row["feature"]) for row in rows if svg.finite(row.get("high")) and row["high"] <= 0}


def _inputs(report: Located) -> list[Located]:
    """The contract's own features, not the columns that their levels were encoded into."""
    measured = [row["feature"] for row in report["importances"]["permutation"]]
    return sorted(measured, key=str) or list(report["model"]["features"])


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


def _failed(verdict: Located) -> list[Located]:
    """The rules that failed, the one first by which the verdict's sentence refuses."""
    failed = [rule for rule in verdict["rules"] if plain(rule["passed"]) is False]
    said = str(verdict["sentence"])
    return sorted(failed, key=lambda rule: f"by rule {rule['name']}:" not in said)


def pictures(report: Mapping[str, Any]) -> dict[str, Markup]:
    """The report's pictures by name, as SVG to stand inside the page; "" where there is none."""
    curves, metrics = report.get("curves") or {}, report.get("metrics") or {}
    champion = (report.get("champion") or {}).get("curves") or {}
    ranks = report.get("importances") or {}
    floor = recall_floor(report)
    threshold = (report.get("threshold") or {}).get("value")
    drawn = {
        "precision_recall": charts.precision_recall(
            curves.get("precision_recall") or (),
            metrics,
            floor,
            champion.get("precision_recall") or (),
        ),
        "roc": charts.roc(curves.get("roc") or (), metrics, champion.get("roc") or ()),
        "reliability": charts.reliability(curves.get("reliability") or ()),
        "scores": charts.score_distribution(curves.get("scores") or {}, threshold),
        "weekly": charts.weekly_recall(curves.get("weekly") or (), floor),
        "volume": charts.volume((report.get("data") or {}).get("weeks") or ()),
        "importances": charts.importances(ranks.get("permutation") or ()),
        "verdict": charts.verdict_strip((report.get("verdict") or {}).get("rules") or ()),
    }
    return {name: Markup(picture) for name, picture in drawn.items()}  # noqa: S704 - ours, escaped


def recall_floor(report: Mapping[str, Any]) -> float:
    """The lowest recall allowed: the bound of the verdict's recall rule, else the promise."""
    for rule in (report.get("verdict") or {}).get("rules") or ():
        if rule.get("name") == "recall" and svg.finite(rule.get("bound")):
            return float(rule["bound"])
    return RECALL_FLOOR


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("fraud_assets.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=_as(numbers.count),
        decimal=lambda part, digits=3: shown(part, lambda value: numbers.decimal(value, digits)),
        percent=lambda part, bound=None: shown(
            part, lambda value: numbers.percent_apart(value, plain(bound))
        ),
        number=_as(numbers.number),
        money=lambda part, currency: shown(
            part, lambda value: numbers.money(value, str(currency) or "USD")
        ),
        rate=_rate,
        estimate=_estimate,
        interval=_interval,
        strip=lambda part, floor: Markup(charts.interval_strip(plain(part), floor)),  # noqa: S704
        bars=_bars,
        rule=_rule,
        against=_against,
        pairs=pairs,
        ranked=lambda part: sorted(part, key=lambda row: plain(row["rank"]) or 0),
        setting=lambda part: NONE if plain(part) is None else part,
        words=lambda part: str(part).replace("_", " "),
        moment=lambda part: str(part).replace("T", " ")[:16].removesuffix(" 00:00"),
    )
    environment.globals.update(
        nothing=NONE,
        chart_style=Markup(svg.STYLE),  # noqa: S704 - ours
        light=svg.LIGHT,
        dark=svg.DARK,
    )
    return environment


def _as(text: Callable[[object], str]) -> Callable[[Located], Markup]:
    return lambda part: shown(part, text)


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
    text = rule_text(name).text
    low, high = (shown(part[end], lambda value: text(value, None)) for end in ("low", "high"))
    return Markup('<span class="whole">{} to</span> <span class="whole">{}</span>').format(
        low, high
    )


def _rule(name: Located) -> RuleText:
    return rule_text(str(name))


def _against(rule: Located, key: str) -> Markup:
    """A rule's value or bound in its unit, with enough digits not to look like the other."""
    other = plain(rule["bound" if key == "value" else "value"])
    part = rule[key]
    if plain(part) is None:
        return NONE
    if isinstance(plain(part), str):
        return Markup('<code title="{}">{}</code>').format(part, numbers.short(str(part), 12))
    return shown(part, lambda value: rule_text(str(rule["name"])).text(value, other))


def _bars(reasons: Located) -> Markup:
    name = "reasons-" + "".join(c if c.isalnum() else "-" for c in path(reasons))
    return Markup(charts.reason_bars(plain(reasons) or (), name))  # noqa: S704 - ours, escaped
