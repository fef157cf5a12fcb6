"""From a payment's values to the numbers that the model sees, exactly as training encoded them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, MutableSequence
from typing import cast

from fraud_assets.scoring.spec import Categorical, Numeric, Spec

Value = float | str | None
"""One feature's value: a number, text, or missing."""

KEPT_TEXTS = 1024
"""Different texts of one feature that are remembered; callers decide what they send."""


class Encoder:
    """Writes one payment's encoded columns, in float64, missing and unseen levels included."""

    def __init__(self, spec: Spec) -> None:
        self.names = tuple(feature.name for feature in spec.features)
        self._numeric = tuple(
            (i, f.position, f.median, f.mean, f.scale)
            for i, f in enumerate(spec.features)
            if isinstance(f, Numeric)
        )
        self._categorical = tuple(
            (i, _Levels(f, self.level, spec.missing_level))
            for i, f in enumerate(spec.features)
            if isinstance(f, Categorical)
        )
        self._case = {"upper": str.upper, "lower": str.lower}.get(spec.case, str)
        self._missing_text = frozenset(spec.missing_text)

    def row(self, values: Mapping[str, object]) -> tuple[Value, ...]:
        """The features' values in order; absent, None and NaN are the same missing value."""
        found = (values.get(name) for name in self.names)
        return tuple(
            value if isinstance(value, str) else _number(cast("float | None", value))
            for value in found
        )

    def level(self, text: str) -> str | None:
        """Text as training saw it: trimmed, in the contract's case; None where it says missing."""
        trimmed = text.strip()
        return None if trimmed.lower() in self._missing_text else self._case(trimmed)

    def write(self, row: tuple[Value, ...], into: MutableSequence[float]) -> None:
        """Encode `row` into `into`, a memoryview of float64 (columns,)."""
        for i, position, median, mean, scale in self._numeric:
            value = row[i]
            number = median if value is None else cast("float", value)
            into[position] = (number - mean) / scale
        for i, levels in self._categorical:
            text = cast("str | None", row[i])
            codes = levels.known.get(text)
            into[levels.start : levels.stop] = levels.find(text) if codes is None else codes


class _Levels:
    """One feature's codes by text as sent; what was looked up once is kept, within bounds."""

    def __init__(
        self, feature: Categorical, level: Callable[[str], str | None], missing_level: str
    ) -> None:
        self.start, self.stop = feature.position, feature.position + len(feature.unseen)
        self.known: dict[str | None, array[float]] = {}
        self._codes = {name: array("d", codes) for name, codes in feature.levels.items()}
        self._unseen = array("d", feature.unseen)
        self._level, self._missing_level = level, missing_level

    def find(self, text: str | None) -> array[float]:
        """The codes of a text not met before."""
        level = None if text is None else self._level(text)
        codes = self._codes.get(self._missing_level if level is None else level, self._unseen)
        if len(self.known) < KEPT_TEXTS:
            self.known[text] = codes
        return codes


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
