"""One piece as a unit of work: a plain value that any process can be sent, done twice or once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.pieces.layout import CutLayout, RecordColumns


@dataclass(frozen=True)
class FeaturePiece:
    """All payments of some entities: records of `layout` in the file `records`.

    Its values go to the file `values`, float64 (asking rows, kinds), in the order of the rows.
    """

    layout: CutLayout
    records: Path
    values: Path

    @property
    def width(self) -> int:
        """How many values an asking row gets."""
        return len(self.layout.kinds)


def derive_piece(piece: FeaturePiece) -> None:
    """Derive a piece's features and write them beside it.

    The values are there whole or not at all, so that a unit may be broken off and done again.
    """
    write_values(piece, derive_records(piece.layout, read_records(piece)))


def read_records(piece: FeaturePiece) -> np.ndarray:
    """The piece's rows, (n,) of the layout's record."""
    return np.fromfile(piece.records, dtype=piece.layout.record)


def derive_records(layout: CutLayout, rows: np.ndarray) -> Floats:
    """Features of the asking rows among records, (asking, kinds)."""
    past = Past(RecordColumns(layout, rows), np.ascontiguousarray(rows["emitted"]))
    found = np.empty((int(rows["emitted"].sum()), len(layout.kinds)))
    for at, kind in enumerate(layout.kinds.values()):
        found[:, at] = kind.batch(past)
    return found


def write_values(piece: FeaturePiece, found: Floats) -> None:
    """Put the piece's values in their place, whole."""
    beside = piece.values.with_name(f".{piece.values.name}.{os.getpid()}")
    found.tofile(beside)
    beside.replace(piece.values)
