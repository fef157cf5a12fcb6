"""Decides on raw payments with one version and its state; knows no web framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

from fraud_assets.contract import Contract
from fraud_assets.decisions.release import Release
from fraud_assets.documents.decision import Decision
from fraud_assets.errors import StateError
from fraud_assets.payments.possible import why_not_decided
from fraud_assets.payments.reader import RawReader, ReadPayment
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.versions.version import Served
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import Found, State
from fraud_assets.values.number import number

_encode = msgspec.json.encode


class _Asked(NamedTuple):
    """A raw payment, what was read of it, whether reasons are wanted always, and since when."""

    raw: Mapping[str, Any]
    read: ReadPayment
    always: bool
    api_key: str
    started: float


class _Draft(NamedTuple):
    """What is answered to a payment and counted, and the entry as the record wants it."""

    payment: Payment
    answer: bytes
    remembered: bytes
    entry: bytes
    probability: float
    is_flagged: bool


@dataclass(frozen=True)
class Decider:
    """One version on one state; everything of a request is decided with the same."""

    served: Served
    contract: Contract
    reader: RawReader
    state: State
    keeping: Keeping
    release: Release | None
    metrics: ServiceMetrics

    @classmethod
    def of(cls, served: Served, state: State, keeping: Keeping, metrics: ServiceMetrics) -> Decider:
        """Raises StateError where the version cannot decide on raw payments.

        And RecordError where those that pass though flagged cannot be drawn.
        """
        contract = carried_contract(served)
        release = keeping.release(contract)
        return cls(served, contract, RawReader(contract), state, keeping, release, metrics)

    def decide(
        self, raws: Sequence[Mapping[str, Any]], *, always: bool, api_key: str = ""
    ) -> list[bytes]:
        """The answers to payments in order, as JSON objects; all or none enter the state.

        `always` asks for reasons of payments that are not flagged too; `api_key` names the
        caller's key on record.

        Raises
        ------
        PaymentError, ConflictError, StateError, RecordError
            As reading, the state and the record do.
        """
        started = perf_counter()
        asked = [_Asked(raw, self.reader.read(raw), always, api_key, started) for raw in raws]
        self.keeping.promise(self.contract, len(asked))
        meet = self._met_for_later if self.keeping.is_sync else self._met
        try:
            answers, drafts = meet(asked)
        except BaseException:
            self.keeping.take([], promised=len(asked))
            raise
        self.keeping.take([draft.entry for draft in drafts], promised=len(asked))
        for draft in drafts:
            self.metrics.scored(draft.probability, draft.is_flagged)
            if self.keeping.is_sync:
                self.keeping.unsettled.add(draft.payment, draft.remembered)
        return answers

    def keep(self, answers: list[tuple[Payment, bytes]]) -> None:
        """Put answers into the state whose entries are on disk; raises as the state does."""
        self.state.answered(answers)
        self.keeping.unsettled.settled(answers)

    def _met(self, asked: Sequence[_Asked]) -> tuple[list[bytes], list[_Draft]]:
        """The answers, and what is new of them; each is in the state with its payment."""
        drafts: dict[int, _Draft] = {}

        def answering(at: int, found: Found) -> bytes:
            drafts[at] = self._draft(asked[at], found)
            return drafts[at].remembered

        found = self.state.meet([one.read.payment for one in asked], answering)
        new = [None if one.answer else drafts[at] for at, one in enumerate(found)]
        answers = [
            self._repeated(one.answer or b"") if draft is None else draft.answer
            for one, draft in zip(found, new, strict=True)
        ]
        return answers, [draft for draft in new if draft is not None]

    def _met_for_later(self, asked: Sequence[_Asked]) -> tuple[list[bytes], list[_Draft]]:
        """The same where an answer may be in the state only once it is on record."""
        answers: list[bytes] = []
        drafts: list[_Draft] = []
        own: dict[str, bytes] = {}
        for one, found in zip(asked, self.state.meet([o.read.payment for o in asked]), strict=True):
            payment = one.read.payment
            waiting = own.get(payment.id or "") or self.keeping.unsettled.answer(payment)
            first = found.answer or waiting
            if not first and found.came_before:
                first = self.keeping.on_record(payment.id)
                if first:
                    self.keeping.unsettled.add(payment, first)
            if first:
                answers.append(self._repeated(first))
                continue
            drafts.append(draft := self._draft(one, found))
            answers.append(draft.answer)
            if payment.id is not None:
                own[payment.id] = draft.remembered
        return answers, drafts

    def _draft(self, asked: _Asked, found: Found) -> _Draft:
        served, scorer = self.served, self.served.scorer
        values = asked.read.features | found.features
        features = {name: _plain(values[name]) for name in scorer.encoder.names}
        row = tuple(features.values())
        probability = scorer.probability(row)
        flagged = probability >= served.threshold
        decision_id = self.keeping.next_id()
        chance, passes = self._released(asked, decision_id)
        answer: dict[str, Any] = {
            "decision_id": decision_id,
            "payment_id": asked.read.payment.id,
            "fraud_probability": probability,
            "is_flagged": flagged,
            "released": flagged and passes,
            "model_version": served.version,
            "features": features,
            "reasons": scorer.row_reasons(row, flagged) if flagged or asked.always else [],
        }
        if answer["released"]:
            answer["release_probability"] = chance
        if found.is_late:
            answer["late"] = True
        entry = self._entry(asked, found, answer, chance)
        said, line = _encode(answer), self.keeping.encoded(entry)
        return _Draft(
            payment=asked.read.payment,
            answer=said,
            remembered=self.keeping.remembered(entry, said, line),
            entry=line,
            probability=probability,
            is_flagged=flagged,
        )

    def _repeated(self, kept: bytes) -> bytes:
        return self.keeping.answered_before(kept)[:-1] + b',"repeated":true}'

    def _released(self, asked: _Asked, decision_id: str) -> tuple[float | None, bool]:
        """With which probability the payment passes if flagged, and whether it was drawn."""
        if self.release is None:
            return None, False
        column, decimal = self.contract.columns.amount, self.contract.source.decimal
        amount = None if column is None else number(asked.raw.get(column), decimal)
        drawn = self.release.passes(asked.read.payment.id or decision_id, amount)
        return self.release.probability(amount), drawn

    def _entry(
        self, asked: _Asked, found: Found, answer: Mapping[str, Any], chance: float | None
    ) -> Decision:
        payment = asked.read.payment
        return Decision(
            decision_id=answer["decision_id"],
            payment_id=payment.id or "",
            event_time=payment.time,
            decided_at=self.keeping.now(),
            contract=self.served.metadata.contract.digest,
            version=self.served.version,
            manifest=self.served.manifest,
            payment=_kept(asked.raw, self.reader.columns),
            features=answer["features"],
            state=self.state.place(found.position),
            late=found.is_late,
            probability=answer["fraud_probability"],
            threshold=self.served.threshold,
            is_flagged=answer["is_flagged"],
            released=answer["released"],
            release_probability=chance,
            reasons=tuple(answer["reasons"]),
            api_key=asked.api_key,
            latency_us=round((perf_counter() - asked.started) * 1e6),
        )


def carried_contract(served: Served) -> Contract:
    """The contract that a version carries.

    Raises
    ------
    StateError
        If it carries none, or one whose payments cannot be read one by one.
    """
    contract = served.contract
    if contract is None:
        raise StateError(
            f"Version {served.version} must carry its contract to decide on raw payments; publish "
            "again with this release."
        )
    if why_not := why_not_decided(contract):
        raise StateError(why_not)
    return contract


def _plain(value: float | str | None) -> float | str | None:
    return None if value != value else value  # noqa: PLR0124 - NaN is not itself


def _kept(raw: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """The payment as the record holds it: what is no single value stands by its text, as read."""
    kept = {name: raw.get(name) for name in columns}
    for name, value in kept.items():
        if isinstance(value, list | dict):
            kept[name] = str(value)
    return kept
