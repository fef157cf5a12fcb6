"""What refuses a decision or a label as its answer: a status, and faults by place and kind."""

from __future__ import annotations

from typing import Any, TypeAlias

from fraud_assets.errors import (
    ConflictError,
    DamagedStateError,
    Fault,
    FraudAssetsError,
    PaymentError,
    RecordError,
    StateError,
    StateMovedError,
)
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
        return 422, fault_answer(payment_faults(error, []))  # type: ignore[arg-type]
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


def payment_faults(error: PaymentError, place: list[str | int]) -> list[FaultTold]:
    """The rules that a payment at a place of the body breaks."""
    return [_told(broken, ["body", *place, broken.key]) for broken in error.faults]


def _told(broken: Fault, loc: list[str | int]) -> FaultTold:
    if broken.rule.startswith("must be a field"):
        return {"loc": loc, "msg": "Field required; null means missing", "type": "missing"}
    return {"loc": loc, "msg": f"The payment breaks the rule {broken.rule}", "type": broken.rule}
