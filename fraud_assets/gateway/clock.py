"""The simulated clock: a file that says what time it is, and processes that go by it.

Each Python process that is started with `clocked_environment` finds a `sitecustomize` that calls
`live_by`, and so do those that it starts: the proof's service, the shadow. The clock goes on by
itself from the instant in the file, and the monotonic clock stays the machine's own.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

VARIABLE = "FRAUD_ASSETS_GATEWAY_CLOCK"
_LOOK_SECONDS = 0.005
_START_UP = "from fraud_assets.gateway.clock import live_by_file\nlive_by_file()\n"


class SimulatedClock:
    """The clock's file, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file, self._site = folder / "clock", folder / "site"

    def set(self, seconds: float) -> None:
        """It is so many seconds since 1970 now, UTC."""
        beside = self._file.with_name("clock.new")
        beside.write_text(repr(float(seconds)), encoding="utf-8")
        beside.replace(self._file)

    def clocked_environment(self) -> dict[str, str]:
        """Variables under which a process goes by this clock."""
        self._site.mkdir(exist_ok=True)
        (self._site / "sitecustomize.py").write_text(_START_UP, encoding="utf-8")
        paths = [str(self._site), os.environ.get("PYTHONPATH", "")]
        return {VARIABLE: str(self._file), "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def live_by_file() -> None:
    """Go by the clock that the environment names, for as long as the process lives."""
    import time_machine  # noqa: PLC0415 - in clocked processes alone

    path = Path(os.environ[VARIABLE])
    said = path.read_text(encoding="utf-8")
    traveller = time_machine.travel(float(said), tick=True).start()

    def follow() -> None:
        seen = said
        while True:
            time.sleep(_LOOK_SECONDS)
            now = path.read_text(encoding="utf-8") if path.exists() else seen
            if now != seen:
                seen = now
                traveller.move_to(float(now))

    threading.Thread(target=follow, name="simulated-clock", daemon=True).start()
