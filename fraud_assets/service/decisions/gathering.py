"""Payments that come in two turns of the event loop are decided on together.

Each pays a part of one transaction, one commit or round trip, and one entry into the record; its
answer is the one that it would get alone, in the order in which they came.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from fraud_assets.service.decisions.decider import Request
from fraud_assets.service.decisions.desk import Desk
from fraud_assets.service.decisions.refusals import refusal
from fraud_assets.service.scoring_routes import Answer

MOST = 32
"""Most payments of one transaction: a few milliseconds for which other answers wait."""

_one = msgspec.json.Decoder(dict[str, Any]).decode
_log = logging.getLogger("fraud_assets.service")


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """A payment's JSON, for whom and since when, and who takes the answer to it.

    `take` gets the answer, or what was raised where that is no refusal.
    """

    body: bytes
    always: bool
    api_key: str
    started: float
    take: Callable[[Answer | Exception], None]


class Gathering:
    """One worker's payments that wait for the end of the turns."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: list[Waiting] = []

    def add(self, waiting: Waiting) -> None:
        """Decide on a payment at the end of the next turn of the event loop."""
        self._waiting.append(waiting)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._look_again)

    async def answer(self, body: bytes, always: bool, api_key: str, started: float) -> Answer:
        """The answer to a payment; raises what is no refusal."""
        found: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def take(answer: Answer | Exception) -> None:
            if found.done():
                return  # whoever asked is gone
            if isinstance(answer, Exception):
                found.set_exception(answer)
            else:
                found.set_result(answer)

        self.add(Waiting(body, always, api_key, started, take))
        return await found

    def _look_again(self) -> None:
        """Let the loop look at its sockets once more: what came meanwhile comes along."""
        asyncio.get_running_loop().call_soon(self._decide)

    def _decide(self) -> None:
        those, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._decide)
        for waiting, answer in zip(those, answers_to(self._desk, those), strict=True):
            try:
                waiting.take(answer)
            except Exception:  # noqa: BLE001 - the others' answers must go out all the same
                _log.exception("An answer found no taker.")


def answers_to(desk: Desk, those: list[Waiting]) -> list[Answer | Exception]:
    """The answer to each payment, in order; what was raised instead where that is no refusal."""
    found: list[Answer | Exception] = [_UNREAD] * len(those)
    requests: list[Request] = []
    places: list[int] = []
    for at, one in enumerate(those):
        body = one.body
        try:
            requests.append(Request((_one(body),), one.always, one.api_key, one.started, body))
            places.append(at)
        except Exception as error:  # noqa: BLE001 - whoever asked is answered with it
            found[at] = _refused(desk, error)
    outcomes: list[Answer | Exception]
    try:
        decided = desk.decider().decide_each(requests) if requests else []
        outcomes = [one if isinstance(one, Exception) else (200, one[0]) for one in decided]
    except Exception as error:  # noqa: BLE001 - as above
        outcomes = [error] * len(requests)
    for at, outcome in zip(places, outcomes, strict=True):
        found[at] = _refused(desk, outcome) if isinstance(outcome, Exception) else outcome
    return found


_UNREAD: Answer = (500, b"")


def _refused(desk: Desk, error: Exception) -> Answer | Exception:
    try:
        return refusal(desk, error)
    except Exception as raised:  # noqa: BLE001 - no refusal: told by whoever took the request
        return raised
