"""The last answer on a connection, and what happens to whatever its client still sends.

A connection that is closed while bytes of its client lie unread is reset, and the client may
never see the answer. So it is closed in one direction, and what comes is dropped for a while.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from fraud_assets.service.answers import fault, fault_answer
from fraud_assets.service.net.limits import (
    BODY_SECONDS,
    HEAD_SECONDS,
    MAX_DROPPED,
    MAX_FRAMING,
    MAX_HEAD,
    MAX_HEADERS,
    MAX_PIPELINED,
    MAX_URL,
)


@dataclass(frozen=True)
class Farewell:
    """Why a connection is closed: a word for the metrics, and the whole answer as bytes."""

    why: str
    answer: bytes


def _refusal(why: str, status: int, place: str, message: str) -> Farewell:
    body = fault_answer(fault([place], message, why))
    head = b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
    return Farewell(why, STATUS_LINE[status] + head % len(body) + body)


BAD = _refusal("bad_request", 400, "request", "This is no HTTP request")
PIPELINED = _refusal(
    "pipelined", 400, "request", f"At most {MAX_PIPELINED} requests may wait on one connection"
)
URL = _refusal("url", 414, "url", f"The URL must have at most {MAX_URL} bytes")
HEADERS = _refusal(
    "headers",
    431,
    "header",
    f"URL and headers must have at most {MAX_HEAD} bytes, in at most {MAX_HEADERS} headers",
)
FRAMING = _refusal(
    "framing",
    431,
    "body",
    "Chunk sizes, chunk extensions and trailers must have at most as many bytes as the body and "
    f"{MAX_FRAMING} more",
)
LATE = _refusal(
    "late",
    408,
    "request",
    f"Headers must come within {HEAD_SECONDS:g} seconds, the body within {BODY_SECONDS:g}",
)


class _Deaf(asyncio.Protocol):
    """Drops what comes, up to a bound, and passes everything else on."""

    def __init__(self, transport: asyncio.Transport, connection: asyncio.Protocol) -> None:
        self._transport, self._dropped = transport, 0
        self.connection_lost = connection.connection_lost  # type: ignore[method-assign]
        self.pause_writing = connection.pause_writing  # type: ignore[method-assign]
        self.resume_writing = connection.resume_writing  # type: ignore[method-assign]

    def data_received(self, data: bytes) -> None:
        """Drop it."""
        self._dropped += len(data)
        if self._dropped > MAX_DROPPED:
            self._transport.abort()


def listen_no_more(transport: asyncio.Transport, connection: asyncio.Protocol) -> None:
    """Drop what comes from now on; whoever answers still may, and closes."""
    transport.set_protocol(_Deaf(transport, connection))
    transport.resume_reading()


def say_goodbye(
    transport: asyncio.Transport, connection: asyncio.Protocol, refusal: Farewell
) -> None:
    """Send the refusal, and nothing after it."""
    transport.write(refusal.answer)
    if transport.can_write_eof():
        transport.write_eof()
    listen_no_more(transport, connection)
