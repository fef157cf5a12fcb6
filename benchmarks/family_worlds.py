"""Made-up sets unlike the shipped one and unlike each other, small enough for every family.

`weak_linear`: forty weak numbers that add up, as logistic regression has it.
`few_rows`: 6,000 payments, some 100 frauds to fit on.
`old_hurts`: what told frauds turns into its opposite after a third of the history.
`half_missing`: six values in ten are missing, and of some columns missing itself tells.
`ids`: frauds come from devices and cards of several payments each, thousands of levels.
`separable`: two rules tell nearly every fraud.
`noise`: four columns in five say nothing, the others in products.
"""

from __future__ import annotations

import numpy as np

from benchmarks.quality_worlds import Columns, Floats, MadeWorld


def _numbers(x: Floats) -> Columns:
    return {f"x{k:02d}": x[:, k] for k in range(x.shape[1])}


def _weak_linear(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 40))
    return _numbers(x), x @ rng.normal(0, 0.35, 40)


def _few_rows(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x, kind = rng.normal(size=(rows, 10)), rng.integers(0, 6, rows)
    odds = 1.5 * x[:, 0] + 1.5 * np.maximum(x[:, 1] * x[:, 2], 0) + 1.0 * (kind == 2)
    return _numbers(x) | {"kind": np.array(list("abcdef"), dtype=object)[kind]}, odds


def _old_hurts(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 12))
    side = np.where(np.arange(rows) < 0.3 * rows, -1.0, 1.0)
    return _numbers(x), side * (1.6 * x[:, 0] + 1.2 * x[:, 1] * x[:, 2]) + 0.8 * x[:, 3]


def _half_missing(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 24))
    odds = x[:, :8] @ np.linspace(1.5, 0.5, 8) + 1.5 * np.maximum(x[:, 8] + x[:, 9], 0)
    gone = rng.random(x.shape) < 0.6
    odds += 1.2 * gone[:, 20] - 1.2 * gone[:, 21]
    x[gone] = np.nan
    return _numbers(x), odds


def _ids(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 5))
    odds, columns = x @ np.linspace(0.8, 0.2, 5), _numbers(x)
    for name, each in (("device", 6), ("card", 12), ("shop", 60)):
        levels = rows // each
        code = np.minimum((levels * rng.random(rows) ** 1.5).astype(int), levels - 1)
        odds += (6.0 * (rng.random(levels) < 0.02) + 0.5 * rng.normal(size=levels))[code]
        columns[name] = np.array([f"{name}-{k:x}" for k in rng.permutation(levels)], object)[code]
    return columns, odds


def _separable(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 12))
    rule = ((x[:, 0] > 1.6) & (x[:, 1] > 0)) | ((x[:, 2] < -1.8) & (x[:, 3] > 0.2))
    return _numbers(x), 9.0 * rule


def _noise(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 40))
    odds = 2.0 * x[:, 0] * x[:, 1] + 1.5 * x[:, 2] + 1.5 * np.abs(x[:, 3]) * (x[:, 4] > 0)
    return _numbers(x), odds + 1.2 * np.maximum(x[:, 5] - x[:, 6], 0) + 0.8 * x[:, 7]


FAMILY_WORLDS: dict[str, MadeWorld] = {
    "weak_linear": MadeWorld(16_000, 0.03, _weak_linear),
    "few_rows": MadeWorld(6_000, 0.028, _few_rows),
    "old_hurts": MadeWorld(20_000, 0.03, _old_hurts),
    "half_missing": MadeWorld(20_000, 0.03, _half_missing),
    "ids": MadeWorld(20_000, 0.03, _ids),
    "separable": MadeWorld(12_000, 0.08, _separable),
    "noise": MadeWorld(20_000, 0.03, _noise),
}
