"""Made-up worlds that the search was not built on: each is hard in a way of its own.

`interactions`: what tells a fraud are products and either-ors of columns, next to nothing alone.
`drift`: the frauds change their ways, a little more every six weeks.
`few_frauds`: one payment in 500 is a fraud, and most of what tells it adds up.
`many_levels`: three texts of 200 to 6,000 levels whose odds differ, few numbers.
`rare`: half a percent of frauds that heavy-tailed amounts and hours tell, never sampled down.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.rows import Rows
from fraud_assets.modelling.reach import joined_rows

Floats = np.ndarray[Any, np.dtype[np.float64]]
Columns = dict[str, np.ndarray]
WEEKS = 40


@dataclass(frozen=True)
class SplitSet:
    """The rows of a set as the chain splits them; `earlier` lie before `fit`."""

    contract: Contract
    earlier: Rows | None
    fit: Rows
    threshold: Rows
    judged: Rows

    @property
    def history(self) -> Rows:
        """All rows that a model may be fitted on."""
        return joined_rows(self.earlier, self.fit)

    def within(self, minutes: float) -> SplitSet:
        """The same where the search may cost so many minutes."""
        search = self.contract.search.model_copy(update={"minutes": minutes})
        return replace(self, contract=self.contract.model_copy(update={"search": search}))


@dataclass(frozen=True)
class MadeWorld:
    """How many rows, which share of frauds, and the columns with their log-odds."""

    rows: int
    share: float
    draw: Callable[[np.random.Generator, int], tuple[Columns, Floats]]


def make_world(name: str, seed: int = 0) -> SplitSet:
    """The windows of one of the worlds below."""
    return split_world(name, WORLDS[name], seed, sorted(WORLDS).index(name))


def split_world(name: str, world: MadeWorld, seed: int, number: int = 0) -> SplitSet:
    """The windows of a world: a fifth is judged, a fifth before it sets the threshold."""
    rng = np.random.default_rng([seed, number])
    columns, log_odds = world.draw(rng, world.rows)
    label = (rng.random(world.rows) < _shares(log_odds, world.share)).astype(np.int8)
    frame = pd.DataFrame({key: _holed(rng, values) for key, values in columns.items()})
    start = np.datetime64("2025-01-06", "us")
    seconds = np.sort(rng.integers(0, WEEKS * 604_800, world.rows))
    time = start + seconds.astype("timedelta64[s]")
    senders = rng.integers(0, world.rows // 10, world.rows).astype(str).astype(object)
    rows = Rows(frame, label, time, senders)
    cuts = [int(world.rows * part) for part in (0.25, 0.6, 0.8)]
    parts = [rows.take(at) for at in np.split(np.arange(world.rows), cuts)]
    return SplitSet(_contract(name, frame), *parts)


def _shares(log_odds: Floats, share: float) -> Floats:
    """Probabilities of fraud whose mean is `share`."""
    low, high = -40.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = float(np.mean(1 / (1 + np.exp(-(log_odds + middle)))))
        low, high = (middle, high) if mean < share else (low, middle)
    return np.asarray(1 / (1 + np.exp(-(log_odds + low))))


def _holed(rng: np.random.Generator, values: np.ndarray) -> pd.Series[Any]:
    """One value in fifty is missing; texts stay objects, as `Rows` have them."""
    kept = values.copy()
    kept[rng.random(len(kept)) < 0.02] = np.nan
    return pd.Series(kept, dtype=kept.dtype)


def _contract(name: str, frame: pd.DataFrame) -> Contract:
    numeric = [key for key in frame if frame[key].dtype != object]
    texts = [key for key in frame if key not in numeric]
    lines = [
        "format = 1",
        f'name = "{name}"',
        'owner = "team:fraud"',
        "[source]\npath = 'world.csv'",
        "[columns]\nid = 'id'\nevent_time = 'at'\nsender = 'sender'",
        "[label]\ncolumn = 'is_fraud'\nmaturity_days = 7",
        f"[features]\nnumeric = {numeric}\ncategorical = {texts}",
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "world.toml"
        path.write_text("\n".join(lines) + "\n")
        return load_contract(str(path))


def _texts(rng: np.random.Generator, rows: int, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes of a skewed law, and their names in no order."""
    code = np.minimum((levels * rng.random(rows) ** 2).astype(int), levels - 1)
    names = np.array([f"L{(7919 * k) % 100_003:06d}" for k in range(levels)], dtype=object)
    return code, names[code]


def _interactions(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 16))
    (region, regions), (kind, kinds) = _texts(rng, rows, 8), _texts(rng, rows, 5)
    odds = 2.0 * x[:, 0] * x[:, 1] + 2.0 * np.abs(x[:, 2] - x[:, 3])
    odds += 3.5 * ((x[:, 4] > 0) ^ (x[:, 5] > 0.5)) * (region % 2 == 0)
    odds += 2.0 * np.maximum(x[:, 6] * (kind - 2), 0) + 0.3 * x[:, 7]
    columns = {f"x{k:02d}": x[:, k] for k in range(16)}
    return columns | {"region": regions, "kind": kinds}, odds


def _drift(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 14))
    (region, regions), (_, kinds) = _texts(rng, rows, 12), _texts(rng, rows, 5)
    era = np.arange(rows) * WEEKS // (6 * rows)
    ways = rng.normal(size=10) + 0.5 * np.cumsum(rng.normal(size=(era.max() + 1, 10)), axis=0)
    ways *= 5 / np.linalg.norm(ways, axis=1, keepdims=True)
    odds = (ways[era] * np.maximum(x[:, :10], 0)).sum(axis=1)
    odds += 0.8 * x[:, 10] * x[:, 11] + 0.7 * (region == era % 12)
    columns = {f"x{k:02d}": x[:, k] for k in range(14)}
    return columns | {"region": regions, "kind": kinds}, odds


def _few_frauds(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 20))
    (_, regions) = _texts(rng, rows, 10)
    odds = x[:, :12] @ np.linspace(1.4, 0.2, 12) + 0.8 * np.maximum(x[:, 0] + x[:, 1], 0)
    return {f"x{k:02d}": x[:, k] for k in range(20)} | {"region": regions}, odds


def _many_levels(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    x = rng.normal(size=(rows, 4))
    odds, columns = 1.2 * x[:, 0] + 1.2 * np.maximum(x[:, 1] * x[:, 2], 0), {}
    for name, levels, spread in (("shop", 6_000, 2.0), ("city", 800, 1.4), ("device", 200, 1.6)):
        code, columns[name] = _texts(rng, rows, levels)
        odds += spread * rng.normal(size=levels)[code]
    return {f"x{k:02d}": x[:, k] for k in range(4)} | columns, odds


def _rare(rng: np.random.Generator, rows: int) -> tuple[Columns, Floats]:
    (kind, kinds), (_, cities) = _texts(rng, rows, 14), _texts(rng, rows, 900)
    amount = np.exp(3.2 + 1.1 * rng.normal(size=rows) + 0.3 * (kind % 3))
    hour, age = rng.integers(0, 24, rows).astype(np.float64), rng.uniform(18, 95, rows)
    people = np.exp(8 + 2 * rng.normal(size=rows))
    night = (hour >= 22) | (hour < 4)
    odds = 5.0 * (amount > 250) * (kind % 3 != 1) + 2.5 * night * (amount > 150)
    odds += 1.5 * (np.abs(amount - 15) < 5) * (kind % 4 == 2) + 0.01 * age
    columns = {"amount": amount, "hour": hour, "age": age, "people": people}
    return columns | {"kind": kinds, "city": cities}, odds


WORLDS: dict[str, MadeWorld] = {
    "interactions": MadeWorld(120_000, 0.01, _interactions),
    "drift": MadeWorld(150_000, 0.012, _drift),
    "few_frauds": MadeWorld(120_000, 0.002, _few_frauds),
    "many_levels": MadeWorld(120_000, 0.015, _many_levels),
    "rare": MadeWorld(500_000, 0.0056, _rare),
}
