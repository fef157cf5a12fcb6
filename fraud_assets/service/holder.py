"""Holds what is served and follows the pointer: loads beside, then swaps one reference."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fraud_assets.errors import FraudAssetsError
from fraud_assets.service.metrics import Metrics
from fraud_assets.service.settings import POLL_SECONDS, RETRY_SECONDS, Settings
from fraud_assets.service.version import Served, load_current, pointer_stamp

_log = logging.getLogger("fraud_assets.service")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Refusal:
    """A version that was not taken into service, and why."""

    why: str
    at: str


@dataclass
class Holder:
    """The one mutable thing of the service: `served` is replaced whole, never changed."""

    settings: Settings
    metrics: Metrics
    served: Served
    since: str = field(default_factory=_now)
    refusal: Refusal | None = None
    _stamp: tuple[int, int, int] | None = None
    _retry_at: float = float("inf")

    @classmethod
    def start(cls, settings: Settings, metrics: Metrics) -> Holder:
        """Load the first version; errors are the caller's, since there is none to serve on."""
        stamp = pointer_stamp(settings)
        return cls(settings, metrics, load_current(settings), _stamp=stamp)

    async def follow(self) -> None:
        """Look for a new pointer until cancelled."""
        snapshot_at = 0.0
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self.refresh()
            if time.monotonic() - snapshot_at >= 1:
                self.metrics.leave_snapshot()
                snapshot_at = time.monotonic()

    async def refresh(self) -> None:
        """Take what the pointer names into service if it moved; keep the last good one if not fit.

        The stamp is taken before loading, so that a move meanwhile is noticed the next time.
        """
        stamp = pointer_stamp(self.settings)
        if stamp == self._stamp and time.monotonic() < self._retry_at:
            return
        self._stamp = stamp
        try:
            served = await asyncio.to_thread(load_current, self.settings)
        except FraudAssetsError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 - a bad version must never take the last good one down
            _log.exception("A version could not be loaded.")
            self._refuse(f"It could not be loaded: {type(error).__name__}: {error}")
        else:
            self._take(served)

    def _take(self, served: Served) -> None:
        self._retry_at, self.refusal = float("inf"), None
        if served.version == self.served.version and served.promotion == self.served.promotion:
            return
        _log.info("Serving %s instead of %s.", served.version, self.served.version)
        self.served, self.since = served, _now()
        self.metrics.numbers.reloads += 1

    def _refuse(self, why: str) -> None:
        if self.refusal is None or self.refusal.why != why:
            _log.error("Serving %s on; refused: %s", self.served.version, why)
            self.metrics.numbers.refusals += 1
            self.refusal = Refusal(why, _now())
        self._retry_at = time.monotonic() + RETRY_SECONDS
