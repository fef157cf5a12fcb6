"""What a reader should know of each rule: its title, its unit, where to look when it fails.

A rule that is not named here is shown under its own name with plain numbers; the verdict
itself, its sentences and numbers come from report.json alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fraud_assets.report import numbers


@dataclass(frozen=True)
class RuleText:
    """How a rule is shown, and the next step when it fails, with the section that helps."""

    title: str
    text: Callable[[object, object], str]
    advice: str
    section: str


def _share(value: object, bound: object) -> str:
    return numbers.percent_apart(value, bound)


def _count(value: object, _bound: object) -> str:
    return numbers.count(value)


def _plain(value: object, bound: object) -> str:
    return numbers.number_apart(value, bound)


def _milliseconds(value: object, bound: object) -> str:
    words = numbers.unusable(value)
    return words or f"{numbers.number_apart(value, bound)}{numbers.SPACE}ms"


_ADVICE_RECALL = (
    "See which slices and which weeks lose the frauds, then read the missed payments: a new kind "
    "of fraud shows there first. A feature that separates it, or more matured frauds for the "
    "threshold, is what helps; lowering the threshold by hand does not."
)
_ADVICE_FLAGS = (
    "The model needs too many alerts to reach the recall. Compare the families on the "
    "leaderboard, and look at the score distribution: frauds that lie among the legitimate "
    "payments need a new feature, not another setting."
)
_ADVICE_IDENTITY = (
    "Report and file do not belong together. Run the whole chain again so that what was judged "
    "is what is published; do not mix steps of several runs."
)

_ADVICE_SERVING = (
    "The version cannot be scored exactly or fast enough outside the training libraries. Read "
    "the proof below; another family on the leaderboard may serve better."
)

RULES = {
    "finite_numbers": RuleText(
        "No number is missing or infinite",
        _count,
        "Look for empty windows and for columns that hold one value only, then run again.",
        "data",
    ),
    "numbers_agree": RuleText(
        "The numbers follow from each other", _count, _ADVICE_IDENTITY, "lineage"
    ),
    "describes_model": RuleText(
        "The report describes this model, data and contract", _plain, _ADVICE_IDENTITY, "lineage"
    ),
    "as_of_not_older": RuleText(
        "Not older than the model in production",
        _plain,
        "An older week may be replayed, and is not published over a newer one.",
        "lineage",
    ),
    "judged_frauds": RuleText(
        "Matured frauds among the judged rows",
        _count,
        "Wait until more labels have matured, or let the contract's windows reach further back.",
        "data",
    ),
    "recall": RuleText("Recall", _share, _ADVICE_RECALL, "slices"),
    "recall_lower_bound": RuleText("Cautious bound of recall", _share, _ADVICE_RECALL, "slices"),
    "alert_rate": RuleText("Share of payments flagged", _share, _ADVICE_FLAGS, "cost"),
    "precision": RuleText("Precision", _share, _ADVICE_FLAGS, "cost"),
    "champion_non_inferior": RuleText(
        "No worse than the model in production",
        _plain,
        "Read the two curves beside each other and the drift of the features; the model in "
        "production goes on serving.",
        "curves",
    ),
    "quarantine_share": RuleText(
        "Share of rows in quarantine",
        _share,
        "See which rule sets the rows aside; a changed export shows there first.",
        "data",
    ),
    "quarantined_frauds": RuleText(
        "Share of frauds in quarantine",
        _share,
        "See which rule takes the frauds; often it is a label's word that the contract lacks.",
        "data",
    ),
    "quarantined_amount": RuleText(
        "Share of the amount in quarantine",
        _share,
        "See which rule takes the largest payments.",
        "data",
    ),
    "no_leak": RuleText(
        "No feature knows the label",
        _count,
        "Ask when the feature gets its value; one that comes after the payment has no place here.",
        "data",
    ),
    "serving_parity": RuleText("Served as judged", _plain, _ADVICE_SERVING, "lineage"),
    "serving_latency": RuleText(
        "One payment is scored in time", _milliseconds, _ADVICE_SERVING, "lineage"
    ),
}


def rule_text(name: str) -> RuleText:
    """The texts of a rule by its name in the verdict."""
    known = RULES.get(name)
    if known is not None:
        return known
    title = name.replace("_", " ").strip() or "unnamed rule"
    return RuleText(title[0].upper() + title[1:], _plain, "Read the rule's sentence.", "rules")
