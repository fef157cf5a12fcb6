"""Values of all pieces, block by block in the order of the rows; each file is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.pieces.cutting import Cut, RowBlock
from fraud_assets.features.batch.pieces.layout import Kinds
from fraud_assets.features.batch.pieces.lots import LotFile


def gather(
    blocks: Callable[[], Iterable[RowBlock]],
    cuts: Sequence[Cut],
    alone: Kinds,
    names: Sequence[str],
) -> Iterator[Floats]:
    """For each block its asking rows' features, (asking, names); kinds without entity on the way.

    The rows are read again for these kinds alone. Pieces that are gathered whole are deleted by
    whoever owns their folder.
    """
    readers = [
        _Reader(cut, [names.index(name) for name in cut.pieces[0].layout.kinds]) for cut in cuts
    ]
    if cuts and not alone:
        for asking in cuts[0].asking:
            yield _filled(readers, np.empty((len(names), asking))).T
        return
    for columns, emitted in blocks():
        past = Past(columns, emitted)
        found = _filled(readers, np.empty((len(names), int(emitted.sum()))))
        for name, kind in alone.items():
            found[names.index(name)] = kind.batch(past)
        yield found.T


def _filled(readers: Sequence[_Reader], found: Floats) -> Floats:
    for reader in readers:
        reader.fill(found)
    return found


class _Reader:
    """Reads the values of one cut in the order in which its rows were written.

    They are the `columns` of the result.
    """

    def __init__(self, cut: Cut, columns: Sequence[int]) -> None:
        self.cut, self.counts, self.columns = cut, iter(cut.counts), columns
        self.values = [LotFile(piece.values, piece.width) for piece in cut.pieces]
        self.done = np.zeros(len(cut.pieces), dtype=np.int64)
        self.placed = 0

    def fill(self, found: Floats) -> None:
        """Put the next block's values where its rows stand, in `found` (columns, asking)."""
        counts = next(self.counts)
        total, row = int(counts.sum()), 0
        places = np.fromfile(self.cut.order, np.int32, total, offset=self.placed * 4)
        places = places.astype(np.intp)
        if total < found.shape[1]:
            found[self.columns] = np.nan
        for at in np.flatnonzero(counts).tolist():
            count = int(counts[at])
            its = places[row : row + count]
            parts = self.values[at].read(int(self.done[at]), count)
            for column, part in zip(self.columns, parts, strict=True):
                found[column][its] = part
            row += count
        self.done += counts
        self.placed += total
