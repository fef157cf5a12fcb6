"""Has a lost or damaged state built anew, by the command for it in a process of its own.

Source and record are read there: what serves needs neither pandas nor the memory for it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

AGAIN_SECONDS = 60.0
"""After how long a rebuilding that failed is tried again."""

_log = logging.getLogger("fraud_assets.service")


@dataclass
class Rebuilding:
    """`place` of the state, and the folder of the `record`, None where nothing is kept."""

    place: str
    record: Path | None
    _process: asyncio.subprocess.Process | None = None
    _hearing: asyncio.Task[None] | None = None
    _said: str = ""
    _failed: str = ""
    _again_at: float = 0.0

    async def see_to(self, plan: str, why: str) -> None:
        """Start a build for the features of `plan`, look how it goes, or wait to try again."""
        if self._process is None:
            if time.monotonic() >= self._again_at:
                await self._start(plan, why)
        elif self._process.returncode is not None:
            await self._end(self._process)

    def sentence(self, why: str) -> str:
        """Why nothing is answered now, and what happens."""
        if not why.endswith("."):
            why += "."
        if self._process is not None and self._said:
            return f"{why} {self._said}"
        if self._process is not None:
            return (
                f"{why} It is being rebuilt from the contract's source and the record; ask later."
            )
        return f"{why} Rebuilding it failed: {self._failed}" if self._failed else why

    async def stop(self) -> None:
        """End a build under way; the next one begins anew."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        if self._hearing is not None:
            await self._hearing

    async def _start(self, plan: str, why: str) -> None:
        _log.warning("The state is being rebuilt from source and record: %s", why)
        environment = {**os.environ, "FRAUD_ASSETS_STATE": self.place}
        if self.record is not None:
            environment["FRAUD_ASSETS_DECISIONS"] = str(self.record)
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "fraud_assets", "state", "build", "--for-plan", plan),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._said = ""
        assert self._process.stderr is not None
        self._hearing = asyncio.create_task(self._hear(self._process.stderr))

    async def _hear(self, said: asyncio.StreamReader) -> None:
        """Keep the last line that the build says, as when it waits for another one."""
        async for line in said:
            if text := line.decode(errors="replace").strip():
                self._said = text

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if self._hearing is not None:
            await self._hearing
        self._process, self._failed = None, ""
        self._again_at = time.monotonic() + AGAIN_SECONDS
        if process.returncode:
            self._failed = self._said or f"it ended with {process.returncode}"
            _log.error("The state was not rebuilt: %s", self._failed)
        else:
            _log.warning("The state is rebuilt.")
