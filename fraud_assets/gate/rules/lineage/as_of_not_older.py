"""The judged week is not older than production's; the same week may be judged again."""

from __future__ import annotations

from datetime import datetime

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.values.moment import read_moment


def bound(grounds: Grounds) -> str | None:
    """The week of what serves now."""
    return None if grounds.production is None else grounds.production.as_of or None


def judge(grounds: Grounds) -> RuleOutcome:
    """The report's week is an instant, and production's is not after it."""
    told, production = grounds.report.as_of, grounds.production
    own = _moment(told)
    if own is None:
        sentence = f"as_of must be an ISO date, got {told!r}; evaluate the model again."
        return RuleOutcome(passed=False, value=told, sentence=sentence)
    if production is None:
        sentence = f"Nothing serves yet, so as_of {told} is not older than production's."
        return RuleOutcome(passed=True, value=told, sentence=sentence)
    current = _moment(production.as_of)
    if current is None:
        sentence = (
            f"Production's as_of must be an ISO date, got {production.as_of!r}; verify the store."
        )
        return RuleOutcome(passed=False, value=told, sentence=sentence)
    passed = own >= current
    hint = "" if passed else "; a replayed older week is judged but never published over a newer"
    sentence = f"as_of must not be older than production's {production.as_of}, got {told}{hint}."
    return RuleOutcome(passed, told, sentence)


def _moment(value: str) -> datetime | None:
    """An ISO date or time; None for other text."""
    try:
        return read_moment(value)
    except ValueError:
        return None


RULE = GateRule(
    name="as_of_not_older",
    order=400,
    bound=bound,
    judge=judge,
    title="Not older than the model in production",
    unit="number",
    advice="An older week may be replayed, and is not published over a newer one.",
    section="lineage",
    answers_for=("as_of",),
)
