"""How often the interval of the realised recall holds the truth, where flagged ones are stopped.

Each world is one life of a version: frauds that are flagged with a probability of .9, of which 1 %
passes on purpose. In the bursty worlds frauds come in bursts of one sender with a correlation of .5
within a burst; in the last one amounts above a limit never pass, and recall is told of the others.

    python -m benchmarks.released [--worlds N]      table, and benchmarks/out/released.json
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.coverage import draw_scores
from benchmarks.finish import finish
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.rates import Rate
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.weeks import recall_of

OUT = Path(__file__).parent / "out" / "released.json"
TRUTH, RELEASE, FRAUDS, WORLDS_EACH = 0.9, 0.01, 1500, 4000


class World(NamedTuple):
    """Frauds of each burst, share of them whose amount may pass, and the share released."""

    burst: int
    may_pass: float
    release: float


WORLDS = {
    "independent": World(1, 1.0, RELEASE),
    "bursts of 5": World(5, 1.0, RELEASE),
    "large amounts never pass": World(1, 0.7, RELEASE),
    "bursts of 5, half released": World(5, 1.0, 0.5),
    "nothing is stopped": World(5, 1.0, 1.0),
}


def covered(world: str, worlds: int, seed: int = 0) -> Rate:
    """In how many of so many worlds the interval holds the truth."""
    rng, held = np.random.default_rng([seed, len(world)]), 0
    for _ in range(worlds):
        found = recall_of(_lived(WORLDS[world], rng))
        held += found is not None and found.low <= TRUTH <= found.high
    return rate(held, worlds)


def _lived(world: World, rng: np.random.Generator) -> Outcomes:
    """The frauds of one life."""
    flagged = draw_scores(world.burst, FRAUDS, rng) >= 1 - TRUTH
    release = np.where(rng.random(FRAUDS) < world.may_pass, world.release, 0.0)
    time_ = np.datetime64("2025-01-06", "us") + np.arange(FRAUDS).astype("timedelta64[h]")
    return Outcomes(
        time=time_,
        decided=time_,
        version=np.full(FRAUDS, "v", dtype=object),
        flagged=flagged,
        release=release,
        blocked=flagged & (rng.random(FRAUDS) >= release),
        fraud=np.ones(FRAUDS, dtype=bool),
        sender=np.arange(FRAUDS) // world.burst,
        amount=np.ones(FRAUDS),
        probability=np.full(FRAUDS, np.nan),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=WORLDS_EACH)
    started, worlds = time.monotonic(), parser.parse_args().worlds
    found = {name: covered(name, worlds) for name in WORLDS}
    table = [f"{worlds:,} worlds each, {FRAUDS:,} frauds, true recall {TRUTH:g}, promised .95"]
    table += [f"{n:28}{r.value:.4f} ({r.low:.4f} to {r.high:.4f})" for n, r in found.items()]
    finish("\n".join(table), {n: to_plain(r) for n, r in found.items()}, OUT, started)


if __name__ == "__main__":
    main()
