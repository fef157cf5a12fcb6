"""Numbers as exports write them: one reading for columns and for single values.

Understood are digits of any script, a decimal sign, thousands in whole groups (of three, or as in
India), an exponent, a sign before or after, parentheses for below zero, a currency's sign or code,
and per cent as hundredths. Words are numbers only as true (1) and false (0).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import singledispatch
from math import isfinite
from numbers import Real
from typing import NamedTuple
from unicodedata import decimal as digit_value

from fraud_assets.values.currency import MARK
from fraud_assets.values.text import trimmed

LARGEST_NUMBER = 1e15
"""Beyond it a float64 no longer holds cents, and squares and sums of a column lose the rest."""

Sign = str
"""A decimal sign: "." or ","."""

_BLANKS = " \u00a0\u2009\u202f"
_APART = f"{_BLANKS}_'\u2019"
"""What may stand between groups of thousands, besides the sign that is not the decimal one."""

_TRUTH = {"true": 1.0, "false": 0.0}

_PUNCTUATION = str.maketrans(
    "\u2212\uff0d\ufe63\uff0b\uff0e\uff0c\u066b\u066c\uff08\uff09\uff05\u066a", "---+.,.,()%%"
)
"""Minus, plus, points, parentheses and per cent as other scripts and widths write them."""

_DRESSED = re.compile(
    rf"(?P<open>\()?[{_BLANKS}]*(?P<first>[+-])?[{_BLANKS}]*(?P<before>{MARK})?[{_BLANKS}]*"
    rf"(?P<second>[+-])?[{_BLANKS}]*(?P<digits>[0-9.,](?:.*[0-9.,])?)[{_BLANKS}]*"
    rf"(?P<percent>%)?[{_BLANKS}]*(?P<after>{MARK})?[{_BLANKS}]*(?P<last>[+-])?(?P<close>\))?"
)


def _digits(decimal: Sign) -> re.Pattern[str]:
    other = "," if decimal == "." else "."
    grouped = rf"[1-9]\d{{0,2}}(?P<apart>[{other}{_APART}])\d{{3}}(?:(?P=apart)\d{{3}})*"
    indian = rf"[1-9]\d?(?:{re.escape(other)}\d\d)+{re.escape(other)}\d{{3}}"
    whole = rf"(?:\d+|{grouped}|{indian})"
    point = re.escape(decimal)
    return re.compile(rf"(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?", re.ASCII)


_DIGITS = {sign: _digits(sign) for sign in (".", ",")}
_DROPPED = {sign: str.maketrans("", "", other + _APART) for sign, other in (".,", ",.")}


LONGEST_NUMBER_TEXT = 400
"""Characters beyond which a text is no finite number, or one of no use."""


class ReadNumber(NamedTuple):
    """The number that a text writes, and the currency's sign or code beside it, if any."""

    value: float
    currency: str | None = None


def read_number(text: str, decimal: Sign = ".") -> ReadNumber | None:
    """The finite number that a present text writes; None where it writes none."""
    text = _ascii(trimmed(text))
    if len(text) > LONGEST_NUMBER_TEXT:
        return None
    if text.casefold() in _TRUTH:
        return ReadNumber(_TRUTH[text.casefold()])
    found = _DRESSED.fullmatch(text)
    if found is None or (found["open"] is None) != (found["close"] is None):
        return None
    signs = [found[name] for name in ("open", "first", "second", "last") if found[name]]
    marks = [found[name] for name in ("before", "after") if found[name]]
    if len(signs) > 1 or len(marks) > 1 or _DIGITS[decimal].fullmatch(found["digits"]) is None:
        return None
    plain = found["digits"].translate(_DROPPED[decimal]).replace(decimal, ".")
    value = float(plain) / (100 if found["percent"] else 1)
    if not isfinite(value):
        return None
    return ReadNumber(-value if signs and signs[0] in "(-" else value, marks[0] if marks else None)


@singledispatch
def number(value: object, decimal: Sign = ".") -> float | None:  # noqa: ARG001 - for texts alone
    """The finite number that a present value is or writes; None where it is none."""
    return None


@number.register
def _(value: str, decimal: Sign = ".") -> float | None:
    found = read_number(value, decimal)
    return None if found is None else found.value


@number.register(Real)
@number.register(Decimal)
def _(value: Real | Decimal, decimal: Sign = ".") -> float | None:  # noqa: ARG001
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if isfinite(found) else None


def _ascii(text: str) -> str:
    """Digits of every script as 0 to 9, and the signs beside them."""
    if text.isascii():
        return text
    digits = (str(digit_value(c)) if c.isdecimal() else c for c in text)
    return "".join(digits).translate(_PUNCTUATION)
