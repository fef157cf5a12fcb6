"""Values of all pieces, block by block in the order of the rows; each file is read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
    by_cut = [name for cut in cuts for name in cut.pieces[0].layout.kinds]
    made = {name: at for at, name in enumerate((*by_cut, *alone))}
    order = [made[name] for name in names]
    readers, start = [], 0
    for cut in cuts:
        readers.append(_Reader(cut, start))
        start += cut.pieces[0].width
    for columns, emitted in blocks:
        found = np.full((int(emitted.sum()), len(names)), np.nan)
        for reader in readers:
            reader.fill(found)
        past = Past(columns, emitted)
        for name, kind in alone.items():
            found[:, made[name]] = kind.batch(past)
        yield found if order == sorted(order) else found[:, order]


class _Reader:
    """Reads the values of one cut in the order in which its rows were written.

    They are columns from `start` on; a file is open while it is read, as there may be many.
    """

    def __init__(self, cut: Cut, start: int) -> None:
        self.cut, self.counts = cut, iter(cut.counts)
        self.width = cut.pieces[0].width
        self.columns = slice(start, start + self.width)
        self.done = np.zeros(len(cut.pieces), dtype=np.int64)
        self.placed = 0

    def fill(self, found: Floats) -> None:
        """Put the next block's values where its rows stand."""
        counts = next(self.counts)
        total = int(counts.sum())
        places = np.fromfile(self.cut.order, np.int32, total, offset=self.placed * 4)
        values, row = np.empty((total, self.width)), 0
        for at in np.flatnonzero(counts).tolist():
            count, offset = int(counts[at]), int(self.done[at]) * self.width * 8
            part = np.fromfile(
                self.cut.pieces[at].values, np.float64, count * self.width, offset=offset
            )
            values[row : row + count] = part.reshape(count, self.width)
            row += count
        found[places, self.columns] = values
        self.done += counts
        self.placed += total
