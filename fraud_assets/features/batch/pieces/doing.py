"""Has the pieces done by an executor: as files where it sees them, else sent and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from fraud_assets.features.batch.pieces.layout import CutLayout
from fraud_assets.features.batch.pieces.piece import (
    FeaturePiece,
    derive_records,
    read_records,
    write_values,
)
from fraud_assets.work.executor import Executor


def pieces_by(
    executor: Executor,
) -> Callable[[Callable[[FeaturePiece], None], Sequence[FeaturePiece]], None]:
    """What does each of some pieces on the executor, a few at a time."""

    def each(work: Callable[[FeaturePiece], None], pieces: Sequence[FeaturePiece]) -> None:
        if executor.sees_files:
            for _ in executor.each(work, ((piece,) for piece in pieces)):
                pass
            return
        for at, values in executor.each(derive_records, _sent(pieces)):
            write_values(pieces[at], values)

    return each


def _sent(pieces: Sequence[FeaturePiece]) -> Iterator[tuple[CutLayout, np.ndarray]]:
    return ((piece.layout, read_records(piece)) for piece in pieces)
