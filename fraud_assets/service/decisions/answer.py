"""A decision as it is answered."""

from __future__ import annotations

from typing import Any

import msgspec

from fraud_assets.decisions.erasure.tokens import key_id_of
from fraud_assets.documents.decision import Decision, JsonValue
from fraud_assets.documents.reason import Reason

_encode = msgspec.json.encode


def answer_of(decision: Decision) -> bytes:
    """The answer to a payment from what was decided; values that were erased are null."""
    answer: dict[str, Any] = {
        "decision_id": decision.decision_id,
        "payment_id": decision.payment_id or None,
        "fraud_probability": decision.probability,
        "is_flagged": decision.is_flagged,
        "released": decision.released,
        "model_version": decision.version,
        "features": {name: _clear(value) for name, value in decision.features.items()},
        "reasons": [_reason(reason) for reason in decision.reasons],
    }
    if decision.released:
        answer["release_probability"] = decision.release_probability
    if decision.late:
        answer["late"] = True
    return _encode(answer)


def _clear(value: JsonValue) -> JsonValue:
    return None if key_id_of(value) is not None else value


def _reason(given: Reason) -> Reason:
    if key_id_of(given.text) is None and key_id_of(given.value) is None:
        return given
    return msgspec.structs.replace(given, value=None, text="Erased with its subject's key.")
