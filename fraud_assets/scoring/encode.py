"""From a payment's values to the numbers that the model sees, exactly as training encoded them."""

from __future__ import annotations

import math
from collections.abc import Mapping, MutableSequence
from typing import cast

from fraud_assets.scoring.spec import Categorical, Numeric, Spec

Value = float | str | None
"""One feature's value: a number, text, or missing."""


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
            (i, f.position, f.levels, f.unseen)
            for i, f in enumerate(spec.features)
            if isinstance(f, Categorical)
        )
        self._case = {"upper": str.upper, "lower": str.lower}.get(spec.case, str)
        self._missing_text = frozenset(spec.missing_text)
        self._missing_level = spec.missing_level
        self._seen: dict[str, str] = {}

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
        """Encode `row` into the float64 buffer `into` (columns,)."""
        for i, position, median, mean, scale in self._numeric:
            value = row[i]
            number = median if value is None else cast("float", value)
            into[position] = (number - mean) / scale
        for i, position, levels, unseen in self._categorical:
            text = row[i]
            level = None if text is None else self.level(cast("str", text))
            codes = levels.get(self._missing_level if level is None else level, unseen)
            for offset, code in enumerate(codes):
                into[position + offset] = code


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
