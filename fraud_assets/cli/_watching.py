"""What a run looks like in a terminal: a line for each step, and what it does meanwhile.

Where nobody looks (a pipe, a file, CI) there are plain lines without control characters.
"""

from __future__ import annotations

import shutil
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

from fraud_assets.cli._wrapping import WIDTH, wrapped

PROGRESS_SECONDS = 15.0
"""Least time between two lines of progress where no status line can be drawn."""

_NAME, _INDENT = 20, 28
"""Columns: of a step's name, and before a step's words."""


class Watching:
    """Prints each step as it ends; `reason` is why the run stopped, where it did.

    `interrupted_in` is the step in which somebody stopped it, "" between two steps.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._status: Status | None = None
        self._step, self._began, self._said = "", time.monotonic(), time.monotonic()
        self.reason: str | None = None
        self.interrupted_in: str | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status = self._console.status("Starting.", spinner="dots")
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def started(self, step: str) -> None:
        """A step begins."""
        self._step, self._began, self._said = step, time.monotonic(), time.monotonic()
        self.progress("")

    def progress(self, sentence: str) -> None:
        """What the running step says of itself."""
        line = f"{self._step:<{_NAME}}{sentence}"
        if self._status is not None:
            width = shutil.get_terminal_size().columns - 4
            self._status.update(line[:width])
        elif sentence and time.monotonic() - self._said > PROGRESS_SECONDS:
            self._said = time.monotonic()
            self._print("", sentence)

    def finished(self, step: str, summary: str) -> None:
        """A step has made its value."""
        self._print(f"{step:<{_NAME}}{time.monotonic() - self._began:>4.0f} s", summary)

    def failed(self, sentence: str, report: str | None) -> None:
        """The running step, or a check of it, stops the run; only the first reason counts."""
        if self.reason is None:
            self.reason = sentence if report is None else f"{sentence}\nreport: {report}"
            self._print(f"{self._step:<{_NAME - 1}} stopped", "")

    def interrupted(self) -> None:
        """Somebody stops the run."""
        if self.interrupted_in is None:
            self.interrupted_in = self._step
            self._print(f"{self._step:<{_NAME - 1}} interrupted", "")

    def _print(self, head: str, text: str) -> None:
        """A line, wrapped under itself where it is long."""
        width = min(self._console.width, WIDTH) if self._console.is_terminal else WIDTH
        lines = wrapped(text, max(width - _INDENT, 20)) or [""]
        first = f"{head:<{_INDENT}}{lines[0]}".rstrip()
        rest = [f"{'':<{_INDENT}}{line}" for line in lines[1:]]
        self._console.print("\n".join([first, *rest]), markup=False)
