"""Derives features of blocks of rows by pieces, within a bound of rows in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil
from pathlib import Path

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.pieces.cutting import RowBlock, cut_rows
from fraud_assets.features.batch.pieces.gathering import gather
from fraud_assets.features.batch.pieces.layout import Kinds, layouts
from fraud_assets.features.batch.pieces.piece import (
    FeaturePiece,
    PieceWork,
    derive_rows,
    do_piece,
)

ROWS_A_PIECE = 400_000
"""Rows of an average piece: under 300 MB while twelve windows are derived, and mostly in cache."""

ROWS_A_BLOCK = 1_000_000
"""Rows that are cut, and gathered, at once."""

MOST_PIECES = 4_000
"""Files of each cut; beyond them pieces grow."""

Blocks = Callable[[], Iterable[RowBlock]]
"""Gives all rows in their order, the same each time that it is asked."""

EachPiece = Callable[[PieceWork, Sequence[FeaturePiece]], None]
"""Does the work on each of some pieces and writes its values, in any order and in any process."""


def in_turn(work: PieceWork, pieces: Sequence[FeaturePiece]) -> None:
    """One piece after the other, here."""
    for piece in pieces:
        do_piece(work, piece)


def derive_by_pieces(
    blocks: Blocks,
    kinds: Kinds,
    pieces: int,
    folder: Path,
    *,
    fraud_times: int = 0,
    each: EachPiece = in_turn,
) -> Iterator[Floats]:
    """For each block the features of its asking rows, (asking, kinds), in the order of `kinds`.

    Parameters
    ----------
    blocks
        The rows; read twice where a kind reads no entity.
    kinds
        Derived features by name.
    pieces
        Into how many pieces each entity's rows are cut; see `pieces_for`. The values do not
        depend on it.
    folder
        An empty folder for at most 20 bytes a row, entity and column, and 8 a value.
    fraud_times
        How many pairs `fraud_times` of the blocks' columns gives, where a kind needs labels.
    each
        What does the pieces, here or elsewhere.
    """
    cut_by, alone = layouts(kinds, fraud_times)
    cuts = cut_rows(blocks() if cut_by else (), cut_by, pieces, folder)
    for cut in cuts:
        each(derive_rows, cut.pieces)
        for piece in cut.pieces:
            piece.records.unlink()
    yield from gather(blocks, cuts, alone, list(kinds))


def pieces_for(rows: int) -> int:
    """How many pieces keep each within its bound of memory."""
    return min(MOST_PIECES, max(1, ceil(rows / ROWS_A_PIECE)))
