"""The chain's choice beside the full fit of each family, on made-up sets that it was not built on.

Each family that competes is fitted with its defaults on every row before the threshold window,
none left out; the choice is what the chain would publish. Both score the judged rows. The choice
holds where the best family, as the judged rows say, is not ahead of it by more than the tolerance
beyond noise (95 % interval of the paired difference, senders drawn with replacement).

    python -m benchmarks.families [--only WORLD --minutes M --seed N]
                                            table, and benchmarks/out/families.json
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.family_worlds import FAMILY_WORLDS
from benchmarks.finish import finish
from benchmarks.quality_peers import TOLERANCE
from benchmarks.quality_worlds import SplitSet, split_world
from fraud_assets.data.rows import Rows
from fraud_assets.documents.formats import to_plain
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.modelling.tuning import tune

OUT = Path(__file__).parent / "out" / "families.json"
DRAWS, MINUTES = 400, 2.0
MEASURES = ("roc_auc", "average_precision")


def compare(windows: SplitSet) -> dict[str, Any]:
    """The chain's choice and every family's full fit on the judged rows."""
    judged, contract, started = windows.judged, windows.contract, time.process_time()
    board = compare_candidates(windows.fit, contract, earlier=windows.earlier)
    tuned = tune(windows.fit, windows.threshold, board, contract, earlier=windows.earlier)
    took = time.process_time() - started
    scores = unpickle_unverified(tuned.payload).predict_proba(judged.features)[:, 1]
    mine = Ranking.of(scores, judged.label)
    every = contract.search.model_copy(update={"legitimate_per_fraud": 1e9})
    whole = contract.model_copy(update={"search": every})
    theirs = {}
    for name in contract.search.families:
        defaults = dict(FAMILIES[name].defaults)
        fitted = fit_uncalibrated(name, defaults, windows.history, whole)
        margins = fitted.predict_proba(judged.features)[:, 1]
        theirs[name] = Ranking.of(margins, judged.label)
    best = {
        measure: max(theirs, key=lambda name, at=at: theirs[name].measure()[at])  # type: ignore[misc]
        for at, measure in enumerate(MEASURES)
    }
    gaps = {
        measure: _gap(mine, theirs[name], judged, MEASURES.index(measure))
        for measure, name in best.items()
    }
    return {
        "chosen": f"{tuned.family} {dict(tuned.parameters)}",
        "reach_days": None if tuned.reach is None else tuned.reach.days,
        "sentence": "" if tuned.search is None else tuned.search.sentence,
        "processor_seconds": round(took, 1),
        "frauds": [windows.history.frauds, judged.frauds],
        "ours": dict(zip(MEASURES, mine.measure(), strict=True)),
        "families": {
            name: dict(zip(MEASURES, of.measure(), strict=True)) for name, of in theirs.items()
        },
        "best": best,
        "difference": gaps,
        "held": all(gaps[measure]["high"] >= -TOLERANCE[measure] for measure in MEASURES),
    }


def _gap(mine: Ranking, other: Ranking, judged: Rows, at: int) -> dict[str, Any]:
    def gap(weights: np.ndarray | None = None) -> float:
        return mine.measure(weights)[at] - other.measure(weights)[at]

    drawn = bootstrap(gap, cluster_codes(judged.sender, len(judged)), 0, replicates=DRAWS)
    return to_plain(percentile_estimate(gap(), np.ravel(drawn), judged.frauds))


def table(result: dict[str, Any]) -> str:
    """Two lines for each set, one for each measure."""
    lines = [f"{'':14}{'':19}{'ours':>7}{'best':>8}   difference (95 % interval)      family"]
    for name, found in result.items():
        for measure in MEASURES:
            gap, best = found["difference"][measure], found["best"][measure]
            lines.append(
                f"{name:14}{measure:19}{found['ours'][measure]:7.4f}"
                f"{found['families'][best][measure]:8.4f}   {gap['value']:+.4f} "
                f"({gap['low']:+.4f} to {gap['high']:+.4f})   {best}"
            )
        held = "held" if found["held"] else "MISSED"
        lines.append(f"{'':14}{held}: {found['chosen']}, {found['processor_seconds']:.0f} s")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="The choice beside each family's full fit")
    parser.add_argument("--only", choices=FAMILY_WORLDS, action="append")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of the search")
    parser.add_argument("--seed", type=int, default=0)
    asked, started = parser.parse_args(), time.monotonic()
    result = {}
    for name in asked.only or FAMILY_WORLDS:
        windows = split_world(name, FAMILY_WORLDS[name], asked.seed)
        result[name] = compare(windows.within(asked.minutes))
        print(table({name: result[name]}), flush=True)
    finish(table(result), result, OUT, started)
    return 0 if all(found["held"] for found in result.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
