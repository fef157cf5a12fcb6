"""The one place that turns numbers into text, so that page, tables and pictures agree.

Every function takes what stands in report.json and gives a short text; None is "not measured"
and what is not finite says so. Nothing is computed here beyond rounding and the percent sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec

from fraud_assets.documents.rates import Estimate, Rate

MISSING = "not measured"
NOT_FINITE = "not a finite number"
SPACE = "\u00a0"
"""Number and unit stay on one line."""
_MAX_DIGITS = 12


def unusable(value: object) -> str | None:
    """The words for a value that is no finite number; None when it is one."""
    if value is None or value is msgspec.UNSET:
        return MISSING
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return None if math.isfinite(value) else NOT_FINITE


def decimal(value: object, digits: int = 3) -> str:
    """A number with a fixed count of decimals: 0.9634 -> "0.963".

    What lies between -1 and 1 never reads as either: 0.99996 -> "0.99996".
    """
    words = unusable(value)
    if words is not None:
        return words
    real = float(value)  # type: ignore[arg-type]
    text = f"{real:,.{digits}f}"
    while abs(real) < 1 <= abs(float(text.replace(",", ""))) and digits < _MAX_DIGITS:
        digits += 1
        text = f"{real:.{digits}f}"
    return text


def count(value: object) -> str:
    """A whole number with thousands separators: 12345 -> "12,345"."""
    return unusable(value) or f"{float(value):,.0f}"  # type: ignore[arg-type]


def short_number(value: object) -> str:
    """A number of unknown unit with four significant digits: 1234.567 -> "1,235"."""
    words = unusable(value)
    if words is not None:
        return words
    real = float(value)  # type: ignore[arg-type]
    if real == int(real) and abs(real) < 1e15:
        return f"{int(real):,}"
    if abs(real) < 1e-4 or abs(real) >= 1e15:
        return f"{real:.3e}"
    text = decimal(real, max(0, 3 - math.floor(math.log10(abs(real)))))
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: object, digits: int | None = None) -> str:
    """A share as percent: 0.9312 -> "93.1 %", 0.0031 -> "0.31 %"; small shares keep digits.

    Less than all never reads as 100 %: 0.99996 -> "99.996 %".
    """
    words = unusable(value)
    if words is not None:
        return words
    shown = 100 * float(value)  # type: ignore[arg-type]
    places = share_digits(shown) if digits is None else digits
    while shown < 100 <= float(f"{shown:.{places}f}") and places < _MAX_DIGITS:
        places += 1
    return f"{shown:.{places}f}{SPACE}%"


def share_digits(shown: float) -> int:
    """Decimals of a percentage: one, and two significant digits where it is under one percent."""
    if shown == 0 or abs(shown) >= 1:
        return 1
    return min(_MAX_DIGITS, 1 - math.floor(math.log10(abs(shown))))


def percent_apart(value: object, bound: object) -> str:
    """A share with as many digits as it takes not to look like a bound that it does not equal.

    0.89999 beside 0.90 is "89.999 %", never "90.0 %".
    """
    if unusable(value) is not None:
        return percent(value)
    return _apart(value, bound, percent, share_digits(100 * float(value)))  # type: ignore[arg-type]


def number_apart(value: object, bound: object) -> str:
    """A number with as many digits as it takes not to look like a bound that it does not equal."""
    if unusable(value) is not None or short_number(value) != short_number(bound):
        return short_number(value)
    return _apart(value, bound, decimal, 4)


def _apart(value: object, bound: object, text: Callable[[object, int], str], digits: int) -> str:
    if unusable(bound) is not None or value == bound:
        return percent(value) if text is percent else short_number(value)
    for more in range(digits, _MAX_DIGITS + 1):
        if text(value, more) != text(bound, more):
            return text(value, more)
    return str(value)


def money(value: object, currency: str = "USD") -> str:
    """An amount with its currency: 1234567.8 -> "USD 1,234,568"; cents under a thousand."""
    words = unusable(value)
    if words is not None:
        return words
    digits = 0 if abs(float(value)) >= 1000 else 2  # type: ignore[arg-type]
    return f"{currency}{SPACE}{float(value):,.{digits}f}"  # type: ignore[arg-type]


def rate_line(rate: Rate | None) -> str:
    """A rate with interval and n in one line: "93.1 % (90.8 % to 95.0 %, n 600)"."""
    return _with_interval(rate, percent)


def estimate(estimate: Estimate | None, digits: int = 3) -> str:
    """An estimate with interval and n in one line: "0.981 (0.976 to 0.986, n 58,264)"."""
    return _with_interval(estimate, lambda value: decimal(value, digits))


def _with_interval(shown: Rate | Estimate | None, text: Callable[[object], str]) -> str:
    if shown is None:
        return MISSING
    value, low, high = (text(part) for part in (shown.value, shown.low, shown.high))
    return f"{value} ({low} to {high}, n{SPACE}{count(shown.n)})"


def short(words: str, longest: int = 24) -> str:
    """Long text such as a digest, cut with an ellipsis."""
    return words if len(words) <= longest else words[: longest - 1] + "…"
