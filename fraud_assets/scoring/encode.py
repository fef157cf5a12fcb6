"""From a payment's values to the numbers that the model sees, exactly as training encoded them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Collection, Mapping, MutableSequence
from typing import cast

from fraud_assets.scoring.spec import Categorical, Numeric, Spec
from fraud_assets.values.text import LetterCase, level

Value = float | str | None
"""One feature's value: a number, text, or missing."""

KEPT_TEXTS = 1024
"""Different texts of one feature that are remembered; callers decide what they send."""


class Encoder:
    """Writes one payment's encoded columns, in float64, missing and unseen levels included."""

    def __init__(self, spec: Spec) -> None:
        self.names = tuple(feature.name for feature in spec.features)
        self._numeric = tuple(
            (i, f.position, f.median, f.mean, f.scale, f.missing)
            for i, f in enumerate(spec.features)
            if isinstance(f, Numeric) and not f.sides
        )
        self._with_sides = tuple(
            (i, tuple((s.position, s.missing) for s in f.sides), f.mean, f.scale, f.missing)
            for i, f in enumerate(spec.features)
            if isinstance(f, Numeric) and f.sides
        )
        self._presence = tuple(
            (i, f.presence.position, f.presence.present, f.presence.absent, f.missing)
            for i, f in enumerate(spec.features)
            if isinstance(f, Numeric) and f.presence is not None
        )
        self._categorical = tuple(
            (i, _Levels(f, self.level, spec.missing_level))
            for i, f in enumerate(spec.features)
            if isinstance(f, Categorical)
        )
        self._level = {"trim": _level_of_format_1, "nfc": level}[spec.normalisation]
        self._case, self._missing_text = spec.case, frozenset(spec.missing_text)
        self._stand_ins = [f.missing if isinstance(f, Numeric) else () for f in spec.features]

    def row(self, values: Mapping[str, object]) -> tuple[Value, ...]:
        """The features' values in order; absent, None and NaN are the same missing value."""
        found = (values.get(name) for name in self.names)
        return tuple(
            value if isinstance(value, str) else _number(cast("float | None", value))
            for value in found
        )

    def level(self, text: str) -> str | None:
        """Text as training saw it: trimmed, in the contract's case; None where it says missing."""
        return self._level(text, self._case, self._missing_text)

    def meaning(self, index: int, value: Value) -> Value:
        """What the feature's value is to the model: a level, a number, or missing."""
        if isinstance(value, str):
            return self.level(value)
        return None if value in self._stand_ins[index] else value

    def write(self, row: tuple[Value, ...], into: MutableSequence[float]) -> None:
        """Encode `row` into `into`, a memoryview of float64 (columns,)."""
        for i, position, median, mean, scale, missing in self._numeric:
            value = row[i]
            number = median if value is None or value in missing else value
            into[position] = (number - mean) / scale  # type: ignore[operator]  # a number's column
        for i, sides, mean, scale, missing in self._with_sides:
            value = row[i]
            is_missing = value is None or value in missing
            scaled = 0.0 if is_missing else (value - mean) / scale  # type: ignore[operator]
            for position, absent in sides:
                into[position] = absent if is_missing else scaled
        for i, position, present, absent, missing in self._presence:
            into[position] = absent if row[i] is None or row[i] in missing else present
        for i, levels in self._categorical:
            text: str | None = row[i]  # type: ignore[assignment]  # a category's column
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


def _level_of_format_1(text: str, case: LetterCase, missing: Collection[str]) -> str | None:
    trimmed = text.strip()
    if trimmed.lower() in missing:
        return None
    return {"upper": str.upper, "lower": str.lower}.get(case, str)(trimmed)


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
