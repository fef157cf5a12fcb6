"""Ends this process when the one that it works for ends, however that one ended.

A worker whose first process was killed would hold the port for ever; so would the service that a
killed publisher had started for its proof.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 0.5
_PATIENCE_SECONDS = 15.0
"""From the signal to the end by force: longer than requests under way may take to finish."""


def end_with(parent: int) -> None:
    """End gently once the process `parent`, which started this one, is gone; at once if it is."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # The signal is lost where no handler stands yet or the process hangs, and other systems have
    # none: hence a look now and then as well.
    threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE_SECONDS)
    os._exit(1)
