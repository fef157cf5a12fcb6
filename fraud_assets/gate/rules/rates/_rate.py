"""A rate of the report held against a bound of the policy."""

from __future__ import annotations

from fraud_assets.documents.rates import Rate
from fraud_assets.gate.rule import RuleOutcome, show

ADVICE_FLAGS = (
    "The model needs too many alerts to reach the recall. Compare the families on the "
    "leaderboard, and look at the score distribution: frauds that lie among the legitimate "
    "payments need a new feature, not another setting."
)
ADVICE_RECALL = (
    "See which slices and which weeks lose the frauds, then read the missed payments: a new kind "
    "of fraud shows there first. A feature that separates it, or more matured frauds for the "
    "threshold, is what helps; lowering the threshold by hand does not."
)


def at_least(rate: Rate, least: float, words: str, hint: str) -> RuleOutcome:
    """A rate that must reach its bound."""
    holds = rate.value is not None and rate.value >= least
    return _held(rate, f"The {words} must be at least {least:g}", hint, holds=holds)


def at_most(rate: Rate, most: float, words: str, hint: str) -> RuleOutcome:
    """A rate that must not exceed its bound."""
    holds = rate.value is not None and rate.value <= most
    return _held(rate, f"The {words} must be at most {most:g}", hint, holds=holds)


def _held(rate: Rate, demand: str, hint: str, *, holds: bool) -> RuleOutcome:
    between = f"{rate.method} {rate.low:.4f} to {rate.high:.4f}"
    end = "" if holds else f"; {hint}"
    sentence = f"{demand}, got {show(rate.value)} (n = {rate.n}, {between}){end}."
    return RuleOutcome(holds and rate.n > 0, rate.value, sentence, rate.interval, rate.n)
