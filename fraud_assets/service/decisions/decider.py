"""Decides on raw payments with one version and its state; knows no web framework."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import msgspec

from fraud_assets.contract import Contract
from fraud_assets.decisions.release import Release
from fraud_assets.documents.decision import Decision
from fraud_assets.errors import StateError
from fraud_assets.payments.possible import why_not_decided
from fraud_assets.payments.reader import RawReader, ReadPayment
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.versions.version import Served
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import Found, State
from fraud_assets.values.number import number

_encode = msgspec.json.encode


@dataclass(frozen=True)
class _Asked:
    """A raw payment, what was read of it, whether reasons are wanted always, and since when."""

    raw: Mapping[str, Any]
    read: ReadPayment
    always: bool
    api_key: str
    started: float


@dataclass(frozen=True)
class Decider:
    """One version on one state; everything of a request is decided with the same."""

    served: Served
    contract: Contract
    reader: RawReader
    state: State
    keeping: Keeping
    release: Release | None

    @classmethod
    def of(cls, served: Served, state: State, keeping: Keeping) -> Decider:
        """Raises StateError where the version cannot decide on raw payments.

        And RecordError where those that pass though flagged cannot be drawn.
        """
        contract = carried_contract(served)
        release = keeping.release(contract)
        return cls(served, contract, RawReader(contract), state, keeping, release)

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
        read = [self.reader.read(raw) for raw in raws]
        self.keeping.ready(self.contract)
        found = self.state.meet([one.payment for one in read])
        answers: list[bytes] = []
        new: dict[str, tuple[Payment, bytes]] = {}
        for raw, payment, one in zip(raws, read, found, strict=True):
            key = payment.payment.id or ""
            first = one.answer or (new[key][1] if key in new else None)
            if first is None:
                first = self._answer(_Asked(raw, payment, always, api_key, started), one)
                answers.append(first)
                if key:
                    new[key] = payment.payment, first
            else:
                answers.append(_repeated(first))
        self.state.answered(list(new.values()))
        return answers

    def _answer(self, asked: _Asked, found: Found) -> bytes:
        served, scorer = self.served, self.served.scorer
        values: dict[str, Any] = {**asked.read.features, **found.features}
        row = scorer.encoder.row(values)
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
            "features": {name: _plain(values[name]) for name in scorer.encoder.names},
            "reasons": scorer.row_reasons(row, flagged) if flagged or asked.always else [],
        }
        if answer["released"]:
            answer["release_probability"] = chance
        if found.is_late:
            answer["late"] = True
        self.keeping.record(self._entry(asked, found, answer, chance))
        return _encode(answer)

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
            payment={name: _kept(asked.raw.get(name)) for name in self.reader.columns},
            features=answer["features"],
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


def _repeated(answer: bytes) -> bytes:
    return answer[:-1] + b',"repeated":true}'


def _plain(value: float | str | None) -> float | str | None:
    return None if isinstance(value, float) and math.isnan(value) else value


def _kept(value: object) -> Any:
    """A raw value as the record holds it: what is no single value stands by its text, as read."""
    return str(value) if isinstance(value, list | dict) else value
