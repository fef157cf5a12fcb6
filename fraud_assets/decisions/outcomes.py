"""Decisions beside what became known of them: pure, and true of one instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

import msgspec

from fraud_assets.documents.decision import Decision, Label


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A decision and the label that holds of its payment, None while there is none.

    `said` is how many labels of the payment were known, `turned` how often one said the contrary
    of the one before it: a chargeback that was reversed has turned once.
    """

    decision: Decision
    label: Label | None
    said: int
    turned: int


def known_labels(labels: Iterable[Label], at: int | None = None) -> dict[str, list[Label]]:
    """Each payment's labels known at `at` (microseconds; None: ever), in the order of knowing.

    The last one holds. Of labels known at the same instant the one received later holds.
    """
    found: dict[str, list[Label]] = {}
    for label in labels:
        if at is None or label.known_at <= at:
            found.setdefault(label.payment_id, []).append(label)
    for same in found.values():
        same.sort(key=lambda label: (label.known_at, label.received_at))
    return found


def outcomes(
    decisions: Iterable[Decision], labels: Mapping[str, list[Label]], at: int | None = None
) -> Iterator[Outcome]:
    """Each decision made up to `at`, with what `known_labels` says of its payment at `at`."""
    for decision in decisions:
        if at is not None and decision.decided_at > at:
            continue
        said = labels.get(decision.payment_id, []) if decision.payment_id else []
        turned = sum(one.is_fraud != other.is_fraud for one, other in pairwise(said))
        yield Outcome(
            decision=decision, label=said[-1] if said else None, said=len(said), turned=turned
        )


def unknown_payments(decisions: Iterable[Decision], labels: Iterable[Label]) -> list[str]:
    """Payments of which something was said, and of which no decision is on record; sorted."""
    decided = {decision.payment_id for decision in decisions}
    return sorted({label.payment_id for label in labels} - decided)
