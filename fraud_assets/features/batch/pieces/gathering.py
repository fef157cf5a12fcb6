"""Values of all pieces, block by block in the order of the rows; each file is read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack

import numpy as np

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.pieces.cutting import Cut, RowBlock
from fraud_assets.features.batch.pieces.layout import Kinds


def gather(
    blocks: Iterable[RowBlock], cuts: Sequence[Cut], alone: Kinds, names: Sequence[str]
) -> Iterator[Floats]:
    """For each block its asking rows' features, (asking, names); kinds without entity on the way.

    Pieces that are gathered whole are deleted by whoever owns their folder.
    """
    column = {name: at for at, name in enumerate(names)}
    with ExitStack() as stack:
        readers = [_Reader(cut, column, stack) for cut in cuts]
        for columns, emitted in blocks:
            found = np.full((int(emitted.sum()), len(names)), np.nan)
            for reader in readers:
                reader.fill(found)
            if alone:
                past = Past(columns, emitted)
                for name, kind in alone.items():
                    found[:, column[name]] = kind.batch(past)
            yield found


class _Reader:
    """Reads the values of one cut in the order in which its rows were written."""

    def __init__(self, cut: Cut, column: dict[str, int], stack: ExitStack) -> None:
        self.counts = iter(cut.counts.tolist())
        self.order = stack.enter_context(cut.order.open("rb"))
        self.files = [stack.enter_context(piece.values.open("rb")) for piece in cut.pieces]
        self.width = cut.pieces[0].width
        self.columns = np.array([column[name] for name in cut.pieces[0].layout.kinds])

    def fill(self, found: Floats) -> None:
        """Put the next block's values where its rows stand."""
        counts = next(self.counts)
        places = np.fromfile(self.order, dtype=np.int32, count=sum(counts))
        values = [
            np.fromfile(file, dtype=np.float64, count=count * self.width)
            for file, count in zip(self.files, counts, strict=True)
        ]
        found[places[:, None], self.columns] = np.concatenate(values).reshape(-1, self.width)
