"""One piece as a unit of work: a plain value that any process can be sent, done twice or once."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.pieces.layout import CutLayout
from fraud_assets.features.batch.pieces.lots import Lot, narrow
from fraud_assets.features.batch.pieces.rows import PieceRows

PieceValues: TypeAlias = Sequence[np.ndarray]
"""Features of a piece's asking rows: one array (asking,) a kind, as `lots.narrow` makes it."""

PieceWork: TypeAlias = Callable[[PieceRows], PieceValues]
"""What is done with a piece's rows, here or in any other process."""


@dataclass(frozen=True)
class FeaturePiece:
    """All payments of some entities: columns of `layout` in the file `records`.

    Its values go to the file `values`, one lot of an array for each kind, in the order of the rows.
    """

    layout: CutLayout
    records: Path
    values: Path

    @property
    def width(self) -> int:
        """How many values an asking row gets."""
        return len(self.layout.kinds)

    def rows(self) -> PieceRows:
        """What lies in its file."""
        return PieceRows.read(self.layout, self.records)

    def write(self, values: PieceValues) -> None:
        """Put the piece's values in their place: whole or not at all."""
        rows = max((len(array) for array in values), default=0)
        beside = self.values.with_name(f".{self.values.name}.{os.getpid()}")
        beside.write_bytes(Lot(rows, tuple(values)).packed())
        beside.replace(self.values)


def do_piece(work: PieceWork, piece: FeaturePiece) -> None:
    """Do the work on a piece where its files are; it may be broken off and done again."""
    piece.write(work(piece.rows()))


def derive_rows(rows: PieceRows) -> PieceValues:
    """Features of the rows that ask."""
    past = Past(rows, rows.asking)
    return [narrow(kind.batch(past)) for kind in rows.layout.kinds.values()]
