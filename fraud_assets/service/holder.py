"""Holds what is served and follows the pointer: loads beside, then swaps one reference."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fraud_assets.errors import FraudAssetsError
from fraud_assets.service.last_good import LastGood, recall, remember
from fraud_assets.service.metrics import Metrics
from fraud_assets.service.payment import PaymentReader
from fraud_assets.service.settings import POLL_SECONDS, RETRY_SECONDS, Settings
from fraud_assets.service.version import Served, load_again, load_current, pointer_stamp

_log = logging.getLogger("fraud_assets.service")


Describe = Callable[[PaymentReader], bytes]
"""Makes the OpenAPI document of payments that a reader takes."""


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

    _describe: Describe = field(default=lambda _: b"")
    _stumbled: bool = False

    @classmethod
    def start(cls, settings: Settings, metrics: Metrics) -> Holder:
        """Load the first version; errors are the caller's where there is none to serve on.

        A worker that starts again while others serve takes the version that they verified last.
        """
        stamp = pointer_stamp(settings)
        try:
            holder = cls(settings, metrics, load_current(settings), _stamp=stamp)
        except Exception as error:
            good = recall(settings.metrics_dir)
            if good is None:
                raise
            holder = cls(settings, metrics, load_again(settings, good), _stamp=stamp)
            holder._refuse(_reason(error))
        holder._remember()
        return holder

    def describe_with(self, describe: Describe) -> None:
        """Make each version's document with `describe` from now on, this one's at once."""
        self._describe = describe
        self.served = self._described(self.served)

    async def follow(self) -> None:
        """Look for a new pointer until cancelled, whatever goes wrong meanwhile."""
        snapshot_at = 0.0
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.refresh()
                if time.monotonic() - snapshot_at >= 1:
                    self.metrics.leave_snapshot()
                    snapshot_at = time.monotonic()
            except Exception:  # noqa: BLE001 - whatever it was, the next turn may do
                if not self._stumbled:
                    _log.exception("A turn of following the pointer failed; following on.")
                self._stumbled = True

    async def refresh(self) -> None:
        """Take what the pointer names into service if it moved; keep the last good one if not fit.

        The stamp is taken before loading, so that a move meanwhile is noticed the next time.
        """
        stamp = pointer_stamp(self.settings)
        if stamp == self._stamp and time.monotonic() < self._retry_at:
            return
        self._stamp = stamp
        try:
            served = await asyncio.to_thread(self._load)
        except Exception as error:  # noqa: BLE001 - a bad version must never take the last good one down
            self._refuse(_reason(error))
        else:
            self._take(served)

    def _load(self) -> Served:
        return self._described(load_current(self.settings))

    def _described(self, served: Served) -> Served:
        return replace(served, document=self._describe(served.reader))

    def _take(self, served: Served) -> None:
        self._retry_at, self.refusal = float("inf"), None
        if served.version == self.served.version and served.promotion == self.served.promotion:
            return
        _log.info("Serving %s instead of %s.", served.version, self.served.version)
        self.served, self.since = served, _now()
        self.metrics.numbers.reloads += 1
        self._remember()

    def _remember(self) -> None:
        good = LastGood(self.served.version, dict(self.served.promotion))
        remember(self.settings.metrics_dir, good)

    def _refuse(self, why: str) -> None:
        if self.refusal is None or self.refusal.why != why:
            _log.error("Serving %s on; refused: %s", self.served.version, why)
            self.metrics.numbers.refusals += 1
            self.refusal = Refusal(why, _now())
        self._retry_at = time.monotonic() + RETRY_SECONDS


def _reason(error: Exception) -> str:
    if isinstance(error, FraudAssetsError):
        return str(error)
    _log.error("A version could not be loaded.", exc_info=error)
    return f"It could not be loaded: {type(error).__name__}: {error}"
