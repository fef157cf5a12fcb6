"""All open connections of one process: who waits for what since when, and who goes first.

Deadlines are kept without timers: each kind of waiting is a queue in order of time, and a sweep
looks at its front. A connection whose request is being answered waits for nothing and is in no
queue; that is the server's own work.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from fraud_assets.service.net.known import KnownHeads
from fraud_assets.service.net.limits import (
    BODY_SECONDS,
    CLOSE_SECONDS,
    HEAD_SECONDS,
    KEEP_ALIVE_SECONDS,
    MAX_CONNECTIONS,
    MAX_HELD,
    SPARE_FILES,
    SWEEP_MOST,
    SWEEP_SECONDS,
    WRITE_SECONDS,
    YOUNG_SECONDS,
)

_ANY = float("-inf")


class Connection(Protocol):
    """What the queues need of a connection."""

    held: int

    def expire(self) -> None:
        """Its time is over: answer if that makes sense, and close."""

    def abort(self) -> None:
        """End at once, without a word."""


class Queue:
    """Connections that wait for the same thing, the longest first."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.since: dict[Connection, float] = {}

    def enter(self, connection: Connection, now: float) -> None:
        """Wait from now on."""
        self.since[connection] = now

    def leave(self, connection: Connection) -> None:
        """Wait no longer, if it did."""
        self.since.pop(connection, None)

    def overdue(self, now: float, seconds: float) -> Iterator[Connection]:
        """Those that have waited for longer than `seconds`; they may leave meanwhile."""
        while self.since:
            connection, since = next(iter(self.since.items()))
            if now - since <= seconds:
                return
            del self.since[connection]
            yield connection


class Connections:
    """The open connections of this process and what they hold.

    `now` is the event loop's time at the last sweep: precise enough, and free to read. `known` are
    heads of requests that came on any of them.
    """

    def __init__(self, most: int = MAX_CONNECTIONS) -> None:
        self.most = most
        self.now = 0.0
        self.open: set[Connection] = set()
        self.held = 0
        self.holding: dict[Connection, None] = {}  # in the order in which they began to
        self.closed: Counter[str] = Counter()
        self.heads, self.bodies = Queue(HEAD_SECONDS), Queue(BODY_SECONDS)
        self.idle = Queue(KEEP_ALIVE_SECONDS)
        self.known = KnownHeads()
        self.writing, self.closing = Queue(WRITE_SECONDS), Queue(CLOSE_SECONDS)

    def arrived(self, connection: Connection) -> None:
        """Count a new connection, and let another go where there are too many."""
        self.open.add(connection)
        if len(self.open) > self.most:
            self._let_go("too_many_connections", self._missed_least() or connection)

    def gone(self, connection: Connection) -> None:
        """Forget a connection that is lost."""
        self.open.discard(connection)
        self.release(connection)
        for queue in (self.heads, self.bodies, self.idle, self.writing, self.closing):
            queue.leave(connection)

    def hold(self, connection: Connection, size: int) -> None:
        """Count bytes of an incomplete request, and let others go where there are too many.

        Who holds longest goes first, and nobody who holds none: that would free nothing.
        """
        connection.held += size
        self.held += size
        self.holding[connection] = None
        while self.held > MAX_HELD:
            self._let_go("too_many_bytes", next(iter(self.holding)))

    def release(self, connection: Connection) -> None:
        """What the connection held is complete or gone."""
        self.held -= connection.held
        connection.held = 0
        self.holding.pop(connection, None)

    async def watch(self) -> None:
        """Sweep until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self.sweep(loop.time())
            await asyncio.sleep(SWEEP_SECONDS)

    def sweep(self, now: float) -> None:
        """End what has waited too long; the rest of a crowd at the next sweep."""
        self.now = now
        for queue in (self.heads, self.bodies, self.idle):
            for connection in islice(queue.overdue(now, queue.seconds), SWEEP_MOST):
                connection.expire()
        for queue in (self.writing, self.closing):
            for connection in islice(queue.overdue(now, queue.seconds), SWEEP_MOST):
                self.closed["unread"] += 1
                connection.abort()

    def _let_go(self, why: str, connection: Connection) -> None:
        self.closed[why] += 1
        self.gone(connection)
        connection.abort()

    def _missed_least(self) -> Connection | None:
        """Slow requests first, then what is idle, then requests that have just begun."""
        return (
            self._first(YOUNG_SECONDS, self.heads, self.bodies)
            or self._first(_ANY, self.idle)
            or self._slowest()
        )

    def _slowest(self) -> Connection | None:
        return self._first(_ANY, self.heads, self.bodies)

    def _first(self, seconds: float, *queues: Queue) -> Connection | None:
        for queue in queues:
            for connection in queue.overdue(self.now, seconds):
                return connection
        return None


def most_connections() -> int:
    """As many as this process may open, after raising its limit of open files to what it may."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return MAX_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + SPARE_FILES
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < wanted:
        soft = wanted if hard == unlimited else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    files = wanted if soft == unlimited else soft
    return max(1, min(MAX_CONNECTIONS, files - SPARE_FILES))
