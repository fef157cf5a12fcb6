"""Answers that wait for their flush: told from the log's thread, woken on the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Waiters:
    """Whoever waits, in the order of tickets; `outcome` says of a ticket how it stands.

    It answers None where the ticket still waits, "" where it may be answered, else the sentence
    with which it is refused.
    """

    def __init__(
        self, outcome: Callable[[int], str | None], refusal: Callable[[str], Exception]
    ) -> None:
        self._outcome, self._refusal = outcome, refusal
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def wait(self, ticket: int) -> None:
        """Wait until the ticket may be answered; raises the refusal where it may not."""
        self._loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append((ticket, future))
        self._settle()
        await future

    def tell(self) -> None:
        """Something has changed; from any thread."""
        if self._loop is None or not self._waiting:
            return
        try:
            self._loop.call_soon_threadsafe(self._settle)
        except RuntimeError:  # the loop is closed: nobody waits any more
            self._waiting.clear()

    def _settle(self) -> None:
        while self._waiting:
            ticket, future = self._waiting[0]
            outcome = self._outcome(ticket)
            if outcome is None:
                return
            self._waiting.popleft()
            if future.done():
                continue
            if outcome:
                future.set_exception(self._refusal(outcome))
            else:
                future.set_result(None)
