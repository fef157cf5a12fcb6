"""How often the choice takes a cheaper family that is worse by twice the margin, simulated.

Two families see the same signal of each payment, each with noise of its own; the cheap one's costs
.01 of average precision, twice what a cheaper family may lose. Whatever the search would do with
their scores is done by its own functions: measures fold by fold, senders drawn with replacement,
the rule for ties. Frauds come alone or in bursts of one sender. The rule promises at most 5 %.

    python -m benchmarks.choices [--searches N]      table, and benchmarks/out/choices.json
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.finish import finish
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.rates import Rate
from fraud_assets.modelling.search.choice import Contender, choose_setting
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.modelling.statistics.intervals import rate

OUT = Path(__file__).parent / "out" / "choices.json"
SEARCHES, PROMISED = 400, 0.05
WORLDS = ((100, 1), (200, 1), (1000, 1), (300, 5), (1000, 3), (1000, 10))
"""Frauds on the validation rows, and how many of them come from one sender."""

FOLDS = 5
LEGITIMATE = 20
PERFECT, BLUR = 0.3, 0.352
"""Noise of two families' scores; the second's costs .01 of average precision, twice the margin."""


def validation_rows(frauds: int, seed: int, burst: int = 1) -> tuple[Validation, np.ndarray]:
    """Validation rows with frauds in bursts of a sender, and the signal that both families see."""
    rng = np.random.default_rng(seed)
    senders = frauds // burst
    seen = np.repeat(rng.normal(3.2, 1.3, senders), burst) + rng.normal(0, 0.7, senders * burst)
    label = np.repeat([1, 0], [len(seen), LEGITIMATE * frauds])
    signal = np.concatenate([seen, rng.normal(0, 1, LEGITIMATE * frauds)])
    sender = np.concatenate(
        [np.repeat(np.arange(senders), burst), np.arange(len(label))[len(seen) :]]
    )
    order = rng.permutation(len(label))
    ends = tuple(int(end) for end in np.linspace(0, len(label), FOLDS + 1)[1:])
    weight = np.where(label == 1, 1.0, 5.0)
    made = Validation(label[order], weight[order], sender[order] + senders, ends, 0.9)
    return made, signal[order]


def family(
    name: str, cost: float, blur: float, made: tuple[Validation, np.ndarray], seed: int
) -> Contender:
    """A family whose scores are the signal and its own noise of that size."""
    validation, signal = made
    noise = np.random.default_rng((seed, len(name))).normal(0, blur, len(signal))
    return Contender(name, {"blur": blur}, validation.parts(signal + noise), cost)


def pair(frauds: int, blur: float, seed: int, burst: int = 1) -> tuple[Validation, list[Contender]]:
    """A dear family, and a cheap one with that much noise."""
    made = validation_rows(frauds, seed, burst)
    dear, cheap = family("dear", 1000, PERFECT, made, seed), family("cheap", 10, blur, made, seed)
    return made[0], [dear, cheap]


def wrongly_chosen(frauds: int, burst: int, searches: int, seed: int = 1000) -> Rate:
    """In how many simulated searches the cheap and worse family won."""
    chosen = 0
    for search in range(searches):
        validation, contenders = pair(frauds, BLUR, seed + search, burst)
        chosen += choose_setting(contenders, validation, 0).contender.family == "cheap"
    return rate(chosen, searches)


def measure(searches: int = SEARCHES) -> list[dict[str, Any]]:
    """One entry for each world."""
    return [
        {
            "frauds": frauds,
            "burst": burst,
            "chosen": to_plain(found),
            "holds": found.low <= PROMISED,
        }
        for frauds, burst in WORLDS
        for found in [wrongly_chosen(frauds, burst, searches)]
    ]


def table(result: list[dict[str, Any]]) -> str:
    """One line for each world; `holds` where the interval reaches down to what is promised."""
    lines = [f"{'frauds':>7}{'of one sender':>15}{'wrongly chosen':>16}   95 % interval    holds"]
    for row in result:
        found = row["chosen"]
        lines.append(
            f"{row['frauds']:7,}{row['burst']:15}{found['value']:16.3f}   {found['low']:.3f} to "
            f"{found['high']:.3f}   {'yes' if row['holds'] else 'NO'} (n = {found['n']})"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="The rule of non-inferiority under simulation")
    parser.add_argument("--searches", type=int, default=SEARCHES)
    started = time.monotonic()
    result = measure(parser.parse_args().searches)
    finish(table(result), result, OUT, started)


if __name__ == "__main__":
    main()
