"""Arrays on disk in lots: each lot a header, then its arrays after each other, in narrow types."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

_TYPES = tuple(np.dtype(name) for name in ("?", "i1", "i2", "i4", "i8", "f8"))
_WHOLE = (np.int8, np.int16, np.int32, np.int64)
_LOOK = 1024
"""Of so many numbers one that is not whole is enough."""


class Lot(NamedTuple):
    """So many `rows`, and arrays about them; an array of one value for all may have length 1."""

    rows: int
    arrays: tuple[np.ndarray, ...]

    def packed(self) -> bytes:
        """The lot as it lies on disk."""
        header = [self.rows]
        for array in self.arrays:
            header += [_TYPES.index(array.dtype), len(array)]
        parts = (np.ascontiguousarray(array).data for array in self.arrays)
        return b"".join([np.array(header, dtype=np.int64).data, *parts])


def narrow(values: np.ndarray) -> np.ndarray:
    """The same numbers (n,) in fewer bytes: whole ones in a small type, one where all are equal.

    Nothing is rounded: floats come back bit for bit by `astype(float64)`.
    """
    if not len(values) or values.dtype == bool:
        return values[:1] if len(values) and values.all() == values.any() else values
    if values.dtype == np.float64:
        return _whole(values)
    low, high = int(values.min()), int(values.max())
    if low == high:
        return values[:1]
    return values.astype(_type_for(low, high), copy=False)


def _whole(values: np.ndarray) -> np.ndarray:
    if not _same_bits(values[:_LOOK], np.int32) or not _fit(values):
        return values
    small = _type_for(int(values.min()), int(values.max()))
    return narrow(values.astype(small)) if _same_bits(values, small) else values


def _fit(values: np.ndarray) -> bool:
    bounds = np.iinfo(np.int32)
    return bool(
        values.min() >= bounds.min and values.max() <= bounds.max
    )  # not so where one is NaN


def _same_bits(values: np.ndarray, whole: type) -> bool:
    with np.errstate(invalid="ignore"):
        back = values.astype(whole).astype(np.float64)
    return bool((back.view(np.int64) == values.view(np.int64)).all())


def _type_for(low: int, high: int) -> type:
    fits = (kind for kind in _WHOLE if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return next(fits)


def read_lots(path: Path, arrays: int) -> list[Lot]:
    """All lots of a file, of so many arrays each."""
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        header = np.frombuffer(data, np.int64, 1 + 2 * arrays, at)
        at += header.nbytes
        parts = []
        for kind, size in _kinds(header):
            parts.append(np.frombuffer(data, kind, size, at))
            at += kind.itemsize * size
        found.append(Lot(int(header[0]), tuple(parts)))
    return found


def joined(lots: Sequence[Lot], array: int) -> np.ndarray:
    """One array of all rows (n,), in a type that holds every lot's."""
    parts = [lot.arrays[array] for lot in lots]
    if all(len(part) == 1 and part[0] == parts[0][0] for part in parts):
        return np.broadcast_to(parts[0], sum(lot.rows for lot in lots))
    return np.concatenate(
        [
            np.broadcast_to(part, lot.rows) if len(part) == 1 else part
            for lot, part in zip(lots, parts, strict=True)
        ]
    )


@dataclass(frozen=True)
class LotFile:
    """A file of one lot of so many `arrays`, of which some rows are read at a time.

    It is open while it is read, as there may be many.
    """

    path: Path
    arrays: int

    def read(self, start: int, rows: int) -> Iterator[np.ndarray]:
        """Rows [start, start + rows) of each array; length 1 where one value stands for all."""
        file = os.open(self.path, os.O_RDONLY)
        try:
            for kind, size, offset in self._places:
                part = np.empty(min(rows, size), dtype=kind)
                place = offset + (start * kind.itemsize if size > 1 else 0)
                if os.preadv(file, [part.data], place) != part.nbytes:
                    raise EOFError(f"{self.path} must hold {rows} rows from {start} on, but ends.")
                yield part
        finally:
            os.close(file)

    @cached_property
    def _places(self) -> list[tuple[np.dtype, int, int]]:
        header = np.fromfile(self.path, np.int64, 1 + 2 * self.arrays)
        found, at = [], header.nbytes
        for kind, size in _kinds(header):
            found.append((kind, size, at))
            at += kind.itemsize * size
        return found


def _kinds(header: np.ndarray) -> list[tuple[np.dtype, int]]:
    """Type and length of each array of a lot."""
    pairs = header[1:].reshape(-1, 2).tolist()
    return [(_TYPES[kind], size) for kind, size in pairs]
