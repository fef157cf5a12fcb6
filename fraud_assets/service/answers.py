"""What is answered to one payment and to a batch, as JSON bytes; knows no web framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from fraud_assets.scoring.scorer import Row
from fraud_assets.service.faults import FieldFault
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.versions.version import Served

Reasons = Literal["flagged", "always", "full"]
"""Whose reasons are told: flagged payments', any payment's, or also every contribution."""

_encode = msgspec.json.encode


def one_answer(served: Served, metrics: ServiceMetrics | None, row: Row, reasons: Reasons) -> bytes:
    """The answer to one payment, in the event loop's thread; it counts where `metrics` are."""
    scorer = served.scorer
    probability = scorer.probability(row)
    flagged = probability >= served.threshold
    if metrics is not None:
        metrics.scored(probability, flagged)
    if not flagged and reasons == "flagged":
        # The usual answer, written by hand: repr is the shortest text that reads back the same.
        return b'{"fraud_probability":%b,"is_flagged":false,"model_version":"%b","reasons":[]}' % (
            repr(probability).encode(),
            served.version.encode(),
        )
    answer: dict[str, object] = {
        "fraud_probability": probability,
        "is_flagged": flagged,
        "model_version": served.version,
        "reasons": scorer.row_reasons(row, flagged),
    }
    if reasons == "full":
        answer["explanation"] = _explanation(served, row)
    return _encode(answer)


def batch_answer(
    served: Served, rows: Sequence[Row], reasons: Reasons
) -> tuple[bytes, list[float]]:
    """The answer to many payments, and their probabilities. May run in any thread."""
    scorer = served.scorer
    probabilities = scorer.score_batch(rows).tolist()
    predictions = []
    for row, probability in zip(rows, probabilities, strict=True):
        flagged = probability >= served.threshold
        told = flagged or reasons != "flagged"
        predictions.append(
            {
                "fraud_probability": probability,
                "is_flagged": flagged,
                "reasons": scorer.row_reasons(row, flagged) if told else [],
            }
        )
    body = _encode({"predictions": predictions, "model_version": served.version})
    return body, probabilities


def fault_answer(faults: Sequence[FieldFault]) -> bytes:
    """The body of every refusal: a list of {loc, msg, type}."""
    return _encode({"detail": list(faults)})


def fault(loc: Sequence[str], msg: str, kind: str) -> list[FieldFault]:
    """One fault as a list, as the bodies of refusals hold it."""
    return [{"loc": list(loc), "msg": msg, "type": kind}]


class _Explanation(msgspec.Struct, frozen=True):
    """Base and contributions sum to the margin."""

    scale: str
    base: float
    margin: float
    contributions: dict[str, float]


def _explanation(served: Served, row: Row) -> _Explanation | None:
    found = served.scorer.explain(row)
    if found is None:
        return None
    names = served.scorer.encoder.names
    contributions = dict(zip(names, found.contributions.tolist(), strict=True))
    return _Explanation(served.scorer.spec.scale, found.base, found.margin, contributions)
