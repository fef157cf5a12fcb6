"""Made-up sets unlike the shipped one and unlike each other, small enough for every family.

`weak_linear`: forty weak numbers that add up, as logistic regression has it.
`few_rows`: 6,000 payments, some 100 frauds to fit on.
`old_hurts`: what told frauds turns into its opposite after a third of the history.
`half_missing`: six values in ten are missing, and of some columns missing itself tells.
`ids`: frauds come from devices and cards of several payments each, thousands of levels.
`separable`: two rules tell nearly every fraud.
`noise`: four columns in five say nothing, the others in products.

Added last; no rule was chosen by `three_way` and `moving`, that for few frauds saw the other two:
`three_way`: products of three columns, nothing alone or in pairs.
`tails`: heavy-tailed amounts whose logarithms add up, fewer than one fraud in a hundred.
`levels`: nothing but texts of 40 to 4,000 levels tells, half of them missing.
`moving`: the weights of ten columns wander with the weeks.
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


def _three_way(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 14))
    odds = 4.0 * np.tanh(2 * x[:, 0] * x[:, 1] * x[:, 2]) + 2.0 * x[:, 3] * x[:, 4] * (x[:, 5] > 0)
    return _numbers(x), odds


def _tails(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.standard_t(3, size=(rows, 24))
    odds = np.clip(x[:, :10], -4, 4) @ np.linspace(0.9, 0.2, 10)
    columns = _numbers(np.where(np.arange(24) % 2 == 0, np.exp(np.clip(2 * x, -20, 20)), x))
    return columns, odds


def _levels(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 4))
    odds, columns = np.zeros(rows), _numbers(x)
    for name, levels, spread in (
        ("a", 40, 1.0),
        ("b", 300, 1.3),
        ("c", 1_500, 1.5),
        ("d", 4_000, 2),
    ):
        code = np.minimum((levels * rng.random(rows) ** 2.5).astype(int), levels - 1)
        gone = rng.random(rows) < 0.5
        odds += np.where(gone, 0.0, spread * rng.normal(size=levels)[code])
        text = np.array([f"{name}{k}" for k in rng.permutation(levels)], dtype=object)[code]
        text[gone] = np.nan
        columns[name] = text
    return columns, odds


def _moving(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x, week = rng.normal(size=(rows, 14)), np.arange(rows) * 40 // rows
    walk = 0.8 * rng.normal(size=10) + np.cumsum(0.18 * rng.normal(size=(40, 10)), axis=0)
    return _numbers(x), (walk[week] * x[:, :10]).sum(axis=1) + 0.8 * np.abs(x[:, 10])


FAMILY_WORLDS: dict[str, MadeWorld] = {
    "weak_linear": MadeWorld(16_000, 0.03, _weak_linear),
    "few_rows": MadeWorld(6_000, 0.028, _few_rows),
    "old_hurts": MadeWorld(20_000, 0.03, _old_hurts),
    "half_missing": MadeWorld(20_000, 0.03, _half_missing),
    "ids": MadeWorld(20_000, 0.03, _ids),
    "separable": MadeWorld(12_000, 0.08, _separable),
    "noise": MadeWorld(20_000, 0.03, _noise),
    "three_way": MadeWorld(24_000, 0.03, _three_way),
    "tails": MadeWorld(40_000, 0.008, _tails),
    "levels": MadeWorld(30_000, 0.03, _levels),
    "moving": MadeWorld(24_000, 0.03, _moving),
}
