"""What a connection's unfinished requests are counted by, and what ends them.

The state is read from uvicorn's own: a request has begun where there is a scope that is not yet
the cycle's, and goes on while its cycle expects more of the body.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fraud_assets.service.net.connections import Connections, Queue
from fraud_assets.service.net.farewell import (
    BAD,
    FRAMING,
    HEADERS,
    LATE,
    URL,
    Farewell,
    listen_no_more,
    say_goodbye,
)
from fraud_assets.service.net.lean import LeanProtocol
from fraud_assets.service.net.limits import (
    MAX_DROPPED,
    MAX_FRAMING,
    MAX_HEAD,
    MAX_HEADERS,
    MAX_URL,
)


class _StopError(Exception):
    """Ends the parser's work on a chunk; uvicorn then calls `send_400_response`."""


class CountedProtocol(LeanProtocol):
    """uvicorn's protocol with the queues that it waits in, and what it has sent meanwhile."""

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
        self.url, self.headers = b"", []  # counted before any request has begun

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
