"""uvicorn's HTTP protocol with bounds on what a connection may send, and for how long.

uvicorn bounds neither URL, headers, trailers nor chunk extensions, and waits for ever for the
rest of a request. Here each chunk that leaves a request incomplete is counted. A request that
comes in one piece, as every usual one does, costs a few comparisons: hence no more callbacks of
the parser than needed, and the state is read from uvicorn's own: a request has begun where there
is a scope that is not yet the cycle's, and goes on while its cycle expects more of the body.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, NoReturn

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fraud_assets.service.net.connections import Connections, Queue
from fraud_assets.service.net.farewell import (
    BAD,
    FRAMING,
    HEADERS,
    LATE,
    PIPELINED,
    URL,
    Farewell,
    listen_no_more,
    say_goodbye,
)
from fraud_assets.service.net.limits import (
    MAX_DROPPED,
    MAX_FRAMING,
    MAX_HEAD,
    MAX_HEADERS,
    MAX_PIPELINED,
    MAX_URL,
)

_NOWHERE: Any = deque(maxlen=0)
"""Where trailers go: nothing that comes after the checks may look like a header."""


class _StopError(Exception):
    """Ends the parser's work on a chunk; uvicorn then calls `send_400_response`."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], **more: Any
    ) -> None:
        super().__init__(config, server_state, app_state, **more)
        self._all: Connections = app_state["connections"]
        self._queue: Queue | None = None
        self.held = 0
        self._chunk = 0
        self._counted = 0
        self._farewell = BAD

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
        self._chunk = len(data)
        if self._queue is self._all.bodies:
            self._more_body(data)
            return
        super().data_received(data)
        cycle = self.cycle
        if self._queue is not None or cycle.more_body or cycle.scope is not self.scope:
            self._incomplete()

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

    # Called by the application's answers

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

    # Called by the queues

    def expire(self) -> None:
        """Answer a late request so; a connection that owes none just ends."""
        if self._in_head() or (self._in_body() and not self.cycle.response_complete):
            self._say_goodbye(LATE)
        else:
            self._all.closing.enter(self, self._all.now)
            self.transport.close()

    def abort(self) -> None:
        """End without a word."""
        self.transport.abort()

    # Bounds

    def _in_head(self) -> bool:
        return self.scope is not None and (self.cycle is None or self.cycle.scope is not self.scope)

    def _in_body(self) -> bool:
        return self.cycle is not None and self.cycle.scope is self.scope and self.cycle.more_body

    def _incomplete(self) -> None:
        """Count a chunk after which a head is incomplete, or a body has only begun."""
        if self.parser is None:
            return
        if self._in_body():
            self._wait(self._all.bodies)
            self._all.hold(self, self._chunk)
            self._counted = 0
            return
        # What came in one chunk with an earlier request is counted by the parts that are known.
        self._counted = self._counted + self._chunk if self.held else self._head_size()
        if self._in_head():
            self._wait(self._all.heads)
        self._all.hold(self, self._chunk)
        if len(self.url) > MAX_URL:
            self._say_goodbye(URL)
        elif self._counted > MAX_HEAD or len(self.headers) > MAX_HEADERS:
            self._say_goodbye(HEADERS)

    def _more_body(self, data: bytes) -> None:
        """Count what is not body; of a request that was answered already, everything."""
        cycle = self.cycle
        before, answered = len(cycle.body), cycle.response_complete
        super().data_received(data)
        if self.parser is None:
            return
        if not (self._in_body() and cycle is self.cycle):
            if self._queue is self._all.bodies:
                self._settle()
            if self._in_head() or self._in_body():
                self._incomplete()
        elif answered:
            self._counted += self._chunk
            if self._counted > MAX_DROPPED:
                self.abort()
        else:
            self._counted += self._chunk - (len(cycle.body) - before)
            self._all.hold(self, self._chunk)
            if 2 * self._counted > MAX_FRAMING + self.held:
                self._say_goodbye(FRAMING)

    def _check_head(self) -> None:
        if len(self.url) > MAX_URL:
            self._stop(URL)
        if self._head_size() > MAX_HEAD:
            self._stop(HEADERS)

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _stop(self, farewell: Farewell) -> NoReturn:
        self._farewell = farewell
        raise _StopError

    # Queues

    def _wait(self, queue: Queue | None) -> None:
        """Wait in this queue alone, for as long as it has been already."""
        if queue is self._queue:
            return
        if self._queue is not None:
            self._queue.leave(self)
        self._queue = queue
        if queue is not None:
            queue.enter(self, self._all.now)

    def _settle(self) -> None:
        """The part that was waited for is complete."""
        self._wait(None)
        self._all.release(self)

    # The end

    def _say_goodbye(self, refusal: Farewell) -> None:
        """Answer and close, after the answer that is under way."""
        self._all.closed[refusal.why] += 1
        if self.pipeline or (self._in_body() and self.cycle.response_started):
            self.abort()
            return
        self._settle()
        # What was received of the request is needed no more.
        self.url, self.headers = b"", []
        self.parser = None  # type: ignore[assignment] # as uvicorn does where a connection is lost
        if self._in_body():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        elif self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            listen_no_more(self.transport, self)
            return
        self._all.closing.enter(self, self._all.now)
        say_goodbye(self.transport, self, refusal)
