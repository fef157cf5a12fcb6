"""A request whose head was parsed before is what the parser would make of it again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from fraud_assets.service.net import known
from fraud_assets.service.net.connections import Connections
from fraud_assets.service.net.known import KnownHeads
from fraud_assets.service.net.protocol import BoundedProtocol
from tests.service.test_lean import _Open

Respond = Callable[[int, bytes], None]
Said = tuple[str, bytes, list[tuple[bytes, bytes]], bytes]


class Asked:
    """An application that owes each answer until `pay`; notes what it was asked."""

    def __init__(self, *, lasts: bool) -> None:
        self.lasts, self.is_open = lasts, True
        self.asked, self.heads = list[Said](), 0
        self._owed = list[tuple[bytes, Respond]]()

    def at_once(self, scope: Any) -> Any:
        """As `Front.at_once`; each head is asked about."""
        self.heads += 1
        return _Takes(self, scope) if self.is_open else None

    def take(self, scope: Any, body: bytes, respond: Respond) -> None:
        """Owe the body as the answer."""
        headers = [*scope["headers"]]
        self.asked.append((scope["path"], scope["query_string"], headers, body))
        self._owed.append((body, respond))

    def pay(self) -> None:
        """Answer what is owed."""
        while self._owed:
            body, respond = self._owed.pop(0)
            respond(200, body)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Whoever is not taken at once comes here."""
        self.asked.append(("", b"", [], b""))


class _Takes:
    def __init__(self, app: Asked, scope: Any) -> None:
        self.lasts, self._app, self._scope = app.lasts, app, scope

    def __call__(self, body: bytes, respond: Respond, started: float) -> None:
        assert started > 0
        self._app.take(self._scope, body, respond)


class _Closing(_Open):
    """A transport that is closed where somebody closes it."""

    ended = False

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.ended

    def close(self) -> None:
        """No more is read or sent."""
        self.ended = True

    abort = close

    def can_write_eof(self) -> bool:
        """As those of sockets."""
        return True

    def write_eof(self) -> None:
        """The other side sees the end."""

    def resume_reading(self) -> None:
        """There is nothing to resume."""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Somebody else listens from now on."""
        self.ended = True


def told(
    app: Asked, chunks: Sequence[bytes], *, pays_late: bool = False
) -> tuple[list[Said], bytes]:
    """What the application was asked on one connection, and all that was answered.

    It answers after each chunk, or `pays_late` after them all.
    """
    transport = _Closing()

    async def talk() -> None:
        config = uvicorn.Config(app, ws="none", lifespan="off", proxy_headers=False)
        config.load()
        protocol = BoundedProtocol(config, ServerState(), {"connections": Connections()})
        protocol.connection_made(transport)
        for chunk in chunks:
            if protocol.parser is not None and not transport.ended:
                protocol.data_received(chunk)
            if not pays_late:
                app.pay()
        app.pay()
        await asyncio.sleep(0)

    asyncio.run(talk())
    return app.asked, b"".join(transport.sent)


def post(body: bytes, *more: bytes, path: bytes = b"/decisions") -> bytes:
    """A request with further header lines."""
    lines = [b"POST " + path + b" HTTP/1.1", b"Host: a", *more, b"Content-Length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])


REQUESTS = [
    post(b"{1}"),
    post(b"{2}"),
    post(b""),
    post(b"\r\n\r\n{}"),
    post(b"{3}", b"X-API-Key: one"),
    post(b"{4}", path=b"/decisions?reasons=always"),
    post(b"{5}", b"Connection: close"),
    post(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    b"\r\n" + post(b"{6}"),
    b"POST /d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{7}\r\n0\r\n\r\n",
    b"POST /decisions HTTP/1.1\r\nHost: a\r\nContent-Length: 03\r\n\r\n{8}",
    b"POST /decisions HTTP/1.0\r\nContent-Length: 3\r\n\r\n{9}",
    b"no request\r\n\r\n",
]


@st.composite
def chunkings(draw: st.DrawFn) -> list[bytes]:
    """Requests of one connection, mostly one a chunk; some are cut, some come with the next one."""
    chunks, begun = list[bytes](), b""
    for request in draw(st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=8)):
        data = begun + request
        at = draw(st.just(len(data)) | st.integers(0, len(data)))
        is_cut = draw(st.booleans())
        chunks += [data[:at]] if at else []
        begun = data[at:] if not is_cut else b""
        chunks += [data[at:]] if is_cut and at < len(data) else []
    return [*chunks, begun] if begun else chunks


@settings(max_examples=150, deadline=None)
@given(chunkings(), st.booleans(), st.booleans())
def test_with_known_heads_all_is_asked_and_answered_as_without(
    chunks: list[bytes], lasts: bool, pays_late: bool
) -> None:
    """However the bytes come, and whether the answers come before the next chunk or later."""
    found = told(Asked(lasts=lasts), chunks, pays_late=pays_late)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KnownHeads, "find", lambda *_: None)
        expected = told(Asked(lasts=lasts), chunks, pays_late=pays_late)

    assert found == expected


@pytest.mark.parametrize("lasts", [True, False])
def test_a_head_is_asked_about_again_unless_its_answer_lasts(lasts: bool) -> None:
    """An API key may have expired since; what needs no key is asked about once it is known."""
    app = Asked(lasts=lasts)

    told(app, [post(b"{%d}" % number) for number in range(5)])

    assert app.heads == (2 if lasts else 5)  # the first of a connection is never known
    assert [body for *_, body in app.asked] == [b"{%d}" % number for number in range(5)]


def test_a_known_head_that_is_refused_goes_the_long_way() -> None:
    """The parser begins the request, and the application's own answer refuses it."""
    app = Asked(lasts=False)
    told(app, [post(b"{1}")] * 3)
    app.asked.clear()

    class Closing(Asked):
        """Refuses from the fourth head on."""

        def at_once(self, scope: Any) -> Any:
            self.is_open = self.heads < 3
            return super().at_once(scope)

    asked, _ = told(Closing(lasts=False), [post(b"{1}")] * 4)

    assert [body for *_, body in asked] == [b"{1}", b"{1}", b"{1}", b""]


def test_heads_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose heads all differ takes no more room than the bound."""
    monkeypatch.setattr(known, "MOST", 4)
    heads, scope = (
        KnownHeads(),
        {"type": "http", "method": "POST", "path": "/", "query_string": b""},
    )
    taking = _Takes(Asked(lasts=True), scope)
    for number in range(50):
        data = post(b"{}", b"X-Request-Id: %d" % number)
        heads.keep(data, scope | {"headers": [(b"content-length", b"2")]}, taking)
    long = post(b"{}", b"X-Long: " + b"x" * known.LONGEST)
    heads.keep(long, scope | {"headers": [(b"content-length", b"2")]}, taking)

    assert 0 < len(heads._heads) <= 4
    assert heads.find(long) is None
