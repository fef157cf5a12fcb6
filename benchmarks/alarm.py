"""How often the alarm cries wolf, and how soon it calls: simulated years, beside other rules.

Each year has 130 frauds a week. "Weekly" alarms where a week's exact 95 % upper bound of recall
lies under the floor; Wald's test knows the recall (and the law of bursts) that it looks for,
which nobody does, and is the measure of the delay.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import beta, betabinom

from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.watch.alarm import LIMIT, beginnings, evidence
from fraud_assets.watch.episodes import Episodes

OUT = Path(__file__).parent / "out" / "alarm.json"
FLOOR, WEEKS, FRAUDS = 0.9, 52, 130
RECALLS, BURSTS = (0.90, 0.92, 0.85, 0.80), (1, 5)
WITHIN = 0.5
"""Correlation of the outcomes within a burst."""
START = np.datetime64("2025-01-06", "us")


def year(random: np.random.Generator, recall: float, burst: int) -> np.ndarray:
    """Caught frauds of each burst (n,), beta-binomial where a burst has more than one."""
    n = WEEKS * FRAUDS // burst
    chance = recall if burst == 1 else random.beta(*_beta(recall), n)
    return random.binomial(burst, chance, n)


def _beta(recall: float) -> tuple[float, float]:
    return recall * (1 / WITHIN - 1), (1 - recall) * (1 / WITHIN - 1)


def ours(caught: np.ndarray, burst: int) -> float:
    """Frauds until the alarm, infinite without."""
    n = len(caught)
    step = np.timedelta64(7 * WEEKS * 86_400_000_000 // n, "us")
    seen = Episodes(START + np.arange(1, n + 1) * step, caught * 1.0, burst - caught * 1.0, 0)
    worth = evidence(seen, FLOOR, beginnings(START, seen.complete[-1]), usual=burst).worth
    return _first(worth >= LIMIT, burst)


def weekly(caught: np.ndarray, burst: int) -> float:
    """A check each week by that week alone."""
    size = FRAUDS // burst
    weeks = caught[: len(caught) // size * size].reshape(-1, size).sum(axis=1)
    upper = 1 - beta.ppf(0.05, size * burst - weeks, weeks + 1)
    return _first(upper < FLOOR, FRAUDS)


def walds(caught: np.ndarray, burst: int, recall: float) -> float:
    """The sequential test that knows `recall`, at the same 5 %."""
    k = np.arange(burst + 1)
    if burst == 1:
        gain = np.log([(1 - recall) / (1 - FLOOR), recall / FLOOR])
    else:
        laws = (betabinom.logpmf(k, burst, *_beta(r)) for r in (recall, FLOOR))
        gain = next(laws) - next(laws)
    return _first(np.cumsum(gain[caught]) >= np.log(LIMIT), burst)


def _first(passed: np.ndarray, frauds: int) -> float:
    return float((passed.argmax() + 1) * frauds) if passed.any() else np.inf


def measured(recall: float, burst: int, years: int, seed: int) -> dict[str, object]:
    """One row of the table."""
    random = np.random.default_rng([seed, burst, round(recall * 100)])
    worlds = [year(random, recall, burst) for _ in range(years)]
    delays = np.array([ours(world, burst) for world in worlds])
    alarms = rate(int(np.isfinite(delays).sum()), years)
    row: dict[str, object] = {
        "recall": recall,
        "burst": burst,
        "years": years,
        "alarms": alarms.value,
        "alarms_low": alarms.low,
        "alarms_high": alarms.high,
        "weekly": float(np.isfinite([weekly(world, burst) for world in worlds]).mean()),
    }
    if recall < FLOOR:
        known = float(np.median([walds(world, burst, recall) for world in worlds]))
        median = float(np.median(delays))
        row |= {"median": median, "wald": known, "ratio": median / known}
    return row


def main() -> None:
    """Print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rows = []
    print("burst recall  years with an alarm      weekly  frauds until, median  Wald  ratio")
    for burst in BURSTS:
        for recall in RECALLS:
            row = measured(recall, burst, args.years, args.seed)
            rows.append(row)
            until = (
                f"{row['median']:>20.0f}  {row['wald']:>4.0f}  {row['ratio']:.2f}"
                if "ratio" in row
                else ""
            )
            print(
                f"{burst:>5}   {recall:.2f}  {row['alarms']:6.1%} ({row['alarms_low']:.1%} to "
                f"{row['alarms_high']:.1%})  {row['weekly']:6.1%}  {until}",
                flush=True,
            )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
