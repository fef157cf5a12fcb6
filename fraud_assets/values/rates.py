"""Amounts of any currency in the contract's own, by rates of days.

The one definition for a column of payments and for a payment alone. Standard library only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fraud_assets.values.text import trimmed


@dataclass(frozen=True)
class RateTable:
    """Rates by currency and day.

    `base` is the code of the currency into which amounts go, `max_age` the days for which a rate
    may stand in for later days without one; `days` and `rates` are sorted by day for each code.
    """

    base: str
    max_age: int
    days: Mapping[str, tuple[date, ...]]
    rates: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, base: str, max_age: int, quotes: Iterable[tuple[str, date, float]]) -> RateTable:
        """A table of quotes: code, day, and how much of `base` one unit is worth on that day."""
        ordered = sorted(quotes)
        codes = dict.fromkeys(name for name, _, _ in ordered)
        parts = {code: [quote for quote in ordered if quote[0] == code] for code in codes}
        return cls(
            base,
            max_age,
            {code: tuple(day for _, day, _ in part) for code, part in parts.items()},
            {code: tuple(rate for _, _, rate in part) for code, part in parts.items()},
        )

    def rate(self, code: str | None, day: date | None) -> float | None:
        """What one unit is worth in `base` on a day; None where no rate says it."""
        if code == self.base:
            return 1.0
        if code is None or day is None or code not in self.days:
            return None
        days = self.days[code]
        at = bisect_right(days, day) - 1
        if at < 0 or (day - days[at]).days > self.max_age:
            return None
        return self.rates[code][at]

    def in_base(self, amount: float, code: str | None, day: date | None) -> float | None:
        """An amount in `base`; None where no rate says it."""
        rate = self.rate(code, day)
        return None if rate is None else amount * rate


def currency_code(text: str) -> str:
    """A currency's code as it is compared: "eur " is EUR."""
    return trimmed(text).upper()
