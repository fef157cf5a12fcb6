"""What the promise of recall costs in 20 simulated worlds: by an earlier commit, and by today's.

Each world is the shipped simulator with a law of its own: how many frauds nothing separates, how
many are graded, how rare fraud is, how much history there is. Each side reads the same files,
cuts its windows and fits one and the same family with its defaults; no search, so that what
differs is the windows, the history that is fitted, and the threshold's rule. A large sample of
the same law then gives the scores from which many threshold and judged weeks are drawn, senders
whole, each as large as the side's windows were. Where the side's rule wants more threshold frauds
than its window holds, they are drawn too, and the scores are those of a model that was fitted on
the older half of the history alone. The sample itself is the truth: its recall has no noise. A
week is refused for its alerts alone where the judged rows pass the ceiling of alerts and reach
the floor of recall.

    python -m benchmarks.worlds [--worlds N --weeks N --before COMMIT --keep FOLDER]
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
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.finish import finish
from fraud_assets.contract import Contract, load_contract
from fraud_assets.contract.sections.policy import Policy
from fraud_assets.data.cleaning import windowed_features
from fraud_assets.data.columns import LABEL, SENDER, TIME
from fraud_assets.data.simulator import settings, simulate
from fraud_assets.data.splits.windows import Split
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.formats import to_plain
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import LEAST_MORE, MOST_FOR_THRESHOLD
from fraud_assets.modelling.judging.thresholds import choose_threshold, frauds_wanted
from fraud_assets.modelling.statistics.intervals import rate

HERE = Path(__file__).parent
OUT = HERE / "out" / "worlds.json"
BEFORE = "d2ae1cc"
WORLDS, WEEKS = 20, 100
ROWS = (100_000, 250_000)
TRUTH_ROWS, TRUTH_WEEKS, WARM_UP = 120_000, 8, np.timedelta64(14, "D")
SIDES = ("before", "today")


def measure(worlds: int, weeks: int, before: str, home: Path) -> dict[str, Any]:
    """Each side's counts over all weeks, and by world; what stands in `home` is not made again."""
    trees = {"before": _tree_of(before, home / "before"), "today": HERE.parent}
    made = [_make(world, home / f"world_{world}") for world in range(worlds)]
    for side, tree in trees.items():
        _fit_all(tree, side, [one for one in made if not (one / f"{side}.json").exists()])
    found = [_world(world, folder, weeks) for world, folder in enumerate(made)]
    return {
        "before": before,
        "weeks": weeks * worlds,
        "sides": {side: _summary([week for one in found for week in one[side]]) for side in SIDES},
        "by_world": [{side: _summary(one[side]) for side in SIDES} for one in found],
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


def _make(world: int, folder: Path) -> Path:
    """The world's history and a large sample of its law, each with its contract."""
    if (folder / "truth" / "contract.toml").exists():
        return folder
    rng = np.random.default_rng([world, 2026])
    kept = dict(settings.STORIES), settings.TAIL_SHARE
    mimics, graded = rng.uniform(0.03, 0.07), rng.uniform(0.03, 0.08)
    rest = (1 - mimics) / (1 - kept[0]["mimic"])
    changed = {name: share * rest for name, share in kept[0].items()} | {"mimic": mimics}
    rows, fraud_rate = int(rng.integers(*ROWS)), rng.uniform(0.008, 0.013)
    settings.STORIES.update(changed)
    settings.TAIL_SHARE = graded
    try:
        simulate(rows, settings.DEFAULT_WEEKS, 100 + world, folder / "history", fraud_rate)
        simulate(TRUTH_ROWS, TRUTH_WEEKS, 900 + world, folder / "truth", fraud_rate)
    finally:
        settings.STORIES.update(kept[0])
        settings.TAIL_SHARE = kept[1]
    return folder


def _fit_all(tree: Path, side: str, folders: list[Path]) -> None:
    """Each world's model by the side's own code, in a process of its own."""
    script = HERE / "worlds_side.py"
    setting = dict(FAMILIES["hist_gradient_boosting"].defaults)  # today's, on both sides
    subprocess.run(
        [sys.executable, str(script), side, json.dumps(setting), *map(str, folders)],
        env=os.environ | {"PYTHONPATH": str(tree)},
        cwd=tree,
        check=True,
    )


def _world(world: int, folder: Path, weeks: int) -> dict[str, list[dict[str, Any]]]:
    contract = load_contract(folder / "truth" / "contract.toml")
    rows = _truth(contract)
    names = list(contract.features.names)
    found: dict[str, list[dict[str, Any]]] = {}
    for side in SIDES:
        told = json.loads((folder / f"{side}.json").read_text())
        scores = [
            pickle.loads(path.read_bytes()).predict_proba(rows[names])[:, 1]
            for path in sorted(folder.glob(f"{side}*.pickle"))
        ]
        law = Law(rows[LABEL].to_numpy(), pd.factorize(rows[SENDER])[0], scores, told)
        rng = np.random.default_rng([world, 7])
        found[side] = [_week(law, contract.policy, rng) for _ in range(weeks)]
    return found


def _truth(contract: Contract) -> pd.DataFrame:
    """Features and final labels of the large sample, its first weeks left out as history."""
    raw = read_transactions(contract)
    times = raw.rows[TIME].to_numpy()
    inside = times >= times[0] + WARM_UP
    label = raw.rows[LABEL].fillna(0).to_numpy(dtype="int8")
    split = Split(np.where(inside, "judged", "").astype(object), label, (), time_respected=True)
    return windowed_features(raw.rows, split, contract)


@dataclass(frozen=True)
class Law:
    """The large sample: labels and senders (n,), and the scores that the side's models give it.

    `scores` are those of the model on all of the history, and of the one on its older half where
    the side's rule may take the other half for the threshold. `told` are the windows' frauds.
    """

    label: np.ndarray
    sender: np.ndarray
    scores: list[np.ndarray]
    told: dict[str, int]

    @cached_property
    def groups(self) -> list[np.ndarray]:
        """Positions of each sender's frauds."""
        at = np.flatnonzero(self.label == 1)
        return [at[part] for part in pd.Series(at).groupby(self.sender[at]).indices.values()]

    @cached_property
    def others(self) -> np.ndarray:
        """Positions of the legitimate rows."""
        return np.flatnonzero(self.label != 1)

    def draw(self, frauds: int, rng: np.random.Generator) -> Drawn:
        """About so many frauds, senders whole, and as many others as belong to them."""
        kept: list[np.ndarray] = []
        count = 0
        while count < frauds:
            kept.append(self.groups[rng.integers(0, len(self.groups))])
            count += len(kept[-1])
        others = rng.choice(self.others, round(len(self.others) * count / int(self.label.sum())))
        sender = np.repeat(np.arange(len(kept)), [len(part) for part in kept])
        alone = len(kept) + np.arange(len(others))
        return Drawn(np.concatenate([*kept, others]), np.concatenate([sender, alone]))


@dataclass(frozen=True)
class Drawn:
    """Positions in the sample and the senders of this draw (n,): one drawn twice is two."""

    at: np.ndarray
    sender: np.ndarray

    def and_more(self, more: Drawn) -> Drawn:
        """Both draws."""
        sender = np.concatenate([self.sender, self.sender.max() + 1 + more.sender])
        return Drawn(np.concatenate([self.at, more.at]), sender)


def _week(law: Law, policy: Policy, rng: np.random.Generator) -> dict[str, Any]:
    """One threshold week and one judged week, drawn, and the truth of the threshold."""
    chosen = law.draw(law.told["threshold_frauds"], rng)
    scores = law.scores[0]
    if len(law.scores) > 1:
        own = int(law.label[chosen.at].sum())
        wanted = frauds_wanted(scores[chosen.at], law.label[chosen.at], policy, chosen.sender)
        more = min(wanted or 0, int(MOST_FOR_THRESHOLD * law.told["history_frauds"])) - own
        if more >= LEAST_MORE * own:
            scores, chosen = law.scores[1], chosen.and_more(law.draw(more, rng))
    senders = chosen.sender if len(law.scores) > 1 else None  # before: each fraud by itself
    value = choose_threshold(scores[chosen.at], law.label[chosen.at], policy, senders).value
    flagged, fraud = scores >= value, law.label == 1
    judged = law.draw(law.told["judged_frauds"], rng).at
    caught = flagged[judged][law.label[judged] == 1].mean()
    return {
        "recall": float(flagged[fraud].mean()),
        "alert_rate": float(flagged.mean()),
        "precision": float(fraud[flagged].mean()),
        "held": bool(flagged[fraud].mean() >= policy.min_recall),
        "refused": bool(
            flagged[judged].mean() > policy.max_alert_rate and caught >= policy.min_recall
        ),
        "threshold_frauds": int(law.label[chosen.at].sum()),
    }


def _summary(weeks: list[dict[str, Any]]) -> dict[str, Any]:
    n = len(weeks)
    names = ("recall", "precision", "alert_rate", "threshold_frauds")
    mean = {name: float(np.mean([week[name] for week in weeks])) for name in names}
    return mean | {
        "promise_held": to_plain(rate(sum(week["held"] for week in weeks), n)),
        "refused_for_alerts_alone": to_plain(rate(sum(week["refused"] for week in weeks), n)),
    }


def table(result: dict[str, Any]) -> str:
    """One line for each side."""
    head = f"{'':8}{'threshold frauds':>17}{'promise held':>26}{'refused for alerts alone':>30}"
    lines = [
        f"{result['weeks']:,} weeks of {len(result['by_world'])} worlds; before {result['before']}",
        f"{head}{'recall':>9}{'precision':>11}{'alerts':>9}",
    ]
    for side, found in result["sides"].items():
        held, refused = (
            f"{part['value']:.3f} ({part['low']:.3f} to {part['high']:.3f})"
            for part in (found["promise_held"], found["refused_for_alerts_alone"])
        )
        lines.append(
            f"{side:8}{found['threshold_frauds']:17.0f}{held:>26}{refused:>30}"
            f"{found['recall']:9.3f}{found['precision']:11.3f}{found['alert_rate']:9.3%}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the promise of recall costs")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--before", default=BEFORE)
    parser.add_argument("--keep", type=Path, help="a folder whose worlds and fits are kept")
    started, asked = time.monotonic(), parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.keep or Path(folder)
        result = measure(asked.worlds, asked.weeks, asked.before, home)
    finish(table(result), result, OUT, started)


if __name__ == "__main__":
    main()
