"""Decides on raw payments with one version and its state; knows no web framework."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import msgspec

from fraud_assets.contract import Contract
from fraud_assets.decisions.line import LineSource
from fraud_assets.errors import ConflictError, RecordError, StateError
from fraud_assets.payments.possible import why_not_decided
from fraud_assets.payments.reader import RawReader
from fraud_assets.service.decisions.draft import Draft, Drafting
from fraud_assets.service.decisions.judging import Asked, Judging
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.versions.version import Served
from fraud_assets.state.meeting import Found
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State

_log = logging.getLogger("fraud_assets.service")


class Request(msgspec.Struct, frozen=True, gc=False):
    """Payments that are decided on together, all or none, for whom and since when.

    `always` asks for reasons of payments that are not flagged too; `api_key` names the caller's
    key on record; `started` is an instant of `perf_counter`. `body` is the only payment as it was
    sent, empty where there are several.
    """

    raws: Sequence[Mapping[str, Any]]
    always: bool
    api_key: str
    started: float
    body: bytes = b""


class _Met(msgspec.Struct, frozen=True, gc=False):
    """A request's answers in order, drafts of those that are new, and entries that were lost."""

    answers: list[bytes]
    drafts: list[Draft]
    recalled: list[LineSource]


@dataclass(frozen=True)
class Decider:
    """One version on one state; everything of a request is decided with the same."""

    served: Served
    contract: Contract
    reader: RawReader
    state: State
    keeping: Keeping
    drafting: Drafting
    metrics: ServiceMetrics

    @classmethod
    def of(cls, served: Served, state: State, keeping: Keeping, metrics: ServiceMetrics) -> Decider:
        """Raises StateError where the version cannot decide on raw payments.

        And RecordError where those that pass though flagged cannot be drawn.
        """
        contract = carried_contract(served)
        release, reader = keeping.release(contract), RawReader(contract)
        judging = Judging(served, contract, release)
        drafting = Drafting(served, reader.columns, state, keeping, judging)
        return cls(served, contract, reader, state, keeping, drafting, metrics)

    def decide(
        self, raws: Sequence[Mapping[str, Any]], *, always: bool, api_key: str = ""
    ) -> list[bytes]:
        """The answers to payments in order, as JSON objects; all or none enter the state.

        `always` and `api_key` as in `Request`.

        Raises
        ------
        PaymentError, ConflictError, StateError, RecordError
            As reading, the state and the record do.
        """
        (found,) = self.decide_each([Request(raws, always, api_key, perf_counter())])
        if isinstance(found, Exception):
            raise found
        return found

    def decide_each(self, requests: Sequence[Request]) -> list[list[bytes] | Exception]:
        """`decide` for each in order: its answers, or what refused it, which hinders no other.

        What each costs the state and the record, its transaction above all, they pay together.
        """
        read: list[list[Asked] | Exception] = [self._read(request) for request in requests]
        sound = [one for one in read if not isinstance(one, Exception)]
        outcomes = iter(self._decided(sound))
        return [one if isinstance(one, Exception) else next(outcomes) for one in read]

    def keep(self, answers: list[tuple[Payment, bytes]]) -> None:
        """Put answers into the state whose entries are on disk; raises as the state does."""
        self.state.answered(answers)
        self.keeping.unsettled.settled(answers)

    def _read(self, request: Request) -> list[Asked] | Exception:
        read, always, api_key = self.reader.read, request.always, request.api_key
        started, body = request.started, request.body
        try:
            return [Asked(raw, read(raw), always, api_key, started, body) for raw in request.raws]
        except Exception as error:  # noqa: BLE001 - whoever asked is answered with it
            return error

    def _decided(self, requests: Sequence[Sequence[Asked]]) -> list[list[bytes] | Exception]:
        count = sum(map(len, requests))
        try:
            self.keeping.promise(self.contract, count)
        except RecordError as error:
            if len(requests) == 1:
                return [error]
            # The record may have room for some of them.
            return [self._decided([request])[0] for request in requests]
        try:
            met = self._met_for_later(requests) if self.keeping.is_sync else self._met(requests)
        except StateError as error:
            met = [error] * len(requests)
        except BaseException:
            self.keeping.take([], promised=count)
            raise
        sound = [one for one in met if not isinstance(one, Exception)]
        drafts = [draft for one in sound for draft in one.drafts]
        entries = [draft.entry for draft in drafts]
        entries += [entry for one in sound for entry in one.recalled]
        self.keeping.take(entries, promised=count)
        for draft in drafts:
            self.metrics.scored(draft.probability, draft.is_flagged)
        return [one if isinstance(one, Exception) else one.answers for one in met]

    def _met(self, requests: Sequence[Sequence[Asked]]) -> list[_Met | Exception]:
        """Each request's answers, and what is new of them, in the state with its payments."""
        asked = [one for request in requests for one in request]
        drafts: dict[int, Draft] = {}

        def answering(those: Sequence[tuple[int, Found]]) -> list[bytes]:
            made = self.drafting.drafts([(asked[number], found) for number, found in those])
            drafts.update(zip([number for number, _ in those], made, strict=True))
            return [draft.remembered for draft in made]

        payments = [[one.read.payment for one in request] for request in requests]
        met: list[_Met | Exception] = []
        first = 0
        for found in self.state.meet_each(payments, answering):
            met.append(
                found
                if isinstance(found, Exception)
                else self._through(requests[len(met)], found, drafts, first)
            )
            first += len(payments[len(met) - 1])
        return met

    def _through(
        self,
        asked: Sequence[Asked],
        met: Sequence[Found],
        drafts: Mapping[int, Draft],
        first: int,
    ) -> _Met | Exception:
        new = [None if one.answer else drafts[at] for at, one in enumerate(met, first)]
        try:
            answers = [
                self._repeated(one.answer or b"") if draft is None else draft.answer
                for one, draft in zip(met, new, strict=True)
            ]
            recalled = self._recalled_of(asked, met) if None in new else []
        except RecordError as error:
            return error
        return _Met(answers, [draft for draft in new if draft is not None], recalled)

    def _met_for_later(self, requests: Sequence[Sequence[Asked]]) -> list[_Met | Exception]:
        """The same where an answer may be in the state only once it is on record."""
        found: list[_Met | Exception] = []
        for asked in requests:
            try:
                met = self._met_unanswered(asked)
            except (ConflictError, StateError, RecordError) as error:
                found.append(error)
                continue
            for draft in met.drafts:
                self.keeping.unsettled.add(draft.payment, draft.remembered)
            found.append(met)
        return found

    def _met_unanswered(self, asked: Sequence[Asked]) -> _Met:
        answers: list[bytes] = []
        drafts: list[Draft] = []
        recalled: list[LineSource] = []
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
                if found.answer and (entry := self._recalled(one, found.answer)) is not None:
                    recalled.append(entry)
                continue
            (draft,) = self.drafting.drafts([(one, found)])
            drafts.append(draft)
            answers.append(draft.answer)
            if payment.id is not None:
                own[payment.id] = draft.remembered
        return _Met(answers, drafts, recalled)

    def _recalled_of(self, asked: Sequence[Asked], met: Sequence[Found]) -> list[LineSource]:
        both = [(one, found.answer) for one, found in zip(asked, met, strict=True) if found.answer]
        entries = [self._recalled(one, kept) for one, kept in both]
        return [entry for entry in entries if entry is not None]

    def _recalled(self, asked: Asked, kept: bytes) -> LineSource | None:
        """The entry of a payment's first decision, where a kill took it before it was on record."""
        decision_id = self.keeping.lost(kept)
        entry = self.drafting.recalled(asked, kept, decision_id) if decision_id else None
        if decision_id and entry is None:
            _log.error("Decision %s was lost in a kill and cannot come on record.", decision_id)
        return entry

    def _repeated(self, kept: bytes) -> bytes:
        return self.keeping.answered_before(kept)[:-1] + b',"repeated":true}'


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
