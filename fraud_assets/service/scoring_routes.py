"""POST /predict and POST /predict/batch as bare ASGI: the hot path.

They stand before the framework, which would take as long again as scoring does. What they refuse
never reaches the model: 401 without a key, 403 with one for other things, 415 for another content
type, 413 for a body over the limit, 422 with every field at fault, 503 where too many batches wait
already.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter
from typing import Any, cast
from urllib.parse import parse_qs

from fraud_assets.service.answers import (
    Reasons,
    batch_answer,
    fault,
    fault_answer,
    one_answer,
)
from fraud_assets.service.api_key_line import Scope as KeyScope
from fraud_assets.service.api_keys import ApiKeys, denial
from fraud_assets.service.faults import UNREADABLE, FieldFault
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.settings import MAX_BODY, MAX_WAITING
from fraud_assets.service.versions.holder import Holder
from fraud_assets.service.versions.version import Served

Scope = Any
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Answer = tuple[int, bytes]
Headers = Iterable[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_PLAIN = {b"", b"identity"}
_CHARSET = re.compile(rb"charset\s*=\s*\"?([^\s;\"]*)")
_CHOICES = ("flagged", "always", "full")


class RefusedRequestError(Exception):
    """A request that is answered with a status of its own and never reaches the model."""

    def __init__(self, status: int, faults: list[FieldFault]) -> None:
        super().__init__(status)
        self.answer: Answer = (status, fault_answer(faults))


class Scoring:
    """An ASGI application for one path."""

    def __init__(self, holder: Holder, keys: ApiKeys, *, batch: bool) -> None:
        self._holder, self._keys, self._batch = holder, keys, batch
        self._path = "/predict/batch" if batch else "/predict"
        # One batch at a time in its thread: single payments wait for a core, not for a queue.
        self._one_batch = asyncio.Semaphore(1)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = perf_counter()
        try:
            limit = self._holder.served.reader.batch_limit if self._batch else MAX_BODY
            check_request(scope["headers"], self._keys, limit)
            reasons = wanted_reasons(scope["query_string"])
            metrics = None if is_preview(scope["query_string"]) else self._holder.metrics
            body = await read_body(receive, limit)
            if body is None:
                return
            # Bound once: a swap during this request changes nothing for it.
            served = self._holder.served
            if self._batch:
                status, payload = await self._many(served, body, reasons, metrics)
            else:
                status, payload = self._one(served, body, reasons, metrics)
        except RefusedRequestError as refused:
            status, payload = refused.answer
        await respond(send, status, payload)
        self._holder.metrics.answered(self._path, status, perf_counter() - started)

    def _one(
        self, served: Served, body: bytes, reasons: Reasons, metrics: ServiceMetrics | None
    ) -> Answer:
        try:
            row = served.reader.one(body)
        except UNREADABLE as error:
            return 422, fault_answer(served.reader.faults(body, error))
        return 200, one_answer(served, metrics, row, reasons)

    async def _many(
        self, served: Served, body: bytes, reasons: Reasons, metrics: ServiceMetrics | None
    ) -> Answer:
        if reasons == "full":
            raise RefusedRequestError(422, _bad_reasons("always, flagged"))
        if self._waiting > MAX_WAITING:
            message = f"{self._waiting} batches wait already; ask again in a second"
            raise RefusedRequestError(503, fault(["body"], message, "busy"))
        self._waiting += 1
        try:
            async with self._one_batch:
                return await self._score_batch(served, body, reasons, metrics)
        finally:
            self._waiting -= 1

    async def _score_batch(
        self, served: Served, body: bytes, reasons: Reasons, metrics: ServiceMetrics | None
    ) -> Answer:
        try:
            rows = await asyncio.to_thread(served.reader.many, body)
        except UNREADABLE as error:
            faults = await asyncio.to_thread(served.reader.batch_faults, body, error)
            return 422, fault_answer(faults)
        answer, probabilities = await asyncio.to_thread(batch_answer, served, rows, reasons)
        if metrics is not None:
            for probability in probabilities:
                metrics.scored(probability, probability >= served.threshold)
            metrics.numbers.batch_payments += len(rows)
        return 200, answer


def check_request(headers: Headers, keys: ApiKeys, limit: int, scope: KeyScope = "decide") -> None:
    """Refuse by the headers alone, before any of the body is read."""
    kind, length, coding = b"", b"0", b""
    for name, value in headers:
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
        elif name == b"content-encoding":
            coding = value
    if keys.required and (denied := keys.denied(headers, scope)):
        raise RefusedRequestError(denied.status, denial(denied))
    if kind != b"application/json" and not _is_json(kind):
        message = "Content-Type must be application/json, in UTF-8"
        raise RefusedRequestError(415, fault(["header", "content-type"], message, "content_type"))
    if coding.lower() not in _PLAIN:
        message = "Content-Encoding must be identity: send the body as it is"
        raise RefusedRequestError(415, fault(["header", "content-encoding"], message, "coding"))
    if length.isdigit() and int(length[:19]) > limit:
        raise RefusedRequestError(413, _too_large(limit))


def wanted_reasons(query: bytes) -> Reasons:
    """The query parameter `reasons`."""
    if not query:
        return "flagged"
    found = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("reasons", ["flagged"])
    if len(found) != 1 or found[0] not in _CHOICES:
        raise RefusedRequestError(422, _bad_reasons("always, flagged, full"))
    return cast("Reasons", found[0])


def is_preview(query: bytes) -> bool:
    """The query parameter `preview`: whether somebody only looks, so that no score is counted."""
    if b"preview" not in query:
        return False
    found = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("preview", ["false"])
    if found not in (["true"], ["false"]):
        message = "Input should be true or false"
        raise RefusedRequestError(422, fault(["query", "preview"], message, "bool_parsing"))
    return found == ["true"]


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None where the client is gone."""
    message = await receive()
    if message["type"] != "http.request":
        return None
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(body) > limit:
            raise RefusedRequestError(413, _too_large(limit))
        return body
    parts, size = [body], len(body)
    while message.get("more_body", False):
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise RefusedRequestError(413, _too_large(limit))
    return b"".join(parts)


async def respond(send: Send, status: int, payload: bytes) -> None:
    """Send JSON."""
    headers = [_JSON, (b"content-length", b"%d" % len(payload))]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})


def _is_json(kind: bytes) -> bool:
    media, _, parameters = kind.lower().partition(b";")
    charset = _CHARSET.search(parameters)
    utf8 = charset is None or charset[1] in {b"utf-8", b"utf8", b"us-ascii"}
    return media.strip() == b"application/json" and utf8


def _too_large(limit: int) -> list[FieldFault]:
    return fault(["body"], f"Body must have at most {limit} bytes", "too_large")


def _bad_reasons(choices: str) -> list[FieldFault]:
    return fault(["query", "reasons"], f"Input should be one of {choices}", "literal_error")
