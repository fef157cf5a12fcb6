"""What refuses a decision or a label as its answer: a status, and faults by place and kind."""

from __future__ import annotations

from typing import Any, TypeAlias

from fraud_assets.contract import Contract
from fraud_assets.errors import (
    ConflictError,
    DamagedStateError,
    FraudAssetsError,
    PaymentError,
    RecordError,
    StateError,
    StateMovedError,
)
from fraud_assets.payments.sentences import ABSENT, fault_sentence, told_once
from fraud_assets.service.answers import fault, fault_answer
from fraud_assets.service.decisions.desk import Desk
from fraud_assets.service.faults import UNREADABLE, told
from fraud_assets.service.scoring_routes import Answer

FaultTold: TypeAlias = dict[str, Any]
"""A fault as the answer tells it: loc, msg, type."""


class ManyFaultsError(FraudAssetsError):
    """Faults of a body, each with its place."""

    def __init__(self, faults: list[FaultTold]) -> None:
        self.faults: list[Any] = faults
        super().__init__("The payments break rules.")


def refusal(desk: Desk, error: Exception) -> Answer:
    """The answer to a request that raised; the error again where it refuses nothing."""
    if isinstance(error, ManyFaultsError):
        return 422, fault_answer(error.faults)
    if isinstance(error, PaymentError):
        faults = payment_faults(error, [], desk.decider().contract)
        return 422, fault_answer(faults)  # type: ignore[arg-type]
    if isinstance(error, UNREADABLE):
        return 422, fault_answer([told(error)])
    if isinstance(error, ConflictError):
        return 409, fault_answer(fault(["body"], str(error), "conflict"))
    if isinstance(error, StateError | RecordError):
        return unavailable(desk, error)
    raise error


def unavailable(desk: Desk, error: StateError | RecordError) -> Answer:
    """The answer where state or record cannot be reached or trusted; the desk learns of it."""
    if isinstance(error, DamagedStateError):
        desk.distrust(error)
    if isinstance(error, StateMovedError):
        desk.open_again()
    place = "record" if isinstance(error, RecordError) else "state"
    return 503, fault_answer(fault([place], str(error), "unavailable"))


def payment_faults(
    error: PaymentError, place: list[str | int], contract: Contract
) -> list[FaultTold]:
    """The rules that a payment at a place of the body breaks, each in a sentence."""
    return [
        {
            "loc": ["body", *place, broken.key],
            "msg": fault_sentence(broken, contract),
            "type": "missing" if broken.rule == ABSENT else broken.rule,
        }
        for broken in told_once(error.faults)
    ]
