"""POST /decisions, /decisions/batch and /labels as bare ASGI, like the scoring routes.

A payment that breaks a rule gets 422 with the rule's name, an id with other content 409, and where
the state cannot be reached or trusted 503 with what to do; nothing enters the state then.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, time_ns
from typing import Any, NamedTuple, TypeAlias

import msgspec

from fraud_assets.documents.decision import Label
from fraud_assets.errors import (
    ConflictError,
    DamagedStateError,
    Fault,
    FraudAssetsError,
    PaymentError,
    RecordError,
    StateError,
    StateMovedError,
)
from fraud_assets.payments.instants import NoInstantError, read_instant
from fraud_assets.payments.reader import reader_of
from fraud_assets.service.answers import fault, fault_answer
from fraud_assets.service.api_key_line import Scope as KeyScope
from fraud_assets.service.api_keys import ApiKeys
from fraud_assets.service.decisions.desk import Desk
from fraud_assets.service.decisions.preview import preview
from fraud_assets.service.faults import UNREADABLE, told
from fraud_assets.service.scoring_routes import (
    Answer,
    Receive,
    RefusedRequestError,
    Scope,
    Send,
    check_request,
    read_body,
    respond,
    wanted_reasons,
)
from fraud_assets.service.settings import MAX_BATCH, MAX_BODY
from fraud_assets.terms.times import TimeColumn

_BATCH_BODY = MAX_BATCH * 4096
_KNOWN_AT = TimeColumn(column="known_at")


class _Batch(msgspec.Struct):
    payments: list[dict[str, Any]]


class _Label(msgspec.Struct):
    payment_id: str | int
    is_fraud: bool
    known_at: str | int | float | None


class _Labels(msgspec.Struct):
    labels: list[_Label]


_Told: TypeAlias = dict[str, Any]
"""A fault as the answer tells it: loc, msg, type."""

_one = msgspec.json.Decoder(dict[str, Any]).decode
_batch = msgspec.json.Decoder(_Batch).decode
_labels = msgspec.json.Decoder(_Labels).decode


class Caller(NamedTuple):
    """Whether reasons are wanted always, and the name of the API key that was sent."""

    always: bool
    key: str


class _Kind(NamedTuple):
    """Which scope of key a route asks for, its largest body, and what makes its answer."""

    scope: KeyScope
    limit: int
    answer: Callable[[Desk, bytes, Caller], Answer]


class DecisionRoute:
    """An ASGI application for one path."""

    def __init__(self, desk: Desk, keys: ApiKeys, path: str, kind: _Kind) -> None:
        self._desk, self._keys, self._path = desk, keys, path
        self._scope, self._limit, self._answer = kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = perf_counter()
        try:
            check_request(scope["headers"], self._keys, self._limit, self._scope)
            always = wanted_reasons(scope["query_string"]) != "flagged"
            caller = Caller(always, self._keys.name(scope["headers"]))
            body = await read_body(receive, self._limit)
            if body is None:
                return
            status, payload = self._answered(body, caller)
            if status == 200:
                status, payload = await self._settled(payload)
        except RefusedRequestError as refused:
            status, payload = refused.answer
        await respond(send, status, payload)
        self._desk.holder.metrics.answered(self._path, status, perf_counter() - started)

    async def _settled(self, payload: bytes) -> Answer:
        """The answer once it may be given: with a record that promises so, after its flush."""
        keeping = self._desk.keeping
        if not keeping.is_sync:
            return 200, payload
        decided = keeping.unsettled.all()
        try:
            await keeping.settled()
            if decided:
                self._desk.decider().keep(decided)
        except (RecordError, StateError) as error:
            return self._unavailable(error)
        return 200, payload

    def _unavailable(self, error: StateError | RecordError) -> Answer:
        if isinstance(error, DamagedStateError):
            self._desk.distrust(error)
        if isinstance(error, StateMovedError):
            self._desk.open_again()
        place = "record" if isinstance(error, RecordError) else "state"
        return 503, fault_answer(fault([place], str(error), "unavailable"))

    def _answered(self, body: bytes, caller: Caller) -> Answer:
        try:
            return self._answer(self._desk, body, caller)
        except _ManyFaultsError as error:
            return 422, fault_answer(error.faults)
        except UNREADABLE as error:
            return 422, fault_answer([told(error)])
        except ConflictError as error:
            return 409, fault_answer(fault(["body"], str(error), "conflict"))
        except (StateError, RecordError) as error:
            return self._unavailable(error)


def decision_routes(desk: Desk, keys: ApiKeys) -> dict[str, DecisionRoute]:
    """The routes by path."""
    kinds = {
        "/decisions": _Kind("decide", MAX_BODY, _decide),
        "/decisions/batch": _Kind("decide", _BATCH_BODY, _decide_many),
        "/decisions/preview": _Kind("decide", MAX_BODY, _preview),
        "/labels": _Kind("label", _BATCH_BODY, _label),
    }
    return {path: DecisionRoute(desk, keys, path, kind) for path, kind in kinds.items()}


class _ManyFaultsError(FraudAssetsError):
    def __init__(self, faults: list[_Told]) -> None:
        self.faults: list[Any] = faults
        super().__init__("The payments break rules.")


def _decide(desk: Desk, body: bytes, caller: Caller) -> Answer:
    raw = _one(body)
    try:
        return 200, desk.decider().decide([raw], always=caller.always, api_key=caller.key)[0]
    except PaymentError as error:
        raise _ManyFaultsError(_faults(error, [])) from error


def _preview(desk: Desk, body: bytes, _: Caller) -> Answer:
    raw = _one(body)
    try:
        return 200, preview(desk.decider(), raw)
    except PaymentError as error:
        raise _ManyFaultsError(_faults(error, [])) from error


def _decide_many(desk: Desk, body: bytes, caller: Caller) -> Answer:
    payments = _batch(body).payments
    if len(payments) > MAX_BATCH:
        message = f"List should have at most {MAX_BATCH} items, not {len(payments)}"
        raise RefusedRequestError(422, fault(["body", "payments"], message, "too_long"))
    decider, faults = desk.decider(), []
    for at, raw in enumerate(payments):
        try:
            decider.reader.read(raw)
        except PaymentError as error:
            faults += _faults(error, ["payments", at])
    if faults:
        raise _ManyFaultsError(faults)
    answers = decider.decide(payments, always=caller.always, api_key=caller.key)
    return 200, b'{"decisions":[%b]}' % b",".join(answers)


def _label(desk: Desk, body: bytes, caller: Caller) -> Answer:
    labels, decider = _labels(body).labels, desk.decider()
    read = reader_of(decider.contract.columns.id or "", decider.contract)
    known = [_known_at(at, label) for at, label in enumerate(labels)]
    found: dict[str, list[str]] = {"accepted": [], "repeated": [], "unknown": []}
    entries: list[bytes] = []
    desk.keeping.promise(decider.contract, len(labels))
    try:
        for label, known_at in zip(labels, known, strict=True):
            payment_id = str(read(label.payment_id))
            since = desk.keeping.now() if known_at is None else known_at
            entry = desk.keeping.encoded(_entry(desk, label, payment_id, since, caller))
            done = decider.state.label(
                payment_id, is_fraud=label.is_fraud, known_at=since, is_news=known_at is None
            )
            found[done].append(payment_id)
            if done != "repeated":
                entries.append(entry)
    finally:
        desk.keeping.take(entries, promised=len(labels))
    counts = {"accepted": len(found["accepted"]), "repeated": len(found["repeated"])}
    return 200, msgspec.json.encode(counts | {"unknown": found["unknown"]})


def _entry(desk: Desk, label: _Label, payment_id: str, known_at: int, caller: Caller) -> Label:
    """A label for the record, known since an instant in microseconds."""
    now = desk.keeping.now()
    return Label(
        payment_id=payment_id,
        is_fraud=label.is_fraud,
        known_at=known_at,
        received_at=now,
        api_key=caller.key,
    )


def _known_at(at: int, label: _Label) -> int | None:
    place = ["body", "labels", at, "known_at"]
    try:
        known = read_instant(label.known_at, _KNOWN_AT)
    except NoInstantError as error:
        message = "known_at must be an ISO 8601 time such as 2025-06-02T10:00:00Z"
        raise _ManyFaultsError([{"loc": place, "msg": message, "type": "time"}]) from error
    if known is not None and known > time_ns() // 1000:
        message = "known_at must not lie after now: nobody knows it yet"
        raise _ManyFaultsError([{"loc": place, "msg": message, "type": "time_after_now"}])
    return known


def _faults(error: PaymentError, place: list[str | int]) -> list[_Told]:
    return [_told(broken, ["body", *place, broken.key]) for broken in error.faults]


def _told(broken: Fault, loc: list[str | int]) -> _Told:
    if broken.rule.startswith("must be a field"):
        return {"loc": loc, "msg": "Field required; null means missing", "type": "missing"}
    return {"loc": loc, "msg": f"The payment breaks the rule {broken.rule}", "type": broken.rule}
