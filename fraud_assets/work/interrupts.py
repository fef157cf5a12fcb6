"""Keeps an interrupt (Ctrl-C) from the processes that work for this one.

A terminal sends it to every process of a command. Only the command itself may take it: it ends the
others and says one sentence, where each of them would print a stack trace.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def interrupts_kept_from_helpers() -> Iterator[None]:
    """Processes and threads that begin in here, and what these begin, never get an interrupt.

    This process itself gets it, at the latest when it leaves here. Where the system has no signal
    masks (Windows) nothing changes.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it lets interrupts in again when it begins
    # A new thread and a new process take over the mask of the thread that begins them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
