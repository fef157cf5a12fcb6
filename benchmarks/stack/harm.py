"""What is done to the stack's programs while payments come in, and what they noticed of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.stack.load import Load
from stack.program import Program
from stack.supervisor import Supervisor
from tests.waiting import wait_until

PATIENCE = 300.0
"""Seconds until all programs are ready again."""

_CALM = 2.0
"""Seconds of payments between two harms."""


@dataclass(frozen=True)
class Harmed:
    """What was done, and how the week's run was then.

    `seconds` until all was well again, and the requests that were under way meanwhile.
    """

    what: str
    run: str
    seconds: float
    requests: int
    failed: int
    slowest_ms: int

    def __str__(self) -> str:
        return (
            f"{self.what:<26} well again after {self.seconds:5.1f} s, run {self.run:<9} "
            f"{self.requests:>5} requests, {self.failed} failed, slowest {self.slowest_ms} ms"
        )


@dataclass(frozen=True)
class Harm:
    """Does harm to programs by name; `run` says how the week's run is."""

    supervisor: Supervisor
    load: Load
    run: Callable[[], str]

    def killed(self, name: str) -> Harmed:
        """The process is gone without a word."""
        _, pid = self.supervisor.state(name)
        return self.done(f"{name} killed", lambda: os.kill(pid, signal.SIGKILL))

    def restarted(self, name: str) -> Harmed:
        """Stopped in order, and started again."""
        return self.done(f"{name} restarted", lambda: self.supervisor.restart(name))

    def done(self, what: str, act: Callable[[], None]) -> Harmed:
        """Whatever else, and wait until all is well again."""
        run, began = self.run(), time.monotonic()
        act()
        wait_until(lambda: are_ready(self.supervisor.programs), PATIENCE)
        ended = time.monotonic()
        time.sleep(_CALM)
        under_way = self.load.between(began, ended)
        return Harmed(
            what,
            run or "unknown",
            round(ended - began, 1),
            len(under_way),
            sum(one.status != 200 for one in under_way),
            round(1000 * max((one.took for one in under_way), default=0.0)),
        )


def are_ready(programs: Sequence[Program]) -> bool:
    """Whether each is; asked twice a second at most, as each asks something over the network."""
    time.sleep(0.5)
    return all(one.is_ready() for one in programs)
