"""What a side of the peers' comparison said of a set's judged rows, kept beside the figures.

A side that is slow, or counts seconds and so wants a quiet machine, need not run again because
another one did: its scores are read again where the set has the same rows and labels.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fraud_assets.data.rows import Rows

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class JudgedSide:
    """One side's scores of the judged rows (n,), what it took, and what it says of its model."""

    name: str
    scores: Floats
    seconds: float
    cpu_seconds: float
    about: dict[str, Any] = field(default_factory=dict)


def set_key(history: Rows, judged: Rows) -> str:
    """Digest of the labels that are fitted and judged on."""
    found = hashlib.sha256(np.ascontiguousarray(history.label).tobytes())
    found.update(np.ascontiguousarray(judged.label).tobytes())
    return found.hexdigest()


def keep(folder: Path, side: JudgedSide, key: str) -> None:
    """Write the side's scores under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    about = json.dumps(side.about, sort_keys=True)
    clocks = np.array([side.seconds, side.cpu_seconds])
    np.savez(folder / f"{side.name}.npz", scores=side.scores, clocks=clocks, key=key, about=about)


def kept(folder: Path, name: str, key: str) -> JudgedSide | None:
    """What was kept of a side, or None where that is nothing or of other rows."""
    path = folder / f"{name}.npz"
    if not path.exists():
        return None
    with np.load(path) as found:
        if str(found["key"]) != key:
            return None
        seconds, cpu = found["clocks"].tolist()
        return JudgedSide(name, found["scores"], seconds, cpu, json.loads(str(found["about"])))
