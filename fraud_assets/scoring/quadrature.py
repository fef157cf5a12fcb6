"""Gaussian quadrature whose nodes are the same float64 on every machine.

NumPy's come from an eigenvalue solver, whose last bits change with its release and the processor;
a decision must be explained with the same bits years later. Here Newton's method runs in decimal
arithmetic to 50 digits and is rounded once (Abramowitz and Stegun 1964, 25.4.29).
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from functools import cache
from itertools import pairwise

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


@cache
def gauss_jacobi(count: int, power: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes (count,) ascending in (0, 1) and weights (count,) under t (1 - t) ** power.

    The integral over [0, 1] of a polynomial of degree 2 count - 1 times that is exact. The nodes
    are roots of the orthogonal polynomial (Abramowitz and Stegun 1964, 22.2.2, 22.5.42).
    """
    roots, polynomial = _jacobi_roots(count, power), _jacobi(count, power)
    weights = [_jacobi_weight(polynomial, root, power) for root in roots]
    return np.array([float(root) for root in roots]), np.array([float(w) for w in weights])


def _jacobi(count: int, power: int) -> list[Decimal]:
    """Coefficients, from the constant's up: 2F1(-count, count + power + 2; 2; t)."""
    found = [Decimal(1)]
    for k in range(count):
        top = _DIGITS.multiply(found[-1], (k - count) * (count + power + 2 + k))
        found.append(_DIGITS.divide(top, (k + 2) * (k + 1)))
    return found


@cache
def _jacobi_roots(count: int, power: int) -> list[Decimal]:
    """One root lies between each two neighbours among 0, the roots of one degree less, and 1."""
    if count == 0:
        return []
    polynomial = _jacobi(count, power)
    fences = [Decimal(0), *_jacobi_roots(count - 1, power), Decimal(1)]
    return [_between(polynomial, low, high) for low, high in pairwise(fences)]


def _between(polynomial: list[Decimal], low: Decimal, high: Decimal) -> Decimal:
    """The one root between: by halves in float64, then by Newton's steps in decimals."""
    least, most, rough = float(low), float(high), [float(c) for c in polynomial]
    rises = _value(polynomial, low) < 0
    for _ in range(30):
        middle = (least + most) / 2
        below = (sum(c * middle**k for k, c in enumerate(rough)) < 0) == rises
        least, most = (middle, most) if below else (least, middle)
    slopes = [_DIGITS.multiply(k, c) for k, c in enumerate(polynomial)][1:]
    root = Decimal(least)
    while True:
        step = _DIGITS.divide(_value(polynomial, root), _value(slopes, root))
        root = _DIGITS.subtract(root, step)
        if abs(step) < _CLOSE:
            return root


def _jacobi_weight(polynomial: list[Decimal], root: Decimal, power: int) -> Decimal:
    """Integral of polynomial / (t - root), over that quotient's value at the root."""
    quotient = [polynomial[-1]]
    for coefficient in polynomial[-2:0:-1]:
        quotient.append(_DIGITS.add(coefficient, _DIGITS.multiply(quotient[-1], root)))
    quotient.reverse()
    moments = [_moment(k + 1, power) for k in range(len(quotient))]
    parts = [_DIGITS.multiply(c, m) for c, m in zip(quotient, moments, strict=True)]
    return _DIGITS.divide(_total(parts), _value(quotient, root))


def _moment(one: int, other: int) -> Decimal:
    """Integral over [0, 1] of t ** one (1 - t) ** other."""
    return _DIGITS.divide(1, (one + other + 1) * math.comb(one + other, one))


def _value(polynomial: list[Decimal], at: Decimal) -> Decimal:
    found = Decimal(0)
    for coefficient in reversed(polynomial):
        found = _DIGITS.add(_DIGITS.multiply(found, at), coefficient)
    return found


def _total(parts: list[Decimal]) -> Decimal:
    found = Decimal(0)
    for part in parts:
        found = _DIGITS.add(found, part)
    return found
