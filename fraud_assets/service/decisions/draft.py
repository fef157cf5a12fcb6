"""From payments as the state met them to their answers and their entries, put in JSON.

An entry is the answer and the payment as sent, to the byte; one that has personal values is put on
record as a document, in which they are covered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

import msgspec
from msgspec import Raw

from fraud_assets.decisions.erasure.tokens import key_id_of
from fraud_assets.decisions.find import parts_of_id
from fraud_assets.decisions.line import DOCUMENT, Brief, Frame, LineSource, read_entry
from fraud_assets.decisions.log.sound import demand_numbers
from fraud_assets.documents.decision import Decision
from fraud_assets.service.decisions.judging import Asked, JudgedPayment, Judging
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.versions.version import Served
from fraud_assets.state.meeting import Found
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State

_encode = msgspec.json.encode
_NO_REASONS = b"[]"
_NOTHING = Raw(b"")
_NESTED = frozenset((list, dict))

_LONGEST_SENT = 4096
"""Bytes of a payment that are kept as they were sent; a longer one is written anew, without its
white space."""


class _Version(msgspec.Struct):
    model_version: str


class Draft(msgspec.Struct, frozen=True, gc=False):
    """What is answered to a payment and counted, and the entry as the record wants it."""

    payment: Payment
    answer: bytes
    remembered: bytes
    entry: LineSource
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
        judged = self.judging.judged(those, self.keeping.next_ids(len(those)))
        answers = [
            self._answer(one, asked.read.payment.id, is_late=found.is_late)
            for (asked, found), one in zip(those, judged, strict=True)
        ]
        return [
            Draft(asked.read.payment, answer, remembered, entry, one.probability, one.is_flagged)
            for (asked, _), one, answer, (entry, remembered) in zip(
                those, judged, answers, self._kept(those, judged, answers), strict=True
            )
        ]

    def recalled(self, asked: Asked, kept: bytes, decision_id: str) -> LineSource | None:
        """The entry of a decision that was lost, from what the state kept of its answer.

        Payment and time are those of now, which say the same; what else was noted is unknown. None
        where nothing says any more which files its version had.
        """
        (sent,) = self._sent([(asked, None)])
        if kept.startswith(DOCUMENT):
            entry = read_entry(kept)
            if not isinstance(entry, Decision):
                return None
            return self.keeping.recall(decision_id, _in_clear(entry, asked, sent))
        version = msgspec.json.decode(kept, type=_Version).model_version
        is_own = version == self.served.version
        frame = self._frame if is_own else self.keeping.frame_near(decision_id, version)
        parts = parts_of_id(decision_id)
        if frame is None or parts is None:
            return None
        time, chance = asked.read.payment.time, self.judging.chance(asked)
        brief = Brief(0, time, parts[2], 0, 0, asked.api_key, chance, Raw(kept), sent)
        return self.keeping.recall(decision_id, brief.decision(frame))

    def _answer(self, judged: JudgedPayment, payment_id: str | None, *, is_late: bool) -> bytes:
        more = b""
        if judged.released:
            more = b',"release_probability":' + _encode(judged.chance)
        if is_late:
            more += b',"late":true'
        return self._template % (
            judged.decision_id.encode(),
            _encode(payment_id),
            _encode(judged.probability),
            b"true" if judged.is_flagged else b"false",
            b"true" if judged.released else b"false",
            _encode(judged.features),
            _encode(judged.reasons) if judged.reasons else _NO_REASONS,
            more,
        )

    @cached_property
    def _template(self) -> bytes:
        version = _encode(self.served.version).replace(b"%", b"%%")
        return (
            b'{"decision_id":"%b","payment_id":%b,"fraud_probability":%b,"is_flagged":%b,'
            b'"released":%b,"model_version":' + version + b',"features":%b,"reasons":%b%b}'
        )

    def _kept(
        self,
        those: Sequence[tuple[Asked, Found]],
        judged: Sequence[JudgedPayment],
        answers: Sequence[bytes],
    ) -> Sequence[tuple[LineSource, bytes]]:
        """The entries, and what the state may remember of each answer."""
        keeping = self.keeping
        if not keeping.is_open:
            return [(_NOTHING, answer) for answer in answers]
        demand_numbers("probability", [one.probability for one in judged])
        briefs = self._briefs(those, judged, answers)
        if keeping.covers:
            return [keeping.covered(one, self._frame) for one in briefs]
        return [*zip(briefs, answers, strict=True)]

    def _briefs(
        self,
        those: Sequence[tuple[Asked, Found]],
        judged: Sequence[JudgedPayment],
        answers: Sequence[bytes],
    ) -> list[Brief]:
        number, now, timer = self._number, self.keeping.now(), perf_counter()
        return [
            Brief(
                number,
                asked.read.payment.time,
                now,
                found.position,
                round((timer - asked.started) * 1e6),
                asked.api_key,
                one.chance,
                Raw(answer),
                sent,
            )
            for (asked, found), one, answer, sent in zip(
                those, judged, answers, self._sent(those), strict=True
            )
        ]

    def _sent(self, those: Sequence[tuple[Asked, Found | None]]) -> list[Raw]:
        """Each payment as it was sent, where its request's own bytes are that, and on one line.

        Columns that the contract does not name are not kept. A payment was read, so that it has all
        that are named: one of as many has no others, and one that has others is written anew. So is
        one in which values may lie within values: a line may be no deeper than what was read.
        """
        columns = len(self.columns)
        return [
            Raw(
                body
                if 0 < len(body := asked.body) <= _LONGEST_SENT
                and len(asked.raw) == columns
                and b"\n" not in body
                and b"[" not in body
                and body.find(b"{", 1) < 0
                else self._written(asked.raw)
            )
            for asked, _ in those
        ]

    def _written(self, raw: Mapping[str, Any]) -> bytes:
        """A payment's JSON, in which what is no single value stands by its text."""
        values = ((name, raw.get(name)) for name in self.columns)
        return _encode({name: str(v) if type(v) in _NESTED else v for name, v in values})

    @cached_property
    def _frame(self) -> Frame:
        served = self.served
        demand_numbers("threshold", [served.threshold])
        return Frame(
            contract=served.metadata.contract.digest,
            version=served.version,
            manifest=served.manifest,
            threshold=served.threshold,
            building=self.state.building,
        )

    @cached_property
    def _number(self) -> int:
        return self.keeping.framed(self._frame)


def _in_clear(entry: Decision, asked: Asked, sent: Raw) -> Decision:
    """A decision as it was covered, with what the payment says again: its key was lost with it."""
    said = asked.read.features
    features = {
        name: said.get(name, value) if key_id_of(value) is not None else value
        for name, value in entry.features.items()
    }
    return msgspec.structs.replace(entry, payment=msgspec.json.decode(sent), features=features)
