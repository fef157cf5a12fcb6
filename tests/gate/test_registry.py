"""A rule of the gate is one file: put there, it is judged, and shown wherever rules are shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.gate import rules
from fraud_assets.gate.decide import decide
from fraud_assets.gate.registry import gate_rules
from fraud_assets.orchestration.shown import metadata
from fraud_assets.report.html import render_report
from tests.release.reports import good_report

RULE = """
from fraud_assets.gate.rule import GateRule, RuleOutcome


def judge(grounds):
    rows = grounds.report.data.rows
    return RuleOutcome(rows >= 10**9, rows, f"Rows read must be at least 1e9, got {rows}.", n=rows)


RULE = GateRule(
    name="rows_aplenty",
    order=450,
    bound=lambda grounds: 10**9,
    judge=judge,
    title="Rows aplenty",
    unit="count",
    advice="Read more rows.",
    section="data",
)
"""


@pytest.fixture
def one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the registry looks into beside the shipped rules."""
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(f"{rules.__name__}.rows_")]:
        del sys.modules[name]


def test_one_new_file_is_judged_and_shown(one_file: Path) -> None:
    """It stands at its place in the verdict, on the page with its title, and in Dagster's table."""
    report = good_report()  # made, and published, before there is such a rule
    (one_file / "rows_aplenty.py").write_text(RULE)

    verdict = decide(report, Policy())

    names = [finding.name for finding in verdict.rules]
    assert names.index("rows_aplenty") == names.index("as_of_not_older") + 1
    assert verdict.decision == "refuse"
    assert verdict.sentence.startswith("Refused by rule rows_aplenty: Rows read must be")
    page = render_report(replace(report, verdict=verdict))
    assert "Failed: Rows aplenty" in page
    assert "Read more rows." in page
    shown = metadata.of_verdict(verdict)["rules"].value
    assert "rows\\_aplenty" in shown.replace("\N{ZERO WIDTH SPACE}", "")


def test_without_the_file_there_is_no_such_rule() -> None:
    """Nothing of it stays behind."""
    assert "rows_aplenty" not in [rule.name for rule in gate_rules()]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name="rows_aplenty"', 'name="other"', "must state a GateRule named rows_aplenty"),
        ("order=450", "order=600", r"needs its own order, got twice: \['600'\]"),
    ],
)
def test_a_rule_that_is_not_its_own_is_refused(
    one_file: Path, old: str, new: str, words: str
) -> None:
    """A rule bears its file's name, and no two rules share a place."""
    (one_file / "rows_aplenty.py").write_text(RULE.replace(old, new))

    with pytest.raises(TypeError, match=words):
        gate_rules()
