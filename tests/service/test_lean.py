"""Requests as our protocol hands them on are those that uvicorn hands on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from fraud_assets.service.net.lean import LeanProtocol

HEADS = [
    b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /decisions?reasons=always&x=%20 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    b"GET /a%2Fb/%C3%A9?q HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\nx-two: 2\r\n\r\n",
    b"DELETE / HTTP/1.0\r\n\r\n",
    b"HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"GET http://elsewhere/path?a=1 HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n",
    b"POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
]


class _Open(asyncio.Transport):
    """A transport that takes what it is given."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5), "sockname": ("127.0.0.1", 8000)})
        self.sent: list[bytes] = []

    def write(self, data: Any) -> None:
        """Keep it."""
        self.sent.append(bytes(data))

    def is_closing(self) -> bool:
        """It never closes."""
        return False

    def pause_reading(self) -> None:
        """There is nothing to pause."""

    def close(self) -> None:
        """There is nothing to close."""


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Nobody calls it."""


def begun(kind: type[HttpToolsProtocol], *heads: bytes) -> list[dict[str, Any]]:
    """What each request of one connection is when its head is there."""
    found: list[dict[str, Any]] = []

    class Noting(kind):  # type: ignore[valid-type, misc]
        """Notes instead of answering."""

        def _start_asgi_task(self, cycle: Any, app: Any) -> None:
            assert app is self.app
            kept = {"keep_alive": cycle.keep_alive, "waits": cycle.waiting_for_100_continue}
            flags = {"more": cycle.more_body, "through": cycle.response_complete}
            found.append({**cycle.scope, **kept, **flags, "headers": [*cycle.scope["headers"]]})
            cycle.response_complete = True

    async def talk() -> None:
        config = uvicorn.Config(_app, access_log=False, ws="none", lifespan="off")
        config.load()
        for head in heads:
            protocol = Noting(config, ServerState(), {"connections": 1})
            protocol.connection_made(_Open())
            protocol.data_received(head)

    asyncio.run(talk())
    return found


@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
def test_a_request_is_what_uvicorn_makes_of_it(head: bytes) -> None:
    """Scope, and whether the connection stays; the second time as well, as URLs are kept."""
    expected = begun(HttpToolsProtocol, head, head)

    assert begun(LeanProtocol, head, head) == expected
    assert len(expected) == 2


def test_what_is_no_request_gets_uvicorns_answer() -> None:
    """Status 400, and nothing is begun."""
    assert begun(LeanProtocol, b"no request\r\n\r\n") == []
