"""Gaussian quadrature with the same bits everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import roots_jacobi

from fraud_assets.scoring.quadrature import gauss_jacobi, gauss_legendre


def test_by_hand():
    """One, two and three nodes have closed forms."""
    assert [part.tolist() for part in gauss_legendre(1)] == [[0.0], [2.0]]
    third = 1 / math.sqrt(3)
    assert gauss_legendre(2)[0] == pytest.approx([-third, third], rel=1e-15)
    assert gauss_legendre(3)[0] == pytest.approx([-math.sqrt(0.6), 0, math.sqrt(0.6)], rel=1e-15)
    assert gauss_legendre(3)[1] == pytest.approx([5 / 9, 8 / 9, 5 / 9], rel=1e-15)


@pytest.mark.parametrize("count", [1, 2, 5, 12, 30])
def test_polynomials_up_to_twice_the_nodes_are_integrated_exactly(count):
    """The law that defines it: degree 2n - 1, against the integral in closed form."""
    nodes, weights = gauss_legendre(count)

    for degree in range(2 * count):
        exact = 0.0 if degree % 2 else 2 / (degree + 1)
        assert math.fsum(weights * nodes**degree) == pytest.approx(exact, abs=1e-13)


@pytest.mark.parametrize("count", range(1, 40))
def test_numpys_are_the_same_but_for_their_last_bits(count):
    """An outside oracle."""
    ours, theirs = gauss_legendre(count), np.polynomial.legendre.leggauss(count)

    assert ours[0] == pytest.approx(theirs[0], abs=1e-14)
    assert ours[1] == pytest.approx(theirs[1], abs=1e-13)
    assert (ours[0] == -ours[0][::-1]).all()


def test_the_bits_are_pinned():
    """A release that changed one would explain old decisions otherwise."""
    nodes, weights = gauss_legendre(4)

    assert [x.hex() for x in nodes[2:].tolist()] == ["0x1.5c23fd9dd3dfcp-2", "0x1.b8e6dbcf63985p-1"]
    assert [x.hex() for x in weights[2:].tolist()] == [
        "0x1.4de5f840c24cap-1",
        "0x1.64340f7e7b66bp-2",
    ]


def test_one_node_under_a_weight_by_hand():
    """Under t (1 - t) ** 2: its integral is 1 / 12, its mean (1 / 30) / (1 / 12)."""
    node, weight = gauss_jacobi(1, 2)

    assert node == pytest.approx([0.4], rel=1e-15)
    assert weight == pytest.approx([1 / 12], rel=1e-15)


@pytest.mark.parametrize("count", [1, 2, 4, 7])
@pytest.mark.parametrize("power", [0, 1, 5, 12])
def test_polynomials_under_a_weight_are_integrated_exactly(count, power):
    """The integral of t ** (degree + 1) (1 - t) ** power is a quotient of factorials."""
    nodes, weights = gauss_jacobi(count, power)

    for degree in range(2 * count):
        top = math.factorial(degree + 1) * math.factorial(power)
        exact = top / math.factorial(degree + power + 2)
        assert math.fsum(weights * nodes**degree) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("count", range(1, 8))
@pytest.mark.parametrize("power", range(0, 12, 3))
def test_scipys_under_a_weight_are_the_same_but_for_their_last_bits(count, power):
    """An outside oracle, which integrates from -1 to 1."""
    nodes, weights = roots_jacobi(count, power, 1)

    ours = gauss_jacobi(count, power)

    assert ours[0] == pytest.approx((nodes + 1) / 2, rel=1e-12)
    assert ours[1] == pytest.approx(weights / 2 ** (power + 2), rel=1e-11)


def test_the_bits_under_a_weight_are_pinned():
    """As above."""
    nodes, weights = gauss_jacobi(2, 3)

    assert [x.hex() for x in nodes.tolist()] == ["0x1.89411e85c8763p-3", "0x1.1dafb85e8de27p-1"]
    assert [x.hex() for x in weights.tolist()] == ["0x1.f6deb9d3533a3p-6", "0x1.3c54795fdff90p-6"]
