"""What can be seen of one column: each fact is measured once, when somebody asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.kinds.text import present_text
from fraud_assets.modelling.leaks.names import plain_words

FEW_ODD = 0.05
"""A column may hold this share of values of another kind, such as a word among numbers."""


@dataclass(frozen=True)
class Facts:
    """A column under its name: `values` (n,) of the rows looked at, `every` (m,) of all rows."""

    name: str
    values: pd.Series
    every: pd.Series
    decimal: str = "."

    @cached_property
    def plain(self) -> str:
        """The name in small words joined by underscores."""
        return plain_words(self.name)

    def named(self, *patterns: re.Pattern[str]) -> bool:
        """Whether the name matches any of the patterns."""
        return any(pattern.search(self.plain) for pattern in patterns)

    @cached_property
    def _trimmed(self) -> tuple[pd.Series, pd.Series]:
        return present_text(self.values)

    @cached_property
    def text(self) -> pd.Series:
        """Present values (m,) as trimmed text."""
        text, missing = self._trimmed
        return text[~missing].astype(object)

    @cached_property
    def missing(self) -> np.ndarray:
        """Which rows (n,) have no value."""
        return self._trimmed[1].to_numpy()

    @cached_property
    def counts(self) -> pd.Series:
        """How often each present text stands there, the most frequent first."""
        return self.text.value_counts()

    @property
    def present(self) -> int:
        """Rows that have a value."""
        return len(self.text)

    @property
    def levels(self) -> int:
        """Different values."""
        return len(self.counts)

    @cached_property
    def uniqueness(self) -> float:
        """Different values for each row that has one, over all rows."""
        return self.every.nunique() / max(int(self.every.count()), 1)

    @cached_property
    def words(self) -> dict[str, int]:
        """Rows, of all, for each value as a label's are compared: without case, 1.00 as 1."""
        raw = self.every.value_counts()
        text, missing = present_text(pd.Series(raw.index))
        text = text.str.lower()
        rows = pd.Series(raw.to_numpy(), index=text.to_numpy())[~missing.to_numpy()]
        total = rows.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
        return {str(word): int(count) for word, count in total.items()}

    @cached_property
    def _numbers(self) -> tuple[np.ndarray, float]:
        numbers, bad = parse_numbers(self.values, self.decimal)
        return numbers.to_numpy(), float(bad.mean()) if len(bad) else 1.0

    @property
    def numbers(self) -> np.ndarray:
        """Values (n,) as float64, NaN where they are missing or no numbers."""
        return self._numbers[0]

    @cached_property
    def is_number(self) -> bool:
        """Whether nearly all values are numbers."""
        if pd.api.types.is_datetime64_any_dtype(self.values.dtype):
            return False
        numbers, bad = self._numbers
        return bool(np.isfinite(numbers).any() and bad < FEW_ODD)

    @cached_property
    def is_whole(self) -> bool:
        """Whether its numbers are whole and not negative."""
        known = self.numbers[np.isfinite(self.numbers)]
        return self.is_number and bool(((known % 1 == 0) & (known >= 0)).all())

    @cached_property
    def is_text(self) -> bool:
        """Whether the values came as text and not as numbers or times of the file's own."""
        return not (
            pd.api.types.is_numeric_dtype(self.values.dtype)
            or pd.api.types.is_datetime64_any_dtype(self.values.dtype)
        )

    def share(self, pattern: str) -> float:
        """Share of the present texts that match the whole pattern."""
        return float(self.text.str.fullmatch(pattern).mean()) if self.present else 0.0

    def presence(self, fraud: np.ndarray) -> tuple[float, float]:
        """Shares of the frauds and of the other rows that have a value; `fraud` (n,) bool."""
        has = ~self.missing
        return float(has[fraud].mean()), float(has[~fraud].mean())
