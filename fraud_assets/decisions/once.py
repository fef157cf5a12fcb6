"""A payment that stands on record more than once counts once: by the first decision on it.

That happens where a process was killed between the record and the state, so that the payment was
decided again, and where an id comes again after the state has let it go. The first decision is the
one that its caller may have been answered, and the one that a repeated payment is answered again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fraud_assets.decisions.erasure.tokens import key_id_of
from fraud_assets.documents.decision import Decision, JsonValue

_MOST_NAMED = 5


@dataclass(frozen=True)
class CountedOnce:
    """Decisions of which each payment has one, in the order in which they were given.

    `aside` are later decisions on payments that count already; `reused` are ids under which they
    say something else than the first one does, sorted.
    """

    decisions: list[Decision]
    aside: list[Decision]
    reused: list[str]

    @property
    def sentence(self) -> str:
        """What was set aside and which ids were used twice; nothing where nothing was."""
        if not self.aside:
            return ""
        said = (
            f"{len(self.aside):,} decisions are on payments that stand on record before; the first "
            "decision on each payment counts."
        )
        if self.reused:
            named = ", ".join(map(repr, self.reused[:_MOST_NAMED]))
            more = len(self.reused) - _MOST_NAMED
            beyond = f" and {more:,} more" if more > 0 else ""
            said += (
                f" With other content came: {named}{beyond}; give each payment an id of its own."
            )
        return said


def counted_once(decisions: Iterable[Decision]) -> CountedOnce:
    """The first decision on each payment; one without an id is a payment of its own."""
    given = list(decisions)
    first: dict[str, Decision] = {}
    for one in given:
        known = first.setdefault(one.payment_id, one)
        if _made(one) < _made(known):
            first[one.payment_id] = one
    aside = [one for one in given if one.payment_id and first[one.payment_id] is not one]
    reused = {one.payment_id for one in aside if _differ(one, first[one.payment_id])}
    gone = {id(one) for one in aside}
    return CountedOnce([one for one in given if id(one) not in gone], aside, sorted(reused))


def _made(one: Decision) -> tuple[int, str]:
    return one.decided_at, one.decision_id


def _differ(one: Decision, other: Decision) -> bool:
    """Whether two payments say different things where both can be read."""
    return any(_is_other(value, other.payment) for value in one.payment.items())


def _is_other(said: tuple[str, JsonValue], payment: Mapping[str, JsonValue]) -> bool:
    name, value = said
    other = payment.get(name)
    return value != other and key_id_of(value) is None and key_id_of(other) is None
