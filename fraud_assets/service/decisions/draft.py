"""From a payment as the state met it to its answer and its entry: scored, explained, put in JSON.

What the answer and the entry both say is encoded once. An entry that has personal values is made
as a whole, so that the record can cover them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

from fraud_assets.decisions.line import DecisionLines
from fraud_assets.documents.decision import Decision
from fraud_assets.service.decisions.judging import Asked, JudgedPayment, Judging
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.versions.version import Served
from fraud_assets.state.meeting import Found
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State

_encode = msgspec.json.encode
_NO_REASONS = b"[]"
_NESTED = frozenset((list, dict))


class Draft(NamedTuple):
    """What is answered to a payment and counted, and the entry as the record wants it."""

    payment: Payment
    answer: bytes
    remembered: bytes
    entry: bytes
    probability: float
    is_flagged: bool


@dataclass(frozen=True)
class Drafting:
    """Drafts of one version on one state; `columns` are those that the record keeps as sent."""

    served: Served
    columns: Sequence[str]
    state: State
    keeping: Keeping
    judging: Judging

    def drafts(self, those: Sequence[tuple[Asked, Found]]) -> list[Draft]:
        """What is answered to payments that came together, and their entries for the record.

        Raises
        ------
        RecordError
            If an entry could not be read back.
        """
        keeping = self.keeping
        judged = self.judging.judged(those, [keeping.next_id() for _ in those])
        moment = _Moment(keeping.now(), perf_counter())
        return [
            self._draft(_Decided(asked, found, one, moment))
            for (asked, found), one in zip(those, judged, strict=True)
        ]

    def _draft(self, decided: _Decided) -> Draft:
        asked, found, judged, _ = decided
        said = _Said.of(judged, asked.read.payment.id)
        answer = self._answer(judged, said, is_late=found.is_late)
        entry, remembered = self._kept(decided, said, answer)
        return Draft(
            asked.read.payment, answer, remembered, entry, judged.probability, judged.is_flagged
        )

    def _answer(self, judged: JudgedPayment, said: _Said, *, is_late: bool) -> bytes:
        more = b""
        if judged.released:
            more = b',"release_probability":' + _encode(judged.chance)
        if is_late:
            more += b',"late":true'
        return self._template % (
            judged.decision_id.encode(),
            said.answered_id,
            said.probability,
            b"true" if judged.is_flagged else b"false",
            b"true" if judged.released else b"false",
            said.features,
            said.reasons,
            more,
        )

    @cached_property
    def _template(self) -> bytes:
        version = _encode(self.served.version).replace(b"%", b"%%")
        return (
            b'{"decision_id":"%b","payment_id":%b,"fraud_probability":%b,"is_flagged":%b,'
            b'"released":%b,"model_version":' + version + b',"features":%b,"reasons":%b%b}'
        )

    @cached_property
    def _lines(self) -> DecisionLines:
        served = self.served
        digest = served.metadata.contract.digest
        return DecisionLines(digest, served.version, served.manifest, served.threshold)

    def _kept(self, decided: _Decided, said: _Said, answer: bytes) -> tuple[bytes, bytes]:
        """The entry's line, and what the state may remember of the answer."""
        asked, found, judged, moment = decided
        keeping, payment = self.keeping, asked.read.payment
        if not keeping.is_open:
            return b"", answer
        sent = _as_sent(asked.raw, self.columns)
        if keeping.covers or not isfinite(judged.probability):
            entry = self._entry(decided, sent)
            line = keeping.encoded(entry)
            return line, keeping.remembered(entry, answer, line)
        line = self._lines.line(
            judged.decision_id,
            payment_id=b'""' if payment.id is None else said.answered_id,
            event_time=payment.time,
            decided_at=moment.now,
            payment=_encode(sent),
            features=said.features,
            state=self.state.place(found.position),
            late=found.is_late,
            probability=said.probability,
            is_flagged=judged.is_flagged,
            released=judged.released,
            release_probability=judged.chance,
            reasons=said.reasons,
            latency_us=moment.since(asked.started),
            api_key=asked.api_key,
        )
        return line, answer

    def _entry(self, decided: _Decided, sent: Mapping[str, Any]) -> Decision:
        asked, found, judged, moment = decided
        payment = asked.read.payment
        return Decision(
            decision_id=judged.decision_id,
            payment_id=payment.id or "",
            event_time=payment.time,
            decided_at=moment.now,
            contract=self.served.metadata.contract.digest,
            version=self.served.version,
            manifest=self.served.manifest,
            payment=dict(sent),
            features=judged.features,
            state=self.state.place(found.position),
            late=found.is_late,
            probability=judged.probability,
            threshold=self.served.threshold,
            is_flagged=judged.is_flagged,
            released=judged.released,
            release_probability=judged.chance,
            reasons=tuple(judged.reasons),
            api_key=asked.api_key,
            latency_us=moment.since(asked.started),
        )


class _Moment(NamedTuple):
    """When payments that came together were decided on: on the record's clock, and on the timer."""

    now: int
    timer: float

    def since(self, started: float) -> int:
        """Microseconds since an instant of `perf_counter`."""
        return round((self.timer - started) * 1e6)


class _Decided(NamedTuple):
    """A payment that was decided on: as it was asked, met and judged, and when."""

    asked: Asked
    found: Found
    judged: JudgedPayment
    moment: _Moment


class _Said(NamedTuple):
    """The parts that answer and entry have in common, as JSON."""

    answered_id: bytes
    probability: bytes
    features: bytes
    reasons: bytes

    @classmethod
    def of(cls, judged: JudgedPayment, payment_id: str | None) -> _Said:
        return cls(
            _encode(payment_id),
            _encode(judged.probability),
            _encode(judged.features),
            _encode(judged.reasons) if judged.reasons else _NO_REASONS,
        )


def _as_sent(raw: Mapping[str, Any], columns: Sequence[str]) -> Mapping[str, Any]:
    """The payment as the record holds it: what is no single value stands by its text, as read.

    Columns that the contract does not name are left out.
    """
    kept = raw if len(raw) == len(columns) else {name: raw.get(name) for name in columns}
    if _NESTED.isdisjoint(map(type, kept.values())):
        return kept
    return {name: str(v) if isinstance(v, list | dict) else v for name, v in kept.items()}
