"""A share that a person set, written so that it is not another one: .999 is not 100 %."""

from __future__ import annotations


def exact_share(value: float) -> str:
    """With two decimals, or as many as it has: "0.90", "0.904"."""
    short = f"{value:.2f}"
    return short if float(short) == value else repr(float(value))


def exact_percent(value: float) -> str:
    """In whole percent, or with as many decimals as it has: "95%", "99.9%"."""
    short = f"{value:.0%}"
    return short if abs(float(short[:-1]) - 100 * value) < 1e-9 else f"{100 * value:.15g}%"
