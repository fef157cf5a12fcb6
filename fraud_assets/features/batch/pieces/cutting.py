"""Cuts blocks of rows by their entity: one pass over the rows, one file for each piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Ints, Mask
from fraud_assets.features.batch.past import ColumnSource
from fraud_assets.features.batch.pieces.layout import CutLayout
from fraud_assets.features.batch.pieces.piece import FeaturePiece
from fraud_assets.features.batch.pieces.rows import Division, lots_of

RowBlock = tuple[ColumnSource, Mask]
"""Some rows in their order, and which of them ask; codes mean the same in all blocks."""


@dataclass(frozen=True)
class Cut:
    """The pieces of one layout, and where each block's asking rows went.

    `asking` says how many rows of each block ask, and `counts` (blocks, pieces) how many of them a
    piece has; the file `order` holds for each block the places (int32) of these rows within its
    asking rows, piece by piece. Rows without an entity are in no piece: their features are missing.
    """

    pieces: tuple[FeaturePiece, ...]
    asking: tuple[int, ...]
    counts: Ints
    order: Path


def cut_rows(
    blocks: Iterable[RowBlock], layouts: list[CutLayout], pieces: int, folder: Path
) -> list[Cut]:
    """Write every row to its piece of each layout, in one pass; files go to `folder`."""
    writers = [_Writer(layout, pieces, folder / f"cut{at}") for at, layout in enumerate(layouts)]
    for columns, emitted in blocks:
        for writer in writers:
            writer.add(columns, emitted)
    return [writer.cut() for writer in writers]


class _Writer:
    """Writes one layout's pieces; a file is open while it is written, as there may be many."""

    def __init__(self, layout: CutLayout, pieces: int, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.layout, self.counts, self.asking = layout, list[Ints](), list[int]()
        self.pieces = tuple(
            FeaturePiece(layout, folder / f"{at:05d}.rows", folder / f"{at:05d}.values")
            for at in range(pieces)
        )
        self.order = folder / "order"
        for path in (self.order, *(piece.records for piece in self.pieces)):
            path.touch()

    def add(self, columns: ColumnSource, emitted: Mask) -> None:
        """One block."""
        number, entity = piece_of(columns.codes(self.layout.entity), len(self.pieces))
        sizes = np.bincount(number + 1, minlength=len(self.pieces) + 1)
        order = np.argsort(number, kind="stable")[sizes[0] :]
        division = Division(entity, order, np.cumsum(sizes[1:]))
        lots = lots_of(self.layout, columns, emitted, division)
        for piece, lot in zip(self.pieces, lots, strict=True):
            if lot.rows:
                _append(piece.records, lot.packed())
        self.asking.append(int(emitted.sum()))
        if self.asking[-1] == len(emitted):
            places, counts = order, sizes[1:]
        else:
            asking = order[emitted[order]]
            places = (np.cumsum(emitted) - 1)[asking]
            counts = np.bincount(number[asking], minlength=len(self.pieces))
        _append(self.order, places.astype(np.int32).data)
        self.counts.append(counts)

    def cut(self) -> Cut:
        """What was written."""
        empty = np.empty((0, len(self.pieces)), dtype=np.int64)
        counts = np.vstack([empty, *self.counts]).astype(np.int64)
        return Cut(self.pieces, tuple(self.asking), counts, self.order)


def _append(path: Path, data: bytes | memoryview) -> None:
    with path.open("ab") as file:
        file.write(data)


def piece_of(codes: Ints, pieces: int) -> tuple[NDArray[np.int16], Ints]:
    """The piece of each entity's code (n,), and the entity's number in it; -1 for rows without one.

    Codes that follow each other go to different pieces.
    """
    entity = codes // pieces
    number = (codes - entity * pieces).astype(np.int16)
    return np.where(codes < 0, np.int16(-1), number), entity
