"""Keeps the shadow's process running for as long as the contract that serves asks for one."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from fraud_assets.service.settings import ENVIRONMENT, ServiceSettings, write_settings
from fraud_assets.service.shadow.progress import read_progress
from fraud_assets.service.versions.holder import Holder
from fraud_assets.store.lock import take

AGAIN_SECONDS = 10.0
"""After how long a process that ended by itself is started again."""

_LOOK_SECONDS = 0.5

_log = logging.getLogger("fraud_assets.service")


def _now() -> int:
    return time.time_ns() // 1000


@dataclass
class Beside:
    """One of a service's workers has the process, whichever holds the lock."""

    holder: Holder
    settings: ServiceSettings
    _since: int = field(default_factory=_now)
    _process: asyncio.subprocess.Process | None = None
    _lock: FileLock | None = None
    _again_at: float = 0.0

    @property
    def is_wanted(self) -> bool:
        """Whether the contract that serves asks for a shadow, and there is a record for it."""
        contract = self.holder.served.contract
        live = None if contract is None else contract.live
        return live is not None and live.shadow and self.settings.decisions is not None

    async def follow(self) -> None:
        """Start and end the process as it is wanted, until cancelled."""
        try:
            while True:
                await asyncio.sleep(_LOOK_SECONDS)
                if not self.is_wanted:
                    await self._stop()
                elif self._process is None or self._process.returncode is not None:
                    await self._start()
        finally:
            await self._stop()

    def told(self) -> dict[str, object] | None:
        """What /health says of it; None where no shadow is wanted."""
        if not self.is_wanted or self.settings.decisions is None:
            return None
        found = read_progress(self.settings.decisions)
        if found is None:
            return {"version": None, "scored": 0, "passed_over": 0, "why": "It is being started."}
        return {
            "version": found.version or None,
            "scored": found.scored,
            "passed_over": found.passed_over,
            "why": found.why or None,
        }

    def metrics(self) -> str:
        """The same in Prometheus' text format; nothing where no shadow is wanted."""
        told = self.told()
        if told is None:
            return ""
        lines = []
        for name, (kind, text, value) in {
            "ready": ("gauge", "1 where another version scores too.", int(bool(told["version"]))),
            "scored_total": ("counter", "Decisions that the shadow scored.", told["scored"]),
        }.items():
            full = f"fraud_assets_shadow_{name}"
            lines += [f"# HELP {full} {text}", f"# TYPE {full} {kind}", f"{full} {value}"]
        return "\n".join(lines) + "\n"

    async def _start(self) -> None:
        folder = self.settings.decisions
        if folder is None or time.monotonic() < self._again_at or not self._takes(folder):
            return
        if self._process is not None:
            _log.error("The shadow ended by itself with %s.", self._process.returncode)
        self._again_at = time.monotonic() + AGAIN_SECONDS
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "fraud_assets.service.shadow", str(self._since)),
            env={**os.environ, ENVIRONMENT: write_settings(self.settings)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )

    def _takes(self, folder: Path) -> bool:
        """Whether this worker is the one that has the process."""
        if self._lock is None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._lock = take(folder / "shadow.lock")
            except OSError:
                self._lock = None
        return self._lock is not None

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        self._process, self._again_at = None, 0.0
        if self._lock is not None:
            self._lock.release()
            self._lock = None
