"""What the guarantee costs: thresholds by the threshold rows alone and by earlier weeks too.

Each of 20 simulated worlds is a law of payments of its own: how many frauds look like anybody, how
far the others stand out, how frauds come in bursts. In each of its weeks a model is fitted as the
chain fits it, thresholded both ways, and read on a large sample of the same law, so that recall
and alerts are known almost without noise. A week is refused for its alert rate alone where the
flagged share passes the policy's ceiling and recall holds.

    python -m benchmarks.thresholds [--worlds N --weeks N]   table, benchmarks/out/thresholds.json
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.fitting import freeze
from fraud_assets.modelling.judging.thresholds import choose_threshold
from fraud_assets.modelling.lookback.search import scored_before
from fraud_assets.modelling.lookback.walk import Try
from fraud_assets.modelling.reach import Reach
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.modelling.tuned import unpickle_unverified

OUT = Path(__file__).parent / "out" / "thresholds.json"
WORLDS, WEEKS = 20, 5
FIT, THRESHOLD, LATER = 1000, 202, 3000
"""Frauds fitted on, that choose the threshold, and of the large sample that tells the truth."""

FRAUD_SHARE = 0.012
FAMILY = "hist_gradient_boosting"
SETTING = {"max_iter": 60, "max_leaf_nodes": 8, "max_bins": 63, "l2_regularization": 1.0}
WAYS = ("threshold rows alone", "earlier weeks too")


def measure(worlds: int = WORLDS, weeks: int = WEEKS) -> dict[str, Any]:
    """Counts over all weeks for both ways, and each world's own."""
    contract = load_contract("crypto_gateway")
    told = [_world(seed, weeks, contract) for seed in range(worlds)]
    every = {way: [week for world in told for week in world[way]] for way in WAYS}
    return {
        "worlds": worlds,
        "weeks": worlds * weeks,
        "ways": {way: _summary(found) for way, found in every.items()},
        "by_world": [{way: _summary(world[way]) for way in WAYS} for world in told],
    }


def made(frauds: int, seed: list[int], drift: float = 0.0) -> Rows:
    """Rows of a world's law in time order; `seed` begins with the world's number."""
    law, rng = np.random.default_rng(seed[0]), np.random.default_rng(seed)
    like_anybody, distance = law.uniform(0.04, 0.065), law.uniform(6.5, 9.0)
    burst = law.uniform(1.0, 2.0)
    n = round(frauds / FRAUD_SHARE)
    label = np.zeros(n, dtype="int8")
    label[np.sort(rng.choice(n, frauds, replace=False))] = 1
    sender = np.arange(n).astype(object)
    sizes = 1 + rng.poisson(burst - 1, frauds)
    sender[label == 1] = np.repeat(n + np.arange(frauds), sizes)[:frauds]
    shown = (label == 1) & (rng.random(n) >= like_anybody)
    story = rng.integers(0, 3, n)
    numbers = rng.normal(size=(n, 5))
    for kind in range(3):
        chosen = shown & (story == kind)
        push = rng.gamma(8.0, distance / 8.0, int(chosen.sum())) - drift
        numbers[chosen, kind] += push
        numbers[chosen, (kind + 1) % 3] -= push / 2
    names = load_contract("crypto_gateway").features
    frame = pd.DataFrame(np.exp(numbers / 2), columns=list(names.numeric))
    for name in names.categorical:
        frame[name] = pd.Series(rng.choice(np.array(["A", "B", "C"], dtype=object), n))
    start = np.datetime64("2026-01-01", "us")
    time_of = start + (np.arange(n) * 60_000_000).astype("timedelta64[us]")
    return Rows(frame.astype(dict.fromkeys(names.categorical, object)), label, time_of, sender)


def _world(seed: int, weeks: int, contract: Contract) -> dict[str, list[dict[str, float]]]:
    truth = made(LATER, [seed, 10_000])
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for week in range(weeks):
        fit, before = made(FIT, [seed, week, 0]), made(THRESHOLD, [seed, week, 1])
        earlier = scored_before(Try(FAMILY, SETTING, Reach()), fit, None, contract)
        tuned = freeze(FAMILY, SETTING, fit, before, contract, before=earlier)
        pipeline = unpickle_unverified(tuned.payload)
        scores = pipeline.predict_proba(truth.features)[:, 1]
        own = pipeline.predict_proba(before.features)[:, 1]
        alone = choose_threshold(own, before.label, contract.policy, before.sender)
        for way, threshold in zip(WAYS, (alone, tuned.threshold), strict=True):
            flagged, fraud = scores >= threshold.value, truth.label == 1
            found[way].append(
                {
                    "recall": float(flagged[fraud].mean()),
                    "alert_rate": float(flagged.mean()),
                    "precision": float(fraud[flagged].mean()),
                }
            )
    return found


def _summary(weeks: list[dict[str, float]]) -> dict[str, Any]:
    policy = load_contract("crypto_gateway").policy
    held = [week["recall"] >= policy.min_recall for week in weeks]
    over = [week["alert_rate"] > policy.max_alert_rate for week in weeks]
    refused = sum(over_it and recall for over_it, recall in zip(over, held, strict=True))
    return {
        "promise_held": to_plain(rate(sum(held), len(weeks))),
        "refused_for_alerts_alone": to_plain(rate(refused, len(weeks))),
        "recall": float(np.mean([week["recall"] for week in weeks])),
        "precision": float(np.mean([week["precision"] for week in weeks])),
        "alert_rate": float(np.mean([week["alert_rate"] for week in weeks])),
    }


def table(result: dict[str, Any]) -> str:
    """One line for each way."""
    head = f"{'threshold by':24}{'promise held':>26}{'refused for alerts alone':>30}"
    lines = [f"{result['weeks']} weeks of {result['worlds']} worlds, {THRESHOLD} threshold frauds"]
    lines.append(f"{head}{'recall':>9}{'precision':>11}{'alerts':>9}")
    for way, found in result["ways"].items():
        held, refused = (
            f"{part['value']:.3f} ({part['low']:.3f} to {part['high']:.3f})"
            for part in (found["promise_held"], found["refused_for_alerts_alone"])
        )
        lines.append(
            f"{way:24}{held:>26}{refused:>30}{found['recall']:9.3f}{found['precision']:11.3f}"
            f"{found['alert_rate']:9.3%}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the guarantee of recall costs")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--weeks", type=int, default=WEEKS)
    started, arguments = time.monotonic(), parser.parse_args()
    result = measure(arguments.worlds, arguments.weeks)
    print(table(result))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{time.monotonic() - started:.1f} s; wrote {OUT}")


if __name__ == "__main__":
    main()
