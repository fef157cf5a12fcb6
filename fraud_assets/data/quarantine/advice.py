"""Sentences about what the quarantine took, each with the rule that took it and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from fraud_assets.contract.names import TOO_LARGE, UNPARSABLE
from fraud_assets.values.counted import counted

_BY_RULE = {
    "time_missing": "look at the column of columns.event_time, its unit and its format",
    "time_after_now": "look at the time zone and unit of columns.event_time, and at the clocks",
    "time_leaps_ahead": "look for clocks that run ahead and for test payments",
    "time_leaps_back": "look for times of 1970 and for payments of another system",
    "contradicts": "columns.delivered_at may say which of them is the latest, and else columns.id "
    "must tell payments apart",
    "rate_missing": "look at the rates of [rates], their days and codes, and at rates.signs",
    "id_reused": "columns.id must tell payments apart, over weeks and shops too",
}
_BY_PREFIX = {
    UNPARSABLE: "look at that column's unit, format and source.decimal",
    TOO_LARGE: "look for ids or times in a column of numbers",
}


def advice(rule: str, unknown_labels: Mapping[str, int]) -> str:
    """What to do about a rule that takes too much, as the end of a sentence."""
    if rule == "label_unknown":
        return f"its most common words are {_words(unknown_labels)}; {_add(unknown_labels)}"
    for prefix, text in _BY_PREFIX.items():
        if rule.startswith(prefix):
            return text
    return _BY_RULE.get(rule, f"look at rules.{rule} and at the rows that it puts aside")


def frauds_taken(
    quarantined: int, kept: int, rules: Mapping[str, int], unknown_labels: Mapping[str, int]
) -> str:
    """How many frauds the quarantine holds and which rule took most; "" where it holds none.

    `rules` gives the frauds of each rule, `quarantined` and `kept` those of all rows.
    """
    if not quarantined or not rules:
        return ""
    worst = largest(rules)
    return (
        f"The quarantine holds {quarantined:,} of {counted(quarantined + kept, 'fraud')}, most "
        f"({rules[worst]:,}) by rule {worst}: {advice(worst, unknown_labels)}."
    )


def largest(rules: Mapping[str, float]) -> str:
    """The rule that took most; of equal ones the first in the alphabet."""
    return min(rules, key=lambda name: (-rules[name], name))


def _words(unknown: Mapping[str, int]) -> str:
    return ", ".join(f'"{word}" ({count:,})' for word, count in unknown.items()) or "not counted"


def _add(unknown: Mapping[str, int]) -> str:
    word = next(iter(unknown), "the word")
    return (
        f'add "{word}" to label.positive if it means fraud, to label.negative if it means none, '
        "and to label.undecided while nobody has judged such payments"
    )
