"""Asks the service about raw payments, and finds every field that is not the report's."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any

import msgspec

from fraud_assets.documents.reason import Reason
from fraud_assets.documents.report.proof import RawProof
from fraud_assets.profiles import PARITY_TOLERANCE
from fraud_assets.release.raw_payments.exported import Raw
from fraud_assets.release.raw_payments.script import Judged, LabelsRequest, PaymentsRequest, Script
from fraud_assets.replay.answer import differences, same_bits
from fraud_assets.scoring.fallback import AnyScorer

_MOST_TOLD = 3


class _Answer(msgspec.Struct):
    """A decision as far as it is compared; its fields are those of a record."""

    fraud_probability: float
    is_flagged: bool
    features: dict[str, Any]
    reasons: tuple[Reason, ...]
    threshold: float = 0.0

    @property
    def probability(self) -> float:
        return self.fraud_probability


class _Answers(msgspec.Struct):
    decisions: list[_Answer]


def replay_raw(
    connection: http.client.HTTPConnection, script: Script, scorer: AnyScorer
) -> RawProof:
    """Section `proof.raw` of report.json; `scorer` is the candidate's own.

    Raises
    ------
    OSError, http.client.HTTPException
        If the service breaks off.
    """
    if not script.requests:
        return RawProof(compared=0, past=0, differences=0, first=(), why_not=script.why_not)
    compared = past = 0
    found: list[str] = []
    for request in script.requests:
        if isinstance(request, LabelsRequest):
            status, body = _ask(connection, "/labels", {"labels": request.labels})
        else:
            # Reasons cost most of an answer: those of the past are not compared.
            asked = "?reasons=always" if any(request.judged) else ""
            payments = {"payments": request.raws}
            status, body = _ask(connection, f"/decisions/batch{asked}", payments)
        if status != 200:
            found.append(f"the service answered {status}: {body[:300].decode(errors='replace')}")
            break
        if isinstance(request, PaymentsRequest):
            answers = msgspec.json.decode(body, type=_Answers).decisions
            for judged, answer in zip(request.judged, answers, strict=True):
                compared, past = compared + (judged is not None), past + (judged is None)
                found += () if judged is None else _differing(judged, answer, scorer)
    return RawProof(
        compared=compared,
        past=past,
        differences=len(found),
        first=tuple(found[:_MOST_TOLD]),
        rewritten=script.rewritten,
    )


def _differing(judged: Judged, answer: _Answer, scorer: AnyScorer) -> Iterator[str]:
    for name, value in judged.features.items():
        if not same_bits(value, answer.features.get(name)):
            yield f"{name} of {judged.name} is {value!r}, served {answer.features.get(name)!r}"
    gap = abs(judged.score - answer.probability)
    if not gap <= PARITY_TOLERANCE or answer.is_flagged != (judged.score >= scorer.threshold):
        yield f"the score of {judged.name} is {judged.score!r}, served {answer.probability!r}"
    answer.threshold = scorer.threshold
    for one in differences(answer, scorer):
        yield f"{one.field} of {judged.name} is {one.replayed!r}, served {one.recorded!r}"


def _ask(connection: http.client.HTTPConnection, path: str, body: Raw) -> tuple[int, bytes]:
    connection.request("POST", path, msgspec.json.encode(body), _JSON)
    answer = connection.getresponse()
    return answer.status, answer.read()


_JSON = {"content-type": "application/json"}
