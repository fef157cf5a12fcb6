"""Words that a contract lists: labels, allowed values; they compare as text and as numbers."""

from __future__ import annotations

from collections.abc import Iterable

from fraud_assets.values.identity import identity
from fraud_assets.values.number import Sign, number
from fraud_assets.values.text import LetterCase, folded, normal


def allowed_levels(listed: Iterable[object], case: LetterCase = "keep") -> tuple[str, ...]:
    """Listed values as levels of a category; true is also "true" and "1", however written."""
    written = [identity(value, case) for value in listed]
    truths = [value for value in listed if isinstance(value, bool)]
    for form in (str, lambda value: str(value).lower(), lambda value: str(value).upper()):
        written += [normal(form(value), case) for value in truths]
    written += [str(int(value)) for value in truths]
    return tuple(dict.fromkeys(written))


def allowed_numbers(listed: Iterable[object]) -> tuple[float, ...]:
    """Listed values as numbers; a word among them allows none."""
    numbers = (number(value) for value in listed)
    return tuple(dict.fromkeys(value for value in numbers if value is not None))


class Words:
    """Listed values, such as those that mean fraud.

    A value is among them if its text is, without regard to case and to decimals that only its
    storage gave it, or if it is the same number: 1, "1.00", 1.0 and true are alike.
    """

    def __init__(self, listed: Iterable[object], decimal: Sign = ".") -> None:
        listed = list(listed)
        self._decimal = decimal
        self._texts = {folded(identity(value)) for value in listed}
        self._numbers = {number(value, decimal) for value in listed} - {None}

    def holds_text(self, value: object) -> bool:
        """Whether a present value's text is among the listed ones."""
        return folded(identity(value)) in self._texts

    def holds_number(self, value: object) -> bool:
        """Whether a present value is a number that is among the listed ones."""
        return number(value, self._decimal) in self._numbers
