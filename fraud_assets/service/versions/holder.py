"""Holds what is served and follows the pointer: loads beside, then swaps one reference."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fraud_assets.errors import FraudAssetsError, StoreError
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.settings import POLL_SECONDS, RETRY_SECONDS, ServiceSettings
from fraud_assets.service.versions.source import Loaded, VersionSource
from fraud_assets.service.versions.version import Served
from fraud_assets.store.storage.port import Stamp

_log = logging.getLogger("fraud_assets.service")


Describe = Callable[[Served], bytes]
"""Makes the OpenAPI document of payments that a reader takes."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class NotTaken:
    """A version that was not taken into service, and why."""

    why: str
    at: str


@dataclass
class Holder:
    """The one mutable thing of the service: `served` is replaced whole, never changed."""

    source: VersionSource
    metrics: ServiceMetrics
    loaded: Loaded
    since: str = field(default_factory=_now)
    refusal: NotTaken | None = None
    is_kept: bool = False
    _stamp: Stamp | None = None
    _retry_at: float = float("inf")

    _describe: Describe = field(default=lambda _: b"")
    _stumbled: bool = False

    def __post_init__(self) -> None:
        self.served = self.loaded.served

    @classmethod
    def start(cls, settings: ServiceSettings, metrics: ServiceMetrics) -> Holder:
        """Load the first version; errors are the caller's where there is none to serve.

        Where the store or the key will not do, the last good version serves from its copy, and
        what was wrong is told until it is mended.
        """
        source = VersionSource(settings)
        stamp = source.stamp
        try:
            holder = cls(source, metrics, source.load(None), _stamp=stamp)
        except Exception as error:
            good = _last_good(source)
            if good is None:
                raise
            holder = cls(source, metrics, good, _stamp=stamp)
            holder._refuse(_reason(error))
        holder.is_kept = source.keep(holder.loaded)
        return holder

    def describe_with(self, describe: Describe) -> None:
        """Make each version's document with `describe` from now on, this one's at once."""
        self._describe = describe
        self.served = self._described(self.served)
        self.loaded = replace(self.loaded, served=self.served)

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
        stamp = await self._asked()
        if stamp == self._stamp and time.monotonic() < self._retry_at:
            return
        self._stamp = stamp
        try:
            loaded = await asyncio.to_thread(self._load)
        except Exception as error:  # noqa: BLE001 - a bad version must never take the last good one down
            self._refuse(_reason(error))
        else:
            self._take(loaded)
            self.is_kept = await asyncio.to_thread(self.source.keep, self.loaded)

    async def _asked(self) -> Stamp:
        if self.source.is_remote:
            return await asyncio.to_thread(lambda: self.source.stamp)
        return self.source.stamp

    def _load(self) -> Loaded:
        loaded = self.source.load(self.loaded)
        if loaded is self.loaded:
            return loaded
        return replace(loaded, served=self._described(loaded.served))

    def _described(self, served: Served) -> Served:
        return replace(served, document=self._describe(served))

    def _take(self, loaded: Loaded) -> None:
        self._retry_at, self.refusal, self.metrics.numbers.degraded = float("inf"), None, 0
        if loaded is self.loaded:
            return
        _log.info("Serving %s instead of %s.", loaded.served.version, self.served.version)
        self.loaded, self.served, self.since = loaded, loaded.served, _now()
        self.metrics.numbers.reloads += 1

    def _refuse(self, why: str) -> None:
        if self.refusal is None or self.refusal.why != why:
            _log.error("Serving %s on; refused: %s", self.served.version, why)
            self.metrics.numbers.refusals += 1
            self.refusal = NotTaken(why, _now())
            self.metrics.numbers.degraded = 1
        self._retry_at = time.monotonic() + RETRY_SECONDS


def _last_good(source: VersionSource) -> Loaded | None:
    try:
        return source.load_last_good()
    except StoreError as error:
        _log.error("The last good copy does not hold either: %s", error)
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, FraudAssetsError):
        return str(error)
    _log.error("A version could not be loaded.", exc_info=error)
    return f"It could not be loaded: {type(error).__name__}: {error}"
