"""Whether promises for the coming week hold, over simulated stationary histories.

Each history is judged weeks and one week after them, drawn from one unchanging law of scores and
labels; the model and its threshold are frozen, so no model is trained. Frauds come in bursts of
one sender (sizes 1 + Poisson): a fraud takes its burst's score with probability sqrt(.5), which
makes the correlation within a burst .5. False alarms run in senders likewise. What a week holds
is itself random, as is how many bursts it has.

    python -m benchmarks.promise [--histories N]      table, and benchmarks/out/promise.json
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.finish import finish
from fraud_assets.backtest.promise import held, outcome, promise
from fraud_assets.data.rows import Rows
from fraud_assets.documents.backtest.week import PromisesHeld
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.statistics.intervals import rate

OUT = Path(__file__).parent / "out" / "promise.json"
WORLDS = {"independent": 1.0, "bursts of 3": 3.0, "bursts of 10": 10.0}
HISTORIES, EVIDENCE_WEEKS = 300, 4
FRAUDS, LEGITIMATE = 120, 2000
"""Expected rows of a week; fewer legitimate ones than a gateway has, which changes no share."""

RECALL, FALSE_ALARMS = 0.93, 0.01
CORRELATION = 0.5
LEGITIMATE_BURST = 3.0
AMOUNT_SPREAD = 1.0


def simulate(histories: int = HISTORIES, seed: int = 0) -> dict[str, Any]:
    """In each world the share of histories in which each promise held, with its interval."""
    worlds = {
        name: _world(burst, histories, np.random.default_rng([seed, int(burst)]))
        for name, burst in WORLDS.items()
    }
    settings = {
        "histories": histories,
        "evidence_weeks": EVIDENCE_WEEKS,
        "frauds_a_week": FRAUDS,
        "recall": RECALL,
        "correlation": CORRELATION,
        "seed": seed,
    }
    return {"settings": settings, "worlds": worlds}


def draw(weeks: float, burst: float, rng: np.random.Generator) -> tuple[Rows, np.ndarray]:
    """Rows of some weeks and which of them (n,) are flagged."""
    frauds, fraud_sender = _burst_flags(weeks * FRAUDS, burst, RECALL, rng)
    others, sender = _burst_flags(weeks * LEGITIMATE, LEGITIMATE_BURST, FALSE_ALARMS, rng)
    label = np.r_[np.ones(len(frauds), "int8"), np.zeros(len(others), "int8")]
    rows = Rows(
        pd.DataFrame(index=range(len(label))),
        label,
        sender=np.r_[fraud_sender, sender + len(frauds)],
        amount=np.exp(rng.normal(5, AMOUNT_SPREAD, len(label))),
    )
    return rows, np.r_[frauds, others]


def _burst_flags(
    expected: float, burst: float, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Flags of about `expected` rows in bursts of mean size `burst`, and their senders."""
    sizes = 1 + rng.poisson(burst - 1, max(2, rng.poisson(expected / burst)))
    sender = np.repeat(np.arange(len(sizes)), sizes)
    own, shared = rng.random(len(sender)), rng.random(len(sizes))[sender]
    return np.where(rng.random(len(sender)) < np.sqrt(CORRELATION), shared, own) < share, sender


def _world(burst: float, histories: int, rng: np.random.Generator) -> dict[str, Any]:
    answers: dict[str, list[bool]] = {name: [] for name in PromisesHeld.__struct_fields__}
    naive: list[bool] = []
    for _ in range(histories):
        judged, flagged = draw(EVIDENCE_WEEKS, burst, rng)
        coming, alerts = draw(1, burst, rng)
        promised = promise(judged, flagged, EVIDENCE_WEEKS)
        found = outcome(coming, alerts, "USD")
        for name, answer in to_plain(held(promised, found)).items():
            answers[name].append(bool(answer))
        plain = outcome(judged, flagged, "USD").recall
        naive.append(bool(plain.low <= found.recall.value <= plain.high))
    told = {name: to_plain(rate(sum(kept), len(kept))) for name, kept in answers.items()}
    return told | {"recall, Clopper-Pearson": to_plain(rate(sum(naive), len(naive)))}


def table(result: dict[str, Any]) -> str:
    """One line for each promise in each world."""
    lines = [f"{'world':14}{'promise':26}{'held':>8}   95 % interval"]
    for world, promises in result["worlds"].items():
        for name, kept in promises.items():
            lines.append(
                f"{world:14}{name:26}{kept['value']:8.3f}   {kept['low']:.3f} to "
                f"{kept['high']:.3f} (n = {kept['n']})"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of promises for the coming week")
    parser.add_argument("--histories", type=int, default=HISTORIES)
    started = time.monotonic()
    result = simulate(parser.parse_args().histories)
    finish(table(result), result, OUT, started)


if __name__ == "__main__":
    main()
