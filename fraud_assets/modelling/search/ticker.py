"""Tells how far a list of tasks is."""

from __future__ import annotations

import math
import time

from fraud_assets.modelling.progress import Progress

PROGRESS_SECONDS = 5.0
"""Least time between two progress lines."""


class Ticker:
    """Turns finished tasks into sentences: done of total, the best so far, time left."""

    def __init__(self, what: str, total: int, progress: Progress | None) -> None:
        self._what, self._total, self._progress = what, total, progress
        self._done, self._best = 0, float("-inf")
        self._started = self._said = time.monotonic()

    def tick(self, auc: float = float("-inf")) -> None:
        """Count one task with ROC-AUC `auc`; say so if the last word is some seconds old."""
        self._done, self._best = self._done + 1, max(self._best, auc)
        now = time.monotonic()
        last = self._done == self._total
        if self._progress is None or (now - self._said < PROGRESS_SECONDS and not last):
            return
        self._said = now
        spent = now - self._started
        left = spent / self._done * (self._total - self._done)
        best = "" if math.isinf(self._best) else f"best fold ROC-AUC {self._best:.4f}, "
        self._progress(
            f"{self._what}: {self._done} of {self._total} fits in {spent:.0f} s, {best}"
            f"about {left:.0f} s left"
        )
