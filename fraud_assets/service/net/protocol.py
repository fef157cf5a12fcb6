"""uvicorn's HTTP protocol with bounds on what a connection may send, and for how long.

uvicorn bounds neither URL, headers, trailers nor chunk extensions, and waits for ever for the
rest of a request. Here each chunk that leaves a request incomplete is counted (see `bounds`). A
request that comes in one piece, as every usual one does, costs a few comparisons: hence no more
callbacks of the parser than needed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from time import perf_counter
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from fraud_assets.service.net.bounds import CountedProtocol
from fraud_assets.service.net.farewell import HEADERS, PIPELINED
from fraud_assets.service.net.lean import LeanCycle
from fraud_assets.service.net.limits import MAX_HEADERS, MAX_PIPELINED, MAX_URL

_NOWHERE: Any = deque(maxlen=0)
"""Where trailers go: nothing that comes after the checks may look like a header."""


_JSON_HEAD = b"content-type: application/json\r\ncontent-length: %d\r\n%b\r\n%b"
_MORE = {401: b"www-authenticate: Bearer\r\n", 503: b"retry-after: 1\r\n"}


class BoundedProtocol(CountedProtocol):
    """One connection.

    An application may have `at_once(scope)`: what it gives is called with a request's whole body,
    with what takes status and JSON of the answer, and since when the request is there. So a request
    needs no task of its own; one whose head was parsed before needs no parser. What it gives
    `lasts` where the same head will always be taken so.
    """

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], **more: Any
    ) -> None:
        super().__init__(config, server_state, app_state, **more)
        self._at_once: Any = getattr(config.loaded_app, "at_once", None)
        self._known = self._all.known

    # Called by the transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A silent connection may wait as long as one that has begun a request."""
        super().connection_made(transport)
        self._wait(self._all.heads)
        self._all.arrived(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        self._all.gone(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; where that leaves a request incomplete, count."""
        is_between = self._queue is self._all.idle
        if is_between and self._take_known(data):
            return
        self._chunk = len(data)
        if self._queue is self._all.bodies:
            self._more_body(data)
            return
        super().data_received(data)
        if self.parser is None:
            return  # refused, with all that follows
        cycle: Any = self.cycle
        if self._queue is not None or cycle.more_body or cycle.scope is not self.scope:
            self._incomplete()
        elif is_between and cycle.taking is not None:
            self._known.keep(data, cycle.scope, cycle.taking)

    def _take_known(self, data: bytes) -> bool:
        """Whether `data` is one whole request with a head that was parsed before; it is taken."""
        found = self._known.find(data)
        if found is None or self.flow.write_paused:
            return False
        head, body = found
        taking = head.taking or self._at_once(head.scope)
        if taking is None:
            return False
        self._wait(None)
        self.scope = head.scope  # type: ignore[assignment]
        self.cycle = cycle = LeanCycle(self, keep_alive=True)
        cycle.more_body = False
        taking(body, partial(self._answer, cycle), perf_counter())
        return True

    def pause_writing(self) -> None:
        """The client does not read its answer."""
        self._all.writing.enter(self, self._all.now)
        super().pause_writing()

    def resume_writing(self) -> None:
        """It reads."""
        self._all.writing.leave(self)
        super().resume_writing()

    # Called by the parser

    def on_headers_complete(self) -> None:
        """Refuse what is too large before anything is done about it."""
        # A chunk within the smaller bound cannot break the larger one.
        if self._chunk > MAX_URL or self._queue is self._all.heads:
            self._check_head()
        if len(self.headers) > MAX_HEADERS:
            self._stop(HEADERS)
        if len(self.pipeline) >= MAX_PIPELINED:
            self._stop(PIPELINED)
        if self._queue is not None:
            self._settle()
        super().on_headers_complete()
        self.headers = _NOWHERE

    def on_body(self, body: bytes) -> None:
        """Keep the body; the application is woken for all of it, or for as much as one reads."""
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        """Wake the application, or hand the body to what answers at once."""
        cycle: Any = self.cycle
        if cycle.response_complete:
            return
        cycle.more_body = False
        if cycle.taking is None:
            cycle.message_event.set()
        else:
            cycle.taking(bytes(cycle.body), partial(self._answer, cycle), cycle.started)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """Begin to answer; the usual way where somebody must wait for the client."""
        if self._at_once is None or cycle.waiting_for_100_continue or self.flow.write_paused:
            super()._start_asgi_task(cycle, app)
            return
        taking = self._at_once(cycle.scope)
        if taking is None:
            super()._start_asgi_task(cycle, app)
        elif cycle.more_body:
            cycle.taking, cycle.started = taking, perf_counter()
        else:
            taking(bytes(cycle.body), partial(self._answer, cycle), perf_counter())

    # Called by the application's answers

    def _answer(self, cycle: Any, status: int, payload: bytes) -> None:
        """Write a whole answer, unless the client is gone."""
        if cycle.disconnected or cycle.response_complete:
            return
        more = _MORE.get(status, b"")
        if not cycle.keep_alive:
            more += b"connection: close\r\n"
        for name, value in cycle.default_headers:
            more += b"%b: %b\r\n" % (name, value)
        cycle.response_started = cycle.response_complete = True
        self.transport.write(STATUS_LINE[status] + _JSON_HEAD % (len(payload), more, payload))
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        cycle.on_response = _nothing

    def on_response_complete(self) -> None:
        """Begin the next answer; or wait for a request, or for the rest of one already answered."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            self._all.closing.enter(self, self._all.now)
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._queue is None:
            self._wait(self._all.idle)
        elif self._queue is self._all.bodies:
            self._counted = 0
            self._all.release(self)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's name and signature
        """Refuse what cannot be parsed, or was stopped."""
        self._say_goodbye(self._farewell)


def _nothing() -> None:
    """Instead of the connection: a cycle that is through shall not hold it."""
