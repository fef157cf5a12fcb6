"""Sums over position ranges: exact, and rounded once to the nearest float64, as `math.fsum` does.

The exact sum of a window is a fact about what lies in it. It does not depend on the order of
summation, on what surrounds the window, or on who computes it, so that any other engine that is
exact gives the same bits. A running total in floating point would carry the rounding of every
row before the window.

A float64 is a whole number times a power of two. The values of a block of rows, written as whole
multiples of its smallest power, are cut into limbs of 30 bits; running totals of limbs are exact
in 64-bit integers, and so are their differences.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Floats, Ints

LIMB = 30
"""Bits of a limb: 2^33 of them add up in an int64."""

_MASK = (1 << LIMB) - 1
_BLOCK = 1 << 18
"""Ranges summed at once; bounds the memory that limbs take."""


class Sums:
    """Exact sums of `values` (h,) over ranges of positions; NaN counts as missing."""

    def __init__(self, values: Floats, asked: Ints) -> None:
        present = ~np.isnan(values)
        self._values = np.where(present, values, 0.0)
        self._present, self._asked = present, asked
        self._number = np.concatenate([[0], np.cumsum(present, dtype=np.int64)])

    def between(self, low: Ints, high: Ints, *, own: bool = False) -> tuple[Floats, Ints]:
        """Sum and number of the values in each range [low, high), (q,) each.

        With `own` the value of the row that asks counts too.
        """
        number: Ints = self._number[high] - self._number[low]
        if not own:
            return exact_sums(self._values, low, high), number
        return (
            exact_sums(self._values, low, high, also=self._asked),
            number + self._present[self._asked],
        )


def exact_sums(values: Floats, low: Ints, high: Ints, also: Ints | None = None) -> Floats:
    """Sum of `values[low:high]`, and of `values[also]`, for each pair; rounded once.

    `values` without NaN; an infinite one, or a sum beyond float64, gives an infinite or missing
    result as floating point does.
    """
    total = np.zeros(len(low))
    for part in _blocks(len(low)):
        begin, end = low[part], high[part]
        extra = None if also is None else also[part]
        used = [begin, end] if extra is None else [begin, end, extra, extra + 1]
        first = min(int(bound.min()) for bound in used)
        last = max(int(bound.max()) for bound in used)
        inside = values[first:last]
        own = None if extra is None else extra - first
        total[part] = _block_sums(inside, begin - first, end - first, own)
    return total


def _blocks(size: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


def _block_sums(values: Floats, low: Ints, high: Ints, also: Ints | None) -> Floats:
    if not np.isfinite(values).all():
        return _infinite_sums(values, low, high, also)
    limbs, exponent = _limbs(values)
    sums = np.empty((len(limbs) + 2, len(low)), dtype=np.int64)
    sums[len(limbs) :] = 0
    for at, limb in enumerate(limbs):
        running = np.concatenate([[0], np.cumsum(limb)])
        sums[at] = running[high] - running[low]
        if also is not None:
            sums[at] += limb[also]
    return _rounded(sums, exponent)


def _infinite_sums(values: Floats, low: Ints, high: Ints, also: Ints | None) -> Floats:
    """The same where some value is infinite: exact elsewhere, floating point's answer there."""
    finite = np.isfinite(values)
    plain = _block_sums(np.where(finite, values, 0.0), low, high, also)
    for sign in (np.inf, -np.inf):
        running = np.concatenate([[0], np.cumsum(values == sign)])
        hit = running[high] > running[low]
        if also is not None:
            hit |= values[also] == sign
        with np.errstate(invalid="ignore"):
            plain[hit] += sign
    return plain


def _limbs(values: Floats) -> tuple[list[Ints], int]:
    """Limbs of the values (n,), lowest first, in units of 2 to a power; and that power."""
    fraction, power = np.frexp(values)
    whole = np.abs(np.ldexp(fraction, 53)).astype(np.int64)
    used = whole != 0
    lowest = int(power[used].min(initial=2_000)) - 53 if used.any() else 0
    shift = np.where(used, power.astype(np.int64) - 53 - lowest, 0)
    count = (int(shift.max(initial=0)) + 53) // LIMB + 1
    place, rest = np.divmod(shift, LIMB)
    low = (whole & _MASK) << rest
    high = ((whole >> LIMB) << rest) + (low >> LIMB)
    sign = np.where(values < 0, -1, 1)
    parts = (sign * (low & _MASK), sign * (high & _MASK), sign * (high >> LIMB))
    limbs = [np.zeros(len(values), dtype=np.int64) for _ in range(count + 2)]
    for at in range(len(limbs)):
        for offset, part in enumerate(parts):
            hit = place == at - offset
            if hit.any():
                limbs[at] += np.where(hit, part, 0)
    return limbs, lowest


def _rounded(sums: NDArray[np.int64], exponent: int) -> Floats:
    """Numbers (q,) of limbs (l, q) in units of 2^exponent, each rounded to the nearest float64."""
    _carry(sums)
    negative = sums[-1] < 0
    if negative.any():
        sums[:, negative] *= -1
        _carry(sums)
    count, size = sums.shape
    top = count - 1 - np.argmax((sums != 0)[::-1], axis=0)
    at, columns = np.maximum(top, 2), np.arange(size)
    high = (sums[at, columns] << LIMB) | sums[at - 1, columns]
    low = sums[at - 2, columns]
    # 63 bits at most, so that one step to float64 rounds as the whole number would.
    spare = np.clip(62 - np.frexp(high.astype(np.float64))[1], 0, LIMB)
    head = (high << spare) | (low >> (LIMB - spare))
    tail = (low & ((1 << (LIMB - spare)) - 1)) != 0
    tail |= _any_below(sums, at - 2)
    with np.errstate(over="ignore"):
        found: Floats = np.ldexp(
            (head | tail).astype(np.float64), exponent + (at - 2) * LIMB + (LIMB - spare)
        )
    found[negative] *= -1
    return found


def _carry(sums: NDArray[np.int64]) -> None:
    """Bring all limbs but the last into [0, 2^30), in place."""
    for at in range(len(sums) - 1):
        sums[at + 1] += sums[at] >> LIMB
        sums[at] &= _MASK


def _any_below(sums: NDArray[np.int64], at: Ints) -> NDArray[np.bool_]:
    """Whether any limb below `at` (q,) is not zero."""
    first = np.argmax(sums != 0, axis=0)
    found: NDArray[np.bool_] = (first < at) & (sums[first, np.arange(len(at))] != 0)
    return found
