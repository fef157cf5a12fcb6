"""What would be decided on a raw payment, without keeping anything: for people who look."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from fraud_assets.service.decisions.decider import Decider


def preview(decider: Decider, raw: Mapping[str, Any]) -> bytes:
    """Features, score and reasons of a payment as JSON; neither state nor record learn of it.

    Raises
    ------
    PaymentError, StateError
        As reading and the state do.
    """
    read = decider.reader.read(raw)
    found = decider.state.look(read.payment)
    scorer = decider.served.scorer
    values = {**read.features, **found.features}
    row = scorer.encoder.row(values)
    probability = scorer.probability(row)
    flagged = probability >= decider.served.threshold
    return msgspec.json.encode(
        {
            "fraud_probability": probability,
            "is_flagged": flagged,
            "model_version": decider.served.version,
            "features": {name: _told(values[name]) for name in scorer.encoder.names},
            "reasons": scorer.row_reasons(row, flagged),
            "late": found.is_late,
        }
    )


def _told(value: float | str | None) -> float | str | None:
    return None if isinstance(value, float) and math.isnan(value) else value
