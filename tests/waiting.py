"""How tests wait: until something holds, asked with pauses, never by counting tries."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> float:
    """Seconds until `holds` was true.

    Raises
    ------
        AssertionError: It was not true within `seconds`.
    """
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"still not so after {seconds:.0f} s")
        time.sleep(0.02)
    return time.monotonic() - started
