"""Which columns of digits are no quantities: row numbers, phone numbers, codes, identities."""

from __future__ import annotations

import numpy as np

from fraud_assets.draft.guess import Guess
from fraud_assets.draft.language.words import (
    CODE,
    CODE_END,
    MEASURE,
    NUMBERED,
    PAYMENT_ID,
    PHONE,
    ROW_NUMBER,
)
from fraud_assets.draft.seen.facts import Facts

_PHONE = r"(?:\+|00)[1-9][\d\s()./-]{6,17}|0\d{2,4}[\s()./-]+\d[\d\s()./-]{4,}"
"""Phone numbers as text: with a country code, or a prefix and a gap."""

_LEAST_DIGITS = 5
"""Digits from which numbers of one length look like codes; shorter ones are often counts."""


def not_a_quantity(facts: Facts) -> Guess | None:
    """What a column that reads as numbers is instead, with why; None for a quantity."""
    for look in (_phone, _row_number, _leading_zeros, _named, _one_length):
        found = look(facts)
        if found is not None:
            return found
    return None


def is_phone(facts: Facts) -> bool:
    """Whether a column, of numbers or of text, holds phone numbers."""
    return _phone(facts) is not None


def is_row_number(facts: Facts) -> bool:
    """Whether a column counts the rows as they stand in the file."""
    return _row_number(facts) is not None


def _phone(facts: Facts) -> Guess | None:
    digits = facts.share(r"\+?[\d\s()./-]{6,20}(?:\.0)?")
    if facts.named(PHONE) and digits > 0.8:
        return Guess("phone", "a phone number, by its name and digits", "sure")
    if facts.is_text and facts.share(_PHONE) > 0.9:
        return Guess("phone", "phone numbers, by their form", "likely")
    return None


def _row_number(facts: Facts) -> Guess | None:
    if not facts.is_whole or facts.missing.any() or facts.levels < facts.present:
        return None
    steps = np.diff(facts.numbers)
    in_order = bool(len(steps)) and bool((steps > 0).all())
    even = in_order and steps.max() <= 2 * max(np.median(steps), 1)
    if facts.named(ROW_NUMBER) and in_order:
        return Guess("row", "a row number, by its name and order", "sure")
    if even and not facts.named(MEASURE) and not facts.named(PAYMENT_ID):
        return Guess("row", "a row number: it grows by one step from row to row", "likely")
    return None


def _leading_zeros(facts: Facts) -> Guess | None:
    if facts.is_text and facts.share(r"0\d+") > 0.005 and facts.share(r"\d+") > 0.95:
        return Guess("code", "digits with leading zeros, which no quantity has", "sure")
    return None


def _named(facts: Facts) -> Guess | None:
    if not facts.is_whole or facts.named(MEASURE):
        return None
    if facts.named(CODE, CODE_END, PAYMENT_ID):
        return Guess("code", "whole numbers that name things, by the column's name", "likely")
    if facts.named(NUMBERED):
        return Guess("code", "numbers that may name things, as its name does", "doubtful")
    return None


def _one_length(facts: Facts) -> Guess | None:
    if not facts.is_whole or facts.named(MEASURE):
        return None
    text = facts.text.str.replace(r"\.0+$", "", regex=True)
    lengths = text.str.len()
    if len(lengths) < 20 or lengths.min() != lengths.max() or lengths.max() < _LEAST_DIGITS:
        return None
    return Guess("code", f"all values have {lengths.max()} digits, as codes do", "doubtful")
