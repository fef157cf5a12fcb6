"""Values as text with every digit kept: who or what a value names, whatever stored it.

1001, 1001.0, Decimal("1001.00"), "1001" and "1001.0" name one entity; "007" names another than
7, as somebody may count on its zeros.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import singledispatch
from numbers import Integral, Real

from fraud_assets.values.text import LetterCase, normal

EXACT = 2**53
"""Up to here every whole float64 is one integer and no other."""


@singledispatch
def written(value: object) -> str:
    """A present value as text; text itself as it stands."""
    return str(value)


@written.register
def _(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


@written.register
def _(value: Decimal) -> str:
    if not value.is_finite():
        return str(value)
    whole = value.to_integral_value()
    return format(whole if whole == value else value, "f")


@written.register
def _(value: Real) -> str:
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


@written.register
def _(value: Integral) -> str:
    return str(value) if isinstance(value, bool) else str(int(value))


@written.register
def _(value: datetime) -> str:
    return value.isoformat(sep=" ")


@written.register
def _(value: date) -> str:
    return value.isoformat()


def identity(value: object, case: LetterCase = "keep") -> str:
    """The text that names the same thing in every file and in every payment."""
    return normal(written(value), case)
