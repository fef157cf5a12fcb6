"""What the service writes to its log: nothing that strangers could fill a disk with."""

from __future__ import annotations

import logging
import time

_REPEATED = ("Invalid HTTP request received.", "Unsupported upgrade request.")
_EVERY_SECONDS = 60.0


class Sparingly(logging.Filter):
    """Lets what any stranger can provoke through once a minute; the metrics count all of it."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it."""
        said = str(record.msg)
        if not said.startswith(_REPEATED):
            return True
        now = time.monotonic()
        if now < self._next.get(said, 0.0):
            return False
        self._next[said] = now + _EVERY_SECONDS
        return True


def log_sparingly() -> None:
    """Apply it to the server's own log; once, however often it is called."""
    logger = logging.getLogger("uvicorn.error")
    if not any(isinstance(one, Sparingly) for one in logger.filters):
        logger.addFilter(Sparingly())
