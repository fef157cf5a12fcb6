"""Entries as tests record them, without the machinery that makes up others."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw

from fraud_assets.decisions.line import Brief, encode
from fraud_assets.decisions.log import DecisionLog
from fraud_assets.documents.decision import Decision
from fraud_assets.documents.reason import Reason
from fraud_assets.service.decisions.answer import answer_of

REASON = Reason("AMOUNT", "amount", 9e4, 1.25, 99.5, "Amount of 90,000 is higher than in 99.5 %.")
PLAIN = Decision(
    decision_id="0123abcd-0-1",
    payment_id="p1",
    event_time=1_764_000_000_000_000,
    decided_at=1_764_000_000_100_000,
    contract="c" * 64,
    version="fraud_detector_20261123_063000",
    manifest="d" * 64,
    payment={"id": "p1", "amount": 1.5, "sender": "s1", "chain": "ETH", "note": None},
    features={"amount": 1.5, "count": 2.0, "chain": "ETH", "age": None},
    probability=0.1 + 0.2,
    threshold=0.5,
    is_flagged=False,
    reasons=(REASON,),
)


def decision(**changes: Any) -> Decision:
    """A decision with some fields of one's own."""
    return msgspec.structs.replace(PLAIN, **changes)


def brief_of(one: Decision, frame: int = 0, position: int = 0, payment: bytes = b"") -> Brief:
    """A decision as the service hands it over, in a frame, at a position of the state."""
    return Brief(
        frame,
        one.event_time,
        one.decided_at,
        position,
        one.latency_us,
        one.api_key,
        one.release_probability,
        Raw(answer_of(one)),
        Raw(payment or encode(one.payment)),
    )


def recorded(log: DecisionLog, number: int = 1, **changes: Any) -> list[Decision]:
    """Record that many decisions, as the service does."""
    made = []
    for i in range(number):
        own = {"decision_id": log.next_id(), "payment_id": f"p{i}", "decided_at": log.now()}
        made.append(decision(**{**own, **changes}))
        log.record(made[-1])
    return made
