"""What the values of a label mean: by words first, by rarity where no word says it."""

from __future__ import annotations

import re

from fraud_assets.draft.language.meanings import FRAUD_WORDS, NEGATIVE, POSITIVE, UNDECIDED
from fraud_assets.draft.language.words import LEGITIMATE
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.modelling.leaks.names import FRAUD, plain_words


def meaning(value: str) -> str | None:
    """Either "fraud", "legitimate", "undecided", or None where a value does not say."""
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
        number = float(value)
        return {1.0: "fraud", 0.0: "legitimate"}.get(number)
    word = plain_words(value)
    if word in POSITIVE:
        return "fraud"
    if word in NEGATIVE or (FRAUD.search(word) and LEGITIMATE.search(word)):
        return "legitimate"
    if word in UNDECIDED:
        return "undecided"
    return "fraud" if FRAUD.search(word) else None


def by_meaning(facts: Facts, values: dict[str, int]) -> tuple[list[str], list[str], list[str], str]:
    """Values that mean fraud, no fraud and neither, and whether words or rarity decided."""
    says = {value: meaning(value) for value in values}
    if set(values) == {"1", "-1"}:
        says = {"1": "fraud", "-1": "legitimate"}
    if is_inverted(facts):
        turned = {"fraud": "legitimate", "legitimate": "fraud"}
        says = {value: turned.get(said or "", said) for value, said in says.items()}
    if len(values) > 1 and len(set(says.values()) & {"fraud", "legitimate"}) == 1:
        # "1" beside "2", or "o" beside "x", says nothing; a whole word does.
        says = {value: said if len(value) > 1 else None for value, said in says.items()}
    groups = {
        said: [value for value in values if says[value] == said]
        for said in ("fraud", "legitimate", "undecided", None)
    }
    positive, negative = groups["fraud"], groups["legitimate"]
    undecided, silent = groups["undecided"], groups[None]
    if silent and positive and not negative:
        return positive, silent, undecided, "words"
    if silent and negative and not positive:
        return silent, negative, undecided, "words"
    if positive and negative:
        return positive, negative, [*undecided, *silent], "words"
    judged = sorted(silent or values, key=lambda value: values[value])
    return judged[:-1], judged[-1:], undecided if silent else [], "rarity"


def is_inverted(facts: Facts) -> bool:
    """Whether the column's yes means that a payment is legitimate."""
    says = {meaning(value) for value in facts.words} - {None}
    speaks = any(plain_words(value) in FRAUD_WORDS for value in facts.words)
    return facts.named(LEGITIMATE) and bool(says) and not speaks
