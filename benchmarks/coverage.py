"""What the guaranteed threshold and the lower bounds promise, and what they deliver.

A sound, stationary model: each fraud's score is uniform on [0, 1], so the true recall of a
threshold t is exactly 1 - t. Each simulated week chooses a threshold on one set of frauds and is
judged on another. In the bursty worlds frauds come in bursts of one sender; a fraud takes its
burst's score with probability sqrt(.5), which makes the correlation within a burst .5.

    python -m benchmarks.coverage [--weeks N]      table, and benchmarks/out/coverage.json
"""

from __future__ import annotations

import argparse
import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.judging.guarantee import guarantee, guaranteed_rank
from fraud_assets.modelling.judging.thresholds import aimed_rank
from fraud_assets.modelling.statistics.intervals import (
    clustered_lower_bound,
    lower_bound,
    rate,
)

OUT = Path(__file__).parent / "out" / "coverage.json"
FLOOR, CONFIDENCE, FRAUDS, WEEKS = 0.90, 0.95, 500, 2500
WORLDS = {"independent": 1, "bursts of 5": 5, "bursts of 10": 10}
CORRELATION = 0.5

guaranteed = cache(guaranteed_rank)
exact_bound = cache(lower_bound)


def simulate(weeks: int = WEEKS, frauds: int = FRAUDS, seed: int = 0) -> dict[str, Any]:
    """Every claim in every world: {claim, promised, delivered: rate over weeks, ...}."""
    worlds = {
        name: _world(size, weeks, frauds, np.random.default_rng([seed, size]))
        for name, size in WORLDS.items()
    }
    settings = {"weeks": weeks, "frauds": frauds, "floor": FLOOR, "confidence": CONFIDENCE}
    return {"settings": settings | {"correlation": CORRELATION, "seed": seed}, "worlds": worlds}


def draw_scores(burst: int, frauds: int, rng: np.random.Generator) -> np.ndarray:
    """Scores (frauds,) of one week, uniform each, bursts of `burst` in a row."""
    own = rng.random(frauds)
    if burst == 1:
        return own
    shared = np.repeat(rng.random(frauds // burst), burst)
    return np.where(rng.random(frauds) < np.sqrt(CORRELATION), shared, own)


def _world(burst: int, weeks: int, frauds: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    senders = np.arange(frauds) // burst
    found: dict[str, list[tuple[bool, bool, float]]] = {}
    bounds = {"exact": 0, "clustered": 0}
    for _ in range(weeks):
        chosen = draw_scores(burst, frauds, rng)
        judged = draw_scores(burst, frauds, rng)
        ranked = np.sort(chosen)
        for name, rank in _ranks(chosen, senders).items():
            threshold = ranked[frauds - rank]
            recall = float(np.mean(judged >= threshold))
            kept = 1 - threshold >= FLOOR
            found.setdefault(name, []).append((kept, recall >= FLOOR, rank / frauds))
        hits = judged >= 1 - FLOOR
        bounds["exact"] += exact_bound(int(hits.sum()), frauds, CONFIDENCE) <= FLOOR
        bounds["clustered"] += clustered_lower_bound(hits, senders, CONFIDENCE) <= FLOOR
    rules = [_rule(name, np.array(rows)) for name, rows in found.items()]
    return [*rules, *(_bound(name, covered, weeks) for name, covered in bounds.items())]


def _ranks(scores: np.ndarray, senders: np.ndarray) -> dict[str, int]:
    n = len(scores)
    return {
        "guaranteed threshold": guaranteed(n, FLOOR, CONFIDENCE),
        "guaranteed threshold by sender": guarantee(
            scores, senders, FLOOR, CONFIDENCE, strict=True
        ).k,
        "plain aim .94": aimed_rank(n, 0.94),
        "plain aim .90": aimed_rank(n, 0.90),
    }


def _rule(name: str, rows: np.ndarray) -> dict[str, Any]:
    return {
        "claim": f"{name}: true recall >= {FLOOR:g}",
        "promised": CONFIDENCE if name.startswith("guaranteed") else None,
        "delivered": to_plain(rate(int(rows[:, 0].sum()), len(rows))),
        "gate_passes": to_plain(rate(int(rows[:, 1].sum()), len(rows))),
        "mean_aim": float(rows[:, 2].mean()),
    }


def _bound(name: str, covered: int, weeks: int) -> dict[str, Any]:
    claim = f"{name} lower bound of the judged recall <= true recall"
    return {"claim": claim, "promised": CONFIDENCE, "delivered": to_plain(rate(covered, weeks))}


def table(found: dict[str, Any]) -> str:
    """The result as people read it; `holds` where the promise lies within or under the interval."""
    settings = found["settings"]
    lines = [
        (
            f"{settings['weeks']:,} weeks in each world, {settings['frauds']} threshold and "
            f"{settings['frauds']} judged frauds, within-burst correlation {CORRELATION:g}"
        ),
        (
            f"{'world':<13}{'claim':<56}{'aim':>6}{'promised':>9}  {'delivered (95 %)':<22}"
            f"{'holds':<7}gate passes"
        ),
    ]
    for world, claims in found["worlds"].items():
        for claim in claims:
            got, promised = claim["delivered"], claim["promised"]
            aim = f"{claim['mean_aim']:.3f}" if "mean_aim" in claim else ""
            passes = f"{claim['gate_passes']['value']:.3f}" if "gate_passes" in claim else ""
            holds = "" if promised is None else ("yes" if got["high"] >= promised else "NO")
            between = f"{got['value']:.3f} ({got['low']:.3f}-{got['high']:.3f})"
            told = "none" if promised is None else f"{promised:.2f}"
            lines.append(
                f"{world:<13}{claim['claim']:<56}{aim:>6}{told:>9}  {between:<22}{holds:<7}{passes}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=WEEKS)
    started = time.monotonic()
    found = simulate(parser.parse_args().weeks)
    found["seconds"] = time.monotonic() - started
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n")
    print(table(found))
    print(f"{found['seconds']:.0f} s; written to {OUT}")


if __name__ == "__main__":
    main()
