from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

from msgspec.structs import replace

from fraud_assets.documents.report.search import SettingRow
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.report import numbers, tables
from fraud_assets.report.html import pictures
from tests.report import sample

INLINE = 1000
"""The Dagster UI shows shorter markdown at once and longer behind a click."""


def cells(markdown: str) -> list[list[str]]:
    """Rows of the table without head and rule."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [line[1:-1].split("|") for line in lines[2:]]


def test_the_verdict_names_each_rule_with_bound_value_interval_n_and_outcome() -> None:
    """One row a rule in the gate's order, short enough to be shown at once."""
    report = sample.refused()
    assert report.verdict is not None
    markdown = tables.rules_markdown(report.verdict)
    rows = {}
    for name, value in cells(markdown.replace("\\", "").replace("\u200b", "")):
        mark, rule = name.split(" ")
        rows[rule] = mark, value.replace("\u00a0", " ")
    assert list(rows) == [rule.name for rule in report.verdict.rules]
    assert rows["recall"] == ("✗", "89.98 % (89.2 % to 90.7 %, n 6,120) bound 90.00 %")
    assert rows["serving_latency"][0] == "…"
    assert len(markdown) < INLINE


def test_rates_carry_interval_and_n() -> None:
    """Each figure of the judged rows has both ends, n and method; a missing one says so."""
    metrics = sample.promoted().metrics
    rows = cells(tables.rates_markdown(metrics))
    assert [row[0] for row in rows][:2] == ["recall", "precision"]
    assert all(" to " in row[2] and row[3] and row[4] for row in rows)
    nothing = replace(metrics, recall=rate(0, 0))
    assert cells(tables.rates_markdown(nothing))[0][1] == "not measured"


def test_leaderboard_search_and_quarantine_keep_their_rows() -> None:
    """As many rows as were given, the quarantine's largest rule first."""
    report = sample.promoted()
    search, quarantine = report.search, report.data.quarantine
    assert search is not None
    assert len(cells(tables.leaderboard_markdown(search.leaderboard * 6))) == 6
    assert len(cells(tables.search_markdown(search, top=3))) == 3
    rows = cells(tables.quarantine_markdown(quarantine))
    assert len(rows) == len(quarantine.rules) > 1
    most = max(quarantine.rules.values())
    assert rows[0][1] == numbers.count(most)
    assert rows[0][0].replace("\\", "") in [n for n, c in quarantine.rules.items() if c == most]


def test_the_best_settings_of_the_search_come_first_with_what_ranked_them() -> None:
    """In the order of their ranks, whatever that of the grid; average precision beside ROC-AUC."""
    search = sample.promoted().search
    assert search is not None
    rows = [
        SettingRow("adaboost", {"depth": at}, 0.9 - at / 100, 0.01, rank, average, folds)
        for at, (rank, average, folds) in enumerate([(3, 0.5, 2), (2, 0.61234, 5), (1, 0.7, 5)])
    ]

    shown = cells(tables.search_markdown(replace(search, settings=tuple(rows)), top=2))

    assert [row[0] for row in shown] == ["1", "2"]
    assert shown[1][3:] == ["0.6123", "0.8900", "0.0100", "5"]


def test_hostile_text_breaks_neither_table_nor_ui() -> None:
    """Bars, tags, links and line breaks in a name stay text in one cell."""
    attack = "a|b\n<script>[x](javascript:alert(1))"
    quarantine = replace(sample.promoted().data.quarantine, rules={attack: 3})
    markdown = tables.quarantine_markdown(quarantine)
    assert len(markdown.splitlines()) == 3
    assert "<" not in markdown
    assert "\\|" in markdown
    assert "\\[x\\]\\(" in markdown


def test_pictures_are_data_uris_of_whole_images() -> None:
    """The markdown holds the standalone SVG, its title as the text beside."""
    markdown = tables.picture_markdown(pictures(sample.promoted())["reliability"])
    title, data = markdown.removeprefix("![").removesuffix(")").split("](")
    kind, encoded = data.split(";base64,")
    assert (title, kind) == ("Reliability of the probabilities", "data:image/svg+xml")
    assert ET.fromstring(base64.b64decode(encoded)).get("width")
    assert tables.picture_markdown("") == ""
