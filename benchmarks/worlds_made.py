"""The worlds of `benchmarks.worlds`: the shipped simulator under many laws, some of which move."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np

from fraud_assets.data.simulator import settings, simulate

ROWS = (100_000, 250_000)
TRUTH_ROWS, TRUTH_WEEKS = 120_000, 8
LAWS = ("drawn", "shipped")
"""Each world's own law, most of them harder than the shipped one, or that one in all worlds."""

MOVED_BY, MOVES = 0.03, settings.END - timedelta(weeks=settings.DEFAULT_WEEKS // 2)
"""By how much the share of inseparable frauds moves, and since when, in the worlds that move."""


def moved_by(at: int, worlds: int) -> float:
    """By how much the law moves in the world at a place among so many."""
    if 5 * at // worlds < 4:
        return 0.0
    return MOVED_BY if at % 2 == 0 else -MOVED_BY


def make_world(world: int, moved: float, folder: Path, law: str = "drawn") -> Path:
    """The world's history and a large sample of its law, each with its contract.

    Where the law moves, the history's later half and the sample `moved` are the new law's.
    """
    rng = np.random.default_rng([world, 2026])
    mimics, graded = rng.uniform(0.03, 0.07), rng.uniform(0.03, 0.08)
    rows, fraud_rate = int(rng.integers(*ROWS)), rng.uniform(0.008, 0.013)
    if law == "shipped":
        mimics, graded = settings.STORIES["mimic"], settings.TAIL_SHARE
        fraud_rate = settings.DEFAULT_FRAUD_RATE

    def write(share: float, name: str, seed: int, count: int, weeks: int) -> Path:
        if not (folder / name / "contract.toml").exists():
            with _law(share, graded):
                simulate(count, weeks, seed, folder / name, fraud_rate)
        return folder / name / "transactions"

    history = write(mimics, "history", 100 + world, rows, settings.DEFAULT_WEEKS)
    write(mimics, "truth", 900 + world, TRUTH_ROWS, TRUTH_WEEKS)
    if moved and not (folder / "moved").exists():
        share = max(mimics + moved, 0.005)
        later = write(share, "later", 100 + world, rows, settings.DEFAULT_WEEKS)
        for week in later.glob("*.parquet"):
            if week.stem >= f"week_{MOVES}":
                shutil.copy(week, history / week.name)
        write(share, "moved", 900 + world, TRUTH_ROWS, TRUTH_WEEKS)
    return folder


@contextmanager
def _law(mimics: float, graded: float) -> Iterator[None]:
    """The simulator with these shares of inseparable and of graded frauds."""
    stories, tail = dict(settings.STORIES), settings.TAIL_SHARE
    rest = (1 - mimics) / (1 - stories["mimic"])
    changed = {name: share * rest for name, share in stories.items()} | {"mimic": mimics}
    settings.STORIES.update(changed)
    settings.TAIL_SHARE = graded
    try:
        yield
    finally:
        settings.STORIES.update(stories)
        settings.TAIL_SHARE = tail
