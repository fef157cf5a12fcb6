"""Cuts blocks of rows by their entity: one pass over the rows, one file for each piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Ints, Mask
from fraud_assets.features.batch.past import ColumnSource
from fraud_assets.features.batch.pieces.layout import ENTITY_FIELD, CutLayout
from fraud_assets.features.batch.pieces.piece import FeaturePiece

RowBlock = tuple[ColumnSource, Mask]
"""Some rows in their order, and which of them ask; codes mean the same in all blocks."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: neighbouring codes go to different pieces."""


@dataclass(frozen=True)
class Cut:
    """The pieces of one layout, and where each block's asking rows went.

    `counts` (blocks, pieces) says how many asking rows of each block a piece has; the file `order`
    holds for each block the places (int32) of these rows within its asking rows, piece by piece.
    Rows without an entity are in no piece: their features are missing.
    """

    pieces: tuple[FeaturePiece, ...]
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
        self.layout, self.folder, self.counts = layout, folder, list[Ints]()
        self.pieces = tuple(
            FeaturePiece(layout, folder / f"{at:05d}.rows", folder / f"{at:05d}.values")
            for at in range(pieces)
        )
        self.order = folder / "order"
        for path in (self.order, *(piece.records for piece in self.pieces)):
            path.touch()

    def add(self, columns: ColumnSource, emitted: Mask) -> None:
        """One block."""
        rows = self.layout.records(columns, emitted)
        number = piece_of(rows[ENTITY_FIELD], len(self.pieces))
        order = np.argsort(number, kind="stable")
        order = order[np.searchsorted(number[order], 0) :]
        records = rows[order]
        ends = np.searchsorted(number[order], np.arange(len(self.pieces)), side="right")
        start = 0
        for piece, end in zip(self.pieces, ends.tolist(), strict=True):
            if end > start:
                _append(piece.records, records[start:end])
            start = end
        asking = order[emitted[order]]
        place = np.cumsum(emitted) - 1
        _append(self.order, place[asking].astype(np.int32))
        self.counts.append(np.bincount(number[asking], minlength=len(self.pieces)))

    def cut(self) -> Cut:
        """What was written."""
        empty = np.empty((0, len(self.pieces)), dtype=np.int64)
        counts = np.vstack([empty, *self.counts]).astype(np.int64)
        return Cut(self.pieces, counts, self.order)


def _append(path: Path, values: np.ndarray) -> None:
    with path.open("ab") as file:
        values.tofile(file)


def piece_of(codes: Ints, pieces: int) -> NDArray[np.int16]:
    """The piece of each entity's code (n,); -1 for rows without one."""
    mixed = (codes.astype(np.uint64) * _ODD) >> np.uint64(32)
    number = ((mixed * np.uint64(pieces)) >> np.uint64(32)).astype(np.int16)
    return np.where(codes < 0, np.int16(-1), number)
