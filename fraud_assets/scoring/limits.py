"""What may be sent for a feature: the contract's rules on it, and what no payment ever needs.

The service refuses everything else, and golden rows keep to it. Rules test what training tested:
text trimmed, in the contract's case, with the words for "missing" taken for missing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Floats
from fraud_assets.scoring.encode import Value
from fraud_assets.scoring.spec import Feature, Numeric

LARGEST = 1e30
"""Largest magnitude of a number: far past any payment, and finite when scaled as float32."""

LONGEST = 256
"""Most characters of a text."""

Level = Callable[[str], str | None]
"""`Encoder.level`: a text as training saw it, None where it says missing."""


def bounds(feature: Numeric) -> tuple[float, float]:
    """Least and largest number that may be sent."""
    low = -LARGEST if feature.minimum is None else max(feature.minimum, -LARGEST)
    high = LARGEST if feature.maximum is None else min(feature.maximum, LARGEST)
    return low, high


def nearest_number(feature: Numeric, number: float) -> float:
    """The number nearest to `number` that may be sent."""
    low, high = bounds(feature)
    within = [one for one in feature.one_of or () if low <= one <= high]
    if within:
        return min(within, key=lambda one: abs(one - number))
    return min(max(number, low), high)


def admits(feature: Feature, value: Value, level: Level) -> bool:
    """Whether `value` (None: missing) may be sent for `feature`."""
    if value is None:
        return not feature.required
    if isinstance(feature, Numeric):
        low, high = bounds(feature)
        number = float(value)
        return low <= number <= high and (feature.one_of is None or number in feature.one_of)
    text = str(value)
    return len(text) <= LONGEST and not text_fault(feature, text, level)


def admits_numbers(feature: Numeric, numbers: Floats) -> NDArray[np.bool_]:
    """Which of the numbers (n,), NaN for missing, may be sent: `admits` of each."""
    low, high = bounds(feature)
    inside = (low <= numbers) & (numbers <= high)
    if feature.one_of is not None:
        inside &= np.isin(numbers, list(feature.one_of))
    return np.where(np.isnan(numbers), not feature.required, inside)


def text_fault(feature: Feature, text: str, level: Level) -> str:
    """Which of the contract's rules on texts `text` breaks, in words; "" where none."""
    known = level(text)
    if known is None:
        return "Input should not be empty or a word for missing" if feature.required else ""
    if feature.one_of is None or known in feature.one_of:
        return ""
    return f"Input should be one of {', '.join(map(str, feature.one_of))}"
