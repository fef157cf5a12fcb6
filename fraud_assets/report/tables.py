"""Tables and pictures as markdown, for the metadata of the Dagster UI.

Numbers go through `numbers`, as on the page; text from data is escaped so that a column name
can neither break a table nor bring markup into the UI.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence

import msgspec

from fraud_assets.documents.rates import Estimate, Rate
from fraud_assets.documents.report.data import Quarantine
from fraud_assets.documents.report.judged import Metrics
from fraud_assets.documents.report.search import LeaderboardRow, SearchSection, SettingRow
from fraud_assets.documents.verdict import Finding, Verdict
from fraud_assets.report import charts, numbers
from fraud_assets.report.units import shown_rule

RATES = ("recall", "precision", "false_positive_rate", "alert_rate")
ESTIMATES = ("roc_auc", "average_precision", "brier")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~$])")
_OUTCOMES = {True: "✓", False: "✗", None: "…"}
"""Passed, failed, still to be proved at publication."""


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are markdown already; `escaped` makes a cell of any text."""
    lines = [heads, ["-"] * len(heads), *rows]
    return "\n".join(f"|{'|'.join(cells)}|" for cells in lines)


def escaped(value: object) -> str:
    """Text as a cell: markup shown as it stands, on one line."""
    plain = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", " ".join(plain.split()))


def breakable(name: str) -> str:
    """A name as a cell that a narrow column may break behind its underscores."""
    return escaped(name.replace("_", "_\u200b"))


def leaderboard_markdown(families: Sequence[LeaderboardRow]) -> str:
    """One family a row, as given; one that was left after the first folds says so."""
    every = max((len(row.fold_auc) for row in families), default=0)
    rows = [
        [
            escaped(row.family)
            + ("" if len(row.fold_auc) == every else f", first {len(row.fold_auc)} folds"),
            numbers.decimal(row.auc_mean, 4),
            numbers.decimal(row.auc_std, 4),
            numbers.decimal(row.average_precision, 4),
            numbers.decimal(row.precision_at_recall, 4),
            numbers.short_number(row.fit_seconds),
            numbers.short_number(row.cost),
            numbers.count(row.n_features),
            escaped(row.encoding),
        ]
        for row in families
    ]
    heads = (
        "Family|ROC-AUC|spread|Average precision|Precision at the recall|Fit, s|"
        "Tests a payment|Columns|Encoding"
    )
    return markdown_table(heads.split("|"), rows)


def families_markdown(families: Sequence[LeaderboardRow]) -> str:
    """The leaderboard's two figures of merit, narrow enough to stand beside other things."""
    rows = [
        [
            breakable(row.family),
            numbers.decimal(row.auc_mean, 4),
            numbers.decimal(row.average_precision, 4),
        ]
        for row in families
    ]
    return markdown_table(["Family", "ROC-AUC", "Average precision"], rows)


def search_markdown(search: SearchSection, top: int = 10) -> str:
    """The search in a sentence, and the best settings of each family that was searched."""
    best = sorted(search.settings, key=lambda row: row.rank)
    rows = [_setting_row(row) for row in best[:top]]
    spent = (
        f"{numbers.count(search.fits)} fits of the grid search; candidates, search and the "
        f"published fit took {numbers.short_number(search.seconds)} s."
    )
    heads = "Rank|Family|Setting|Average precision|ROC-AUC|spread|Folds"
    table = markdown_table(heads.split("|"), rows)
    back = "" if search.history is msgspec.UNSET else f" {escaped(search.history.sentence)}"
    return f"{escaped(search.sentence)}{back} {spent}\n\n{table}"


def _setting_row(row: SettingRow) -> list[str]:
    return [
        numbers.count(row.rank),
        escaped(row.family),
        escaped(", ".join(f"{key}={value}" for key, value in row.params.items())),
        numbers.decimal(row.average_precision, 4),
        numbers.decimal(row.mean, 4),
        numbers.decimal(row.std, 4),
        numbers.count(row.folds),
    ]


def rules_markdown(verdict: Verdict) -> str:
    """Every rule with outcome, value, interval, n and bound, in two narrow columns."""
    rows = [[_named_rule(rule), _measured(rule)] for rule in verdict.rules]
    return markdown_table(["Rule", "Value"], rows)


def _named_rule(rule: Finding) -> str:
    mark = _OUTCOMES[rule.passed]
    return f"{mark} {breakable(rule.name)}"


def _measured(rule: Finding) -> str:
    text, value, bound = shown_rule(rule.name).text, rule.value, rule.bound
    between = []
    if rule.interval is not None:
        between = [f"{text(rule.interval.low, None)} to {text(rule.interval.high, None)}"]
    if rule.n is not None:
        between.append(f"n {numbers.count(rule.n)}")
    parts = [] if value is None else [numbers.short(text(value, bound), 12)]
    parts += [f"({', '.join(between)})"] if between else []
    parts += [] if bound is None else [f"bound {numbers.short(text(bound, value), 12)}"]
    return escaped(" ".join(parts))


def quarantine_markdown(quarantine: Quarantine) -> str:
    """Rows, frauds and amount set aside by each rule, most rows first."""
    frauds = {} if quarantine.frauds is msgspec.UNSET else quarantine.frauds.rules
    amounts = {} if quarantine.amount is msgspec.UNSET else quarantine.amount.rules
    ordered = sorted(quarantine.rules.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        [
            escaped(name),
            numbers.count(count),
            numbers.count(frauds.get(name)),
            numbers.short_number(amounts.get(name)),
        ]
        for name, count in ordered
    ]
    return markdown_table(["Rule", "Rows", "Frauds", "Amount"], rows)


def rates_markdown(metrics: Metrics) -> str:
    """Rates and estimates of the judged rows, each with interval, n and method."""
    rows = [_metric_row(name, getattr(metrics, name)) for name in (*RATES, *ESTIMATES)]
    return markdown_table(["Figure", "Value", "Interval", "n", "Method"], rows)


def _metric_row(name: str, shown: Rate | Estimate) -> list[str]:
    digits = 5 if name == "brier" else 4

    def text(value: object) -> str:
        return numbers.percent(value) if name in RATES else numbers.decimal(value, digits)

    between = f"{text(shown.low)} to {text(shown.high)}"
    words = escaped(name.replace("_", " "))
    return [words, text(shown.value), between, numbers.count(shown.n), escaped(shown.method)]


def picture_markdown(svg: str) -> str:
    """A picture inline, as markdown that the Dagster UI shows; "" where there is none."""
    if not svg:
        return ""
    title = re.search(r"<title[^>]*>([^<]*)</title>", svg)
    data = base64.b64encode(charts.standalone(svg).encode()).decode()
    return f"![{escaped(title.group(1)) if title else ''}](data:image/svg+xml;base64,{data})"
