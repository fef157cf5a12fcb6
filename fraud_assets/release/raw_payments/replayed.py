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
    seen = _Compared(scorer)
    for request in script.requests:
        _send(connection, request)
        seen.compare()  # what came before, while the service is at work
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            said = body[:300].decode(errors="replace")
            seen.found.append(f"the service answered {answer.status}: {said}")
            break
        seen.came(request, body)
    seen.compare()
    return RawProof(
        compared=seen.compared,
        past=seen.past,
        differences=len(seen.found),
        first=tuple(seen.found[:_MOST_TOLD]),
        rewritten=script.rewritten,
    )


class _Compared:
    """Answers that came, compared with what they must be."""

    def __init__(self, scorer: AnyScorer) -> None:
        self._scorer = scorer
        self._waiting: tuple[PaymentsRequest, bytes] | None = None
        self.compared = self.past = 0
        self.found: list[str] = []

    def came(self, request: PaymentsRequest | LabelsRequest, body: bytes) -> None:
        """Keep an answer to be compared."""
        if isinstance(request, PaymentsRequest):
            self._waiting = request, body

    def compare(self) -> None:
        """Compare the answer that waits, if one does."""
        if self._waiting is None:
            return
        (request, body), self._waiting = self._waiting, None
        answers = msgspec.json.decode(body, type=_Answers).decisions
        for judged, answer in zip(request.judged, answers, strict=True):
            if judged is None:
                self.past += 1
            else:
                self.compared += 1
                self.found += _differing(judged, answer, self._scorer)


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


def _send(connection: http.client.HTTPConnection, request: PaymentsRequest | LabelsRequest) -> None:
    path: str
    body: Raw
    if isinstance(request, LabelsRequest):
        path, body = "/labels", {"labels": request.labels}
    else:  # what callers get who ask for nothing: reasons, which cost most of an answer, of flags
        path, body = "/decisions/batch", {"payments": request.raws}
    connection.request("POST", path, msgspec.json.encode(body), _JSON)


_JSON = {"content-type": "application/json"}
