"""What the promise of recall costs in 20 simulated worlds: by an earlier commit, and by today's.

Each world is the shipped simulator with a law of its own: how many frauds nothing separates, how
many are graded, how rare fraud is, how much history there is. In the last fifth of the worlds the
law moves in the middle of the history: the share of frauds that nothing separates rises by three
points, or falls by as many.

Each side reads the same files, cuts its windows and fits one and the same family with the side's
own defaults; no search, so that what differs is the history that is fitted and the threshold's
rule. A large sample of the same law then gives the scores from which many threshold and judged
weeks are drawn, senders whole, each as large as the side's windows were; where the law moved, of
the law that holds since. The frauds of the history are drawn alike, as many of each law as each
block of weeks had, and scored by the fit that had left the block out. The sample itself is the
truth: its recall has no noise. A week is refused for its alerts alone where the judged rows pass
the ceiling of alerts and reach the floor of recall. Of these "mendable" are those that would have
passed at the best threshold, which nobody knows: the highest at which the true recall reaches the
floor. The others say nothing about the threshold's price. A week is published that is not refused
for alerts, recall or precision. Two more sides say how far a rule can come at all: one who has the
same frauds and knows the law (`benchmarks.worlds_oracle`), and the best threshold itself.

With `--chain` each side publishes what its own search chooses, as a week does, and counts earlier
frauds where the week would.
With `--law shipped` all worlds have the simulator's own law, other seeds and sizes alone.

    python -m benchmarks.worlds [--worlds N --first N --weeks N --before COMMIT --chain
                                 --law LAW --keep FOLDER]
                                          table, and benchmarks/out/worlds.json
"""

from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.finish import finish
from benchmarks.worlds_law import Drawn, Law, earlier_frauds, history_drawn, law_of
from benchmarks.worlds_made import LAWS, MOVES, make_world, moved_by
from benchmarks.worlds_oracle import best_threshold, informed_threshold
from benchmarks.worlds_table import SIDES, summary, table
from fraud_assets.contract import load_contract
from fraud_assets.contract.sections.policy import Policy
from fraud_assets.modelling.judging.thresholds import choose_threshold

HERE = Path(__file__).parent
OUT = HERE / "out" / "worlds.json"
BEFORE = "d2ae1cc"
WORLDS, FIRST, WEEKS = 20, 40, 100
"""Worlds 0 to 39 are those that the rule was made on."""

GROUPS = {"all": (0, 1, 2, 3, 4), "one law": (0, 1, 2, 3), "the law moves": (4,)}
"""Fifths of the worlds."""


def measure(
    first: int,
    worlds: int,
    weeks: int,
    before: str,
    home: Path,
    *,
    choice: str = "one",
    law: str = "drawn",
) -> dict[str, Any]:
    """Each side's counts over all weeks, and by world; what stands in `home` is not made again."""
    trees = {"before": _tree_of(before, home / "before"), "today": HERE.parent}
    numbers = range(first, first + worlds)
    moves = [moved_by(at, worlds) if law == "drawn" else 0.0 for at in range(worlds)]
    folders = [
        make_world(world, moved, home / f"{law}_{choice}_{world}", law)
        for world, moved in zip(numbers, moves, strict=True)
    ]
    _fit_all(trees, choice, folders)
    found = [_world(world, folder, weeks) for world, folder in zip(numbers, folders, strict=True)]
    groups = {
        name: [one for at, one in enumerate(found) if 5 * at // worlds in kept]
        for name, kept in (GROUPS if any(moves) else {"all": GROUPS["all"]}).items()
    }
    return {
        "before": before,
        "choice": choice,
        "law": law,
        "first": first,
        "weeks": weeks,
        "groups": {name: summary(of) for name, of in groups.items() if of},
        "by_world": [summary([one]) for one in found],
    }


def _tree_of(commit: str, into: Path) -> Path:
    """The package as it was at the commit."""
    if into.exists():
        return into
    packed = subprocess.run(
        ["git", "archive", commit, "fraud_assets"], cwd=HERE.parent, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(into, filter="data")
    return into


def _fit_all(trees: dict[str, Path], choice: str, folders: list[Path]) -> None:
    """Each world's model by each side's own code, the sides at once in a process of their own."""
    script, running = HERE / "worlds_side.py", []
    for side, tree in trees.items():
        missing = [str(one) for one in folders if not (one / f"{side}.json").exists()]
        command = [sys.executable, str(script), side, choice, str(MOVES), *missing]
        environment = os.environ | {"PYTHONPATH": str(tree)}
        running.append(subprocess.Popen(command, env=environment, cwd=tree))
    failed = [process.args for process in running if process.wait()]
    if failed:
        raise SystemExit(f"A side did not fit its worlds: {failed}")


def _world(world: int, folder: Path, weeks: int) -> dict[str, list[dict[str, Any]]]:
    told = {side: json.loads((folder / f"{side}.json").read_text()) for side in ("before", "today")}
    fits = {path.stem: pickle.loads(path.read_bytes()) for path in sorted(folder.glob("*.pickle"))}
    family, names = told["today"]["family"], ("truth", "moved")
    laws = [law_of(folder / name, fits, family) for name in names if (folder / name).exists()]
    policy = load_contract(folder / "truth" / "contract.toml").policy
    found: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    rng = np.random.default_rng([world, 7])
    for _ in range(weeks):
        for side, week in _week(laws, told, policy, rng).items():
            found[side].append(week)
    return found


def _week(
    laws: Sequence[Law], told: dict[str, Any], policy: Policy, rng: np.random.Generator
) -> dict[str, dict[str, Any]]:
    """What each side makes of one threshold week and one judged week, drawn of the last law."""
    law, history = laws[-1], history_drawn(laws, told["today"]["blocks"], rng)
    found = {}
    for fit, sides in {
        "before": ("before",),
        "today": ("window", "today", "informed", "best"),
    }.items():
        chosen = law.draw(told[fit]["threshold_frauds"], rng)
        judged = law.draw(told[fit]["judged_frauds"], rng).at
        for side in sides:
            week = _threshold(side, law, chosen, history, policy)
            found[side] = week | _outcome(law, law.scores[fit], week["threshold"], judged, policy)
    return found


def _threshold(
    side: str,
    law: Law,
    chosen: Drawn,
    history: Sequence[Sequence[tuple[Law, Drawn]]],
    policy: Policy,
) -> dict[str, Any]:
    """The side's threshold, from how many frauds, and whether some were taken for another law's."""
    n = int(law.label[chosen.at].sum())
    if side == "best":
        value = best_threshold(law.frauds("today"), policy.min_recall)
        return {"threshold": value, "threshold_frauds": n, "left_out": False}
    if side == "informed":
        value, n = informed_threshold(law, chosen, history, policy)
        return {"threshold": value, "threshold_frauds": n, "left_out": False}
    # before: each fraud by itself
    senders = None if side == "before" else chosen.sender.astype(object)
    scores = law.scores["before" if side == "before" else "today"][chosen.at]
    earlier = earlier_frauds(history) if side == "today" and history else None
    found = choose_threshold(scores, law.label[chosen.at], policy, senders, earlier=earlier)
    kept = found.evidence.earlier_frauds - found.evidence.earlier_left_out
    return {
        "threshold": found.value,
        "threshold_frauds": n + (kept if found.evidence.earlier_count else 0),
        "left_out": found.evidence.earlier_left_out > 0,
    }


def _outcome(
    law: Law, scores: np.ndarray, threshold: float, judged: np.ndarray, policy: Policy
) -> dict[str, Any]:
    fraud, flagged = law.label == 1, scores >= threshold
    caught, alerts = flagged[judged][fraud[judged]].mean(), flagged[judged].mean()
    best = scores[judged] >= best_threshold(scores[fraud], policy.min_recall)
    precise = fraud[judged][flagged[judged]].mean() >= policy.min_precision
    refused = bool(alerts > policy.max_alert_rate and caught >= policy.min_recall)
    return {
        "recall": float(flagged[fraud].mean()),
        "alert_rate": float(flagged.mean()),
        "precision": float(fraud[flagged].mean()),
        "held": bool(flagged[fraud].mean() >= policy.min_recall),
        "refused": refused,
        "mendable": refused and bool(best.mean() <= policy.max_alert_rate),
        "refused_for_recall": bool(caught < policy.min_recall),
        "published": bool(
            alerts <= policy.max_alert_rate and caught >= policy.min_recall and precise
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="What the promise of recall costs")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--first", type=int, default=FIRST, help="number of the first world")
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--before", default=BEFORE)
    parser.add_argument("--chain", action="store_true", help="each side's own choice of model")
    parser.add_argument("--law", choices=LAWS, default=LAWS[0], help="of fraud, in each world")
    parser.add_argument("--keep", type=Path, help="a folder whose worlds and fits are kept")
    started, asked = time.monotonic(), parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.keep or Path(folder)
        choice = "chain" if asked.chain else "one"
        result = measure(
            asked.first,
            asked.worlds,
            asked.weeks,
            asked.before,
            home,
            choice=choice,
            law=asked.law,
        )
    finish(table(result), result, OUT, started)


if __name__ == "__main__":
    main()
