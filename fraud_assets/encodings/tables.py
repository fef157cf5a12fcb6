"""What a fitted encoder gives each level, learned by asking it: the very bits that it will give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fraud_assets.encodings.encoding import Encoder, Encoding

NEVER_SEEN = "\0never seen"
"""A level that no text can be: texts are trimmed of what does not print."""


@dataclass(frozen=True)
class Codes:
    """One column's numbers for each known level and for a level never seen."""

    levels: dict[str, tuple[float, ...]]
    unseen: tuple[float, ...]


def codes_of(encoding: Encoding, steps: Encoder, categories: list[Any]) -> list[Codes]:
    """Each column's codes; `steps` are the fitted encoder and whatever follows it.

    `categories` are the known levels of each column. A column's rows are asked for with the
    other columns held, so that no encoder is known here by its kind.
    """
    found, at = [], 0
    held = np.array([str(levels[0]) for levels in categories], dtype=object)
    for column, known in enumerate(categories):
        levels = [str(level) for level in known]
        asked = np.tile(held, (len(levels) + 1, 1))
        asked[:, column] = [*levels, NEVER_SEEN]
        width = encoding.width(len(levels))
        rows = _dense(steps.transform(asked))[:, at : at + width].tolist()
        at += width
        pairs = zip(levels, rows, strict=False)
        found.append(Codes({name: tuple(row) for name, row in pairs}, tuple(rows[-1])))
    return found


def _dense(matrix: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    whole = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    return np.asarray(whole, dtype=np.float64)
