"""POST /predict and POST /predict/batch as bare ASGI: the hot path.

They stand before the framework, which would take as long again as scoring does. What they refuse
never reaches the model: 401 without a key, 415 for another content type, 413 for a body over the
limit, 422 with every field at fault.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter
from typing import Any, cast
from urllib.parse import parse_qs

import msgspec

from fraud_assets.service.answers import (
    Reasons,
    batch_answer,
    fault,
    fault_answer,
    one_answer,
)
from fraud_assets.service.api_keys import ApiKeys
from fraud_assets.service.holder import Holder
from fraud_assets.service.settings import MAX_BATCH_BODY, MAX_BODY
from fraud_assets.service.version import Served

Scope = Any
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Answer = tuple[int, bytes]
Headers = Iterable[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_CHOICES = ("flagged", "always", "full")
_UNREADABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, OverflowError)


class RefusedRequestError(Exception):
    """A request that is answered with a status of its own and never reaches the model."""

    def __init__(self, status: int, faults: list[dict[str, Any]]) -> None:
        super().__init__(status)
        self.answer: Answer = (status, fault_answer(faults))


class Scoring:
    """An ASGI application for one path; `limit` is the largest body in bytes."""

    def __init__(self, holder: Holder, keys: ApiKeys, *, batch: bool) -> None:
        self._holder, self._keys, self._batch = holder, keys, batch
        self._path = "/predict/batch" if batch else "/predict"
        self._limit = MAX_BATCH_BODY if batch else MAX_BODY
        # One batch at a time in its thread: single payments wait for a core, not for a queue.
        self._one_batch = asyncio.Semaphore(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = perf_counter()
        try:
            headers = scope["headers"]
            check_request(headers, self._keys, self._limit)
            reasons = wanted_reasons(scope["query_string"])
            body = await read_body(receive, self._limit)
            if body is None:
                return
            # Bound once: a swap during this request changes nothing for it.
            served = self._holder.served
            if self._batch:
                status, payload = await self._many(served, body, reasons)
            else:
                status, payload = self._one(served, body, reasons)
        except RefusedRequestError as refused:
            status, payload = refused.answer
        await respond(send, status, payload)
        self._holder.metrics.answered(self._path, status, perf_counter() - started)

    def _one(self, served: Served, body: bytes, reasons: Reasons) -> Answer:
        try:
            row = served.reader.one(body)
        except _UNREADABLE:
            return 422, fault_answer(served.reader.faults(body))
        return 200, one_answer(served, self._holder.metrics, row, reasons)

    async def _many(self, served: Served, body: bytes, reasons: Reasons) -> Answer:
        if reasons == "full":
            raise RefusedRequestError(422, _bad_reasons("always, flagged"))
        async with self._one_batch:
            try:
                rows = await asyncio.to_thread(served.reader.many, body)
            except _UNREADABLE:
                faults = await asyncio.to_thread(served.reader.faults, body, batch=True)
                return 422, fault_answer(faults)
            answer, probabilities = await asyncio.to_thread(batch_answer, served, rows, reasons)
        metrics = self._holder.metrics
        for probability in probabilities:
            metrics.scored(probability, probability >= served.threshold)
        metrics.numbers.batch_payments += len(rows)
        return 200, answer


def check_request(headers: Headers, keys: ApiKeys, limit: int) -> None:
    """Refuse by the headers alone, before any of the body is read."""
    kind, length = b"", b"0"
    for name, value in headers:
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
    if keys.required and not keys.admits(headers):
        message = "An API key is needed: X-API-Key: KEY, or Authorization: Bearer KEY"
        raise RefusedRequestError(401, fault(["header", "x-api-key"], message, "unauthorized"))
    if kind != b"application/json" and not _is_json(kind):
        message = "Content-Type must be application/json"
        raise RefusedRequestError(415, fault(["header", "content-type"], message, "content_type"))
    if length.isdigit() and int(length[:19]) > limit:
        raise RefusedRequestError(413, _too_large(limit))


def wanted_reasons(query: bytes) -> Reasons:
    """The query parameter `reasons`; nothing else is asked of the query."""
    if not query:
        return "flagged"
    found = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("reasons", ["flagged"])
    if len(found) != 1 or found[0] not in _CHOICES:
        raise RefusedRequestError(422, _bad_reasons("always, flagged, full"))
    return cast("Reasons", found[0])


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
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})


def _is_json(kind: bytes) -> bool:
    return kind.partition(b";")[0].strip().lower() == b"application/json"


def _too_large(limit: int) -> list[dict[str, Any]]:
    return fault(["body"], f"Body must have at most {limit} bytes", "too_large")


def _bad_reasons(choices: str) -> list[dict[str, Any]]:
    return fault(["query", "reasons"], f"Input should be one of {choices}", "literal_error")
