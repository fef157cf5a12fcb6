"""Gauss-Legendre quadrature whose nodes are the same float64 on every machine.

NumPy's come from an eigenvalue solver, whose last bits change with its release and the processor;
a decision must be explained with the same bits years later. Here Newton's method runs in decimal
arithmetic to 50 digits and is rounded once (Abramowitz and Stegun 1964, 25.4.29).
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray

_DIGITS = Context(prec=60)
_CLOSE = Decimal(10) ** -50


@cache
def gauss_legendre(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes (count,) ascending in (-1, 1) and their weights (count,), which sum to 2."""
    guesses = [math.cos(math.pi * (i + 0.75) / (count + 0.5)) for i in range(count)]
    roots = sorted(_root(count, Decimal(guess)) for guess in guesses)
    nodes = np.array([float(root) for root in roots])
    weights = np.array([float(_weight(count, root)) for root in roots])
    return nodes, weights


def _root(count: int, x: Decimal) -> Decimal:
    while True:
        value, slope = _legendre(count, x)
        step = _DIGITS.divide(value, slope)
        x = _DIGITS.subtract(x, step)
        if abs(step) < _CLOSE:
            return x if abs(x) > _CLOSE else Decimal(0)


def _weight(count: int, x: Decimal) -> Decimal:
    slope = _legendre(count, x)[1]
    rest = _DIGITS.subtract(1, _DIGITS.multiply(x, x))
    return _DIGITS.divide(2, _DIGITS.multiply(rest, _DIGITS.multiply(slope, slope)))


def _legendre(count: int, x: Decimal) -> tuple[Decimal, Decimal]:
    """The Legendre polynomial of that degree at x, and its derivative (Bonnet's recursion)."""
    before, here = Decimal(1), x
    for k in range(2, count + 1):
        ahead = _DIGITS.multiply(_DIGITS.multiply(2 * k - 1, x), here)
        rest = _DIGITS.multiply(k - 1, before)
        before, here = here, _DIGITS.divide(_DIGITS.subtract(ahead, rest), k)
    top = _DIGITS.multiply(count, _DIGITS.subtract(_DIGITS.multiply(x, here), before))
    return here, _DIGITS.divide(top, _DIGITS.subtract(_DIGITS.multiply(x, x), 1))
