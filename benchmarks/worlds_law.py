"""A large sample of a world's law, scored by each fit, from which weeks are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.cleaning import windowed_features
from fraud_assets.data.columns import LABEL, SENDER, TIME
from fraud_assets.data.rows import Rows
from fraud_assets.data.splits.windows import Split
from fraud_assets.data.transactions import read_transactions
from fraud_assets.modelling.judging.earlier import EarlierFrauds, cautious_places
from fraud_assets.modelling.left_out import margins

WARM_UP = np.timedelta64(14, "D")


def law_of(folder: Path, fits: dict[str, Any], family: str) -> Law:
    """The sample that lies in a folder, scored by the fits; those left out are `family`'s."""
    contract = load_contract(folder / "contract.toml")
    rows = _truth(contract)
    names = list(contract.features.names)
    kept = Rows(rows[names], rows[LABEL].to_numpy())
    scores = {
        name: pipeline.predict_proba(kept.features)[:, 1]
        if name in ("before", "today")
        else margins(family, pipeline, kept)
        for name, pipeline in fits.items()
    }
    return Law(kept.label, pd.factorize(rows[SENDER])[0], scores)


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
    """A large sample of a law: labels and senders (n,), and the scores (n,) of each fit by name."""

    label: np.ndarray
    sender: np.ndarray
    scores: dict[str, np.ndarray]

    @cached_property
    def groups(self) -> list[np.ndarray]:
        """Positions of each sender's frauds."""
        at = np.flatnonzero(self.label == 1)
        return [at[part] for part in pd.Series(at).groupby(self.sender[at]).indices.values()]

    @cached_property
    def others(self) -> np.ndarray:
        """Positions of the legitimate rows."""
        return np.flatnonzero(self.label != 1)

    def frauds(self, fit: str) -> np.ndarray:
        """What a fit says of all frauds of the sample, one score each."""
        return self.scores[fit][self.label == 1]

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


def history_drawn(
    laws: Sequence[Law], blocks: Sequence[Sequence[int]], rng: np.random.Generator
) -> list[list[tuple[Law, Drawn]]]:
    """For each block of the history what was drawn of each law, as many frauds as it had."""
    return [
        [(law, law.draw(n, rng)) for law, n in zip((laws[0], laws[-1]), counts, strict=True) if n]
        for counts in blocks
    ]


def earlier_frauds(history: Sequence[Sequence[tuple[Law, Drawn]]]) -> EarlierFrauds:
    """The frauds of each block of the history, scored by the fit without it."""
    place, sender, found = [], [], []
    for k, parts in enumerate(history):
        scores = np.concatenate([law.scores[f"today_{k}"][drawn.at] for law, drawn in parts])
        fraud = np.concatenate([law.label[drawn.at] == 1 for law, drawn in parts])
        place.append(cautious_places(scores[fraud], scores[~fraud]))
        found.append(int(fraud.sum()))
        for number, (law, drawn) in enumerate(parts):
            mine = drawn.sender[law.label[drawn.at] == 1]
            sender += [f"{k} {number} {one}" for one in mine]
    return EarlierFrauds(tuple(np.concatenate(place)), tuple(sender), "", len(found), tuple(found))
