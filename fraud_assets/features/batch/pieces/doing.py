"""Has the pieces done by an executor: as files where it sees them, else sent and brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fraud_assets.features.batch.pieces.piece import FeaturePiece, PieceWork, do_piece
from fraud_assets.work.executor import Executor


def pieces_by(executor: Executor) -> Callable[[PieceWork, Sequence[FeaturePiece]], None]:
    """What does each of some pieces on the executor, a few at a time."""

    def each(work: PieceWork, pieces: Sequence[FeaturePiece]) -> None:
        if executor.sees_files:
            for _ in executor.each(do_piece, ((work, piece) for piece in pieces)):
                pass
            return
        for at, values in executor.each(work, ((piece.rows(),) for piece in pieces)):
            pieces[at].write(values)

    return each
