"""POST /decisions, /decisions/batch and /labels as bare ASGI, like the scoring routes.

A payment that breaks a rule gets 422 with the rule's name, an id with other content 409, and where
the state cannot be reached or trusted 503 with what to do; nothing enters the state then.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

from fraud_assets.errors import PaymentError, RecordError, StateError
from fraud_assets.service.answers import fault, fault_answer
from fraud_assets.service.api_key_line import Scope as KeyScope
from fraud_assets.service.api_keys import ApiKeys
from fraud_assets.service.decisions.desk import Desk
from fraud_assets.service.decisions.gathering import Gathering, Waiting
from fraud_assets.service.decisions.labelling import take_labels
from fraud_assets.service.decisions.preview import preview
from fraud_assets.service.decisions.refusals import (
    ManyFaultsError,
    payment_faults,
    refusal,
    unavailable,
)
from fraud_assets.service.scoring_routes import (
    Answer,
    Headers,
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

_BATCH_BODY = MAX_BATCH * 4096


class _Batch(msgspec.Struct):
    payments: list[dict[str, Any]]


_one = msgspec.json.Decoder(dict[str, Any]).decode
_batch = msgspec.json.Decoder(_Batch).decode


Respond = Callable[[int, bytes], None]
"""Writes an answer of that status and JSON."""


_FAILED: Answer = 500, fault_answer(fault(["body"], "The service stumbled", "internal"))
_log = logging.getLogger("fraud_assets.service")


class Caller(NamedTuple):
    """Whether reasons are wanted always, and the name of the API key that was sent."""

    always: bool
    key: str


class _Kind(NamedTuple):
    """Which scope of key a route asks for, its largest body, and what makes its answer."""

    scope: KeyScope
    limit: int
    answer: Callable[[Desk, bytes, Caller], Answer]


class Taking:
    """Takes bodies of a caller's requests, what each answer is written with, and since when.

    `lasts` where a request with the same head is let in for as long as the service runs.
    """

    def __init__(
        self,
        gathering: Gathering,
        count: Callable[[int, float], None],
        caller: Caller,
        *,
        lasts: bool,
    ) -> None:
        self._add, self._count, self.lasts = gathering.add, count, lasts
        self._always, self._key = caller

    def __call__(self, body: bytes, respond: Respond, started: float) -> None:
        """Have a payment decided on together with those that come meanwhile."""

        def take(answer: Answer | Exception) -> None:
            if isinstance(answer, Exception):
                _log.error("A payment could not be decided on.", exc_info=answer)
                answer = _FAILED
            respond(*answer)
            self._count(answer[0], perf_counter() - started)

        self._add(Waiting(body, self._always, self._key, started, take))


class DecisionRoute(ABC):
    """An ASGI application for one path; `scope` of key and largest body that it asks for."""

    def __init__(self, desk: Desk, keys: ApiKeys, path: str, scope: KeyScope, limit: int) -> None:
        self._desk, self._keys, self._path = desk, keys, path
        self._scope, self._limit = scope, limit

    @abstractmethod
    async def _answered(self, body: bytes, caller: Caller, started: float) -> Answer:
        """The answer to a body."""

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
            status, payload = await self._answered(body, caller, started)
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
            return unavailable(self._desk, error)
        return 200, payload


class GatheredRoute(DecisionRoute):
    """Payments that come in one turn of the event loop are decided on together."""

    def __init__(self, desk: Desk, keys: ApiKeys, path: str) -> None:
        super().__init__(desk, keys, path, "decide", MAX_BODY)
        self._gathering = Gathering(desk)

    def at_once(self, scope: Scope) -> Taking | None:
        """What takes a request's body; None where its head is refused, or its answer must wait."""
        headers = scope["headers"]
        if self._desk.keeping.is_sync or not _tells_length(headers):
            return None
        try:
            always = wanted_reasons(scope["query_string"]) != "flagged"
            check_request(headers, self._keys, self._limit, self._scope)
        except RefusedRequestError:
            return None
        caller = Caller(always, self._keys.name(headers))
        return Taking(self._gathering, self._count, caller, lasts=not self._keys.required)

    def _count(self, status: int, seconds: float) -> None:
        self._desk.holder.metrics.answered(self._path, status, seconds)

    async def _answered(self, body: bytes, caller: Caller, started: float) -> Answer:
        return await self._gathering.answer(body, caller.always, caller.key, started)


class PlainRoute(DecisionRoute):
    """Each request is answered at once by `answer`."""

    def __init__(self, desk: Desk, keys: ApiKeys, path: str, kind: _Kind) -> None:
        super().__init__(desk, keys, path, kind.scope, kind.limit)
        self._answer = kind.answer

    async def _answered(self, body: bytes, caller: Caller, started: float) -> Answer:  # noqa: ARG002
        try:
            return self._answer(self._desk, body, caller)
        except RefusedRequestError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again where it is no refusal
            return refusal(self._desk, error)


class LabelRoute(DecisionRoute):
    """Labels, which stand on record before the state has them."""

    async def _answered(self, body: bytes, caller: Caller, started: float) -> Answer:  # noqa: ARG002
        try:
            return 200, await take_labels(self._desk, body, caller.key)
        except Exception as error:  # noqa: BLE001 - raised again where it is no refusal
            return refusal(self._desk, error)


def decision_routes(desk: Desk, keys: ApiKeys) -> dict[str, DecisionRoute]:
    """The routes by path."""
    plain = {
        "/decisions/batch": _Kind("decide", _BATCH_BODY, _decide_many),
        "/decisions/preview": _Kind("decide", MAX_BODY, _preview),
    }
    routes: dict[str, DecisionRoute] = {
        path: PlainRoute(desk, keys, path, kind) for path, kind in plain.items()
    }
    labels = LabelRoute(desk, keys, "/labels", "label", _BATCH_BODY)
    return {"/decisions": GatheredRoute(desk, keys, "/decisions"), "/labels": labels} | routes


def _tells_length(headers: Headers) -> bool:
    for name, _ in headers:  # noqa: SIM110 - faster than any(), at each request
        if name == b"content-length":
            return True
    return False


def _preview(desk: Desk, body: bytes, _: Caller) -> Answer:
    return 200, preview(desk.decider(), _one(body))


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
            faults += payment_faults(error, ["payments", at], decider.contract)
    if faults:
        raise ManyFaultsError(faults)
    answers = decider.decide(payments, always=caller.always, api_key=caller.key)
    return 200, b'{"decisions":[%b]}' % b",".join(answers)
