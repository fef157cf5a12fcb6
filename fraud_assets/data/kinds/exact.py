"""Tables and columns in memory without the loss of a digit, whatever stands beside it.

pandas makes floats of integers where one of them is missing or another file holds floats; above
2^53 that changes them. Here integers stay integers and columns of different types stay apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from fraud_assets.values.identity import EXACT

_INTEGERS = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
"""Types whose values a float64 cannot all hold; the smaller ones it can."""


def exact_frame(table: pa.Table) -> pd.DataFrame:
    """The table's columns in order; 64-bit integers stay integers beside missing ones."""
    frame = table.to_pandas(ignore_metadata=True)
    for at, column in enumerate(table.columns):
        if column.null_count and column.type in _INTEGERS:
            frame.isetitem(at, column.to_pandas(types_mapper=_INTEGERS.get))
    return frame


def joined_frames(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The frames below each other under a fresh index; all have the columns of the first.

    A column keeps its type where all frames agree on it, or one type holds all their values;
    else it holds each frame's own values as objects.
    """
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    names = list(frames[0].columns)
    return pd.DataFrame({name: _column([frame[name] for frame in frames]) for name in names})


def _column(pieces: list[pd.Series]) -> pd.Series:
    types = {piece.dtype for piece in pieces if not piece.isna().all()}
    if len(types) > 1 and not _one_holds_all(types, pieces):
        return pd.concat([piece.astype(object) for piece in pieces], ignore_index=True)
    kind = next(iter(types)) if len(types) == 1 else None
    empty = [piece.isna().all() and piece.dtype != kind for piece in pieces]
    if kind is not None and any(empty):
        kind = _with_missing(kind)
        pieces = [
            pd.Series([pd.NA] * len(piece), dtype=kind) if gone else piece.astype(kind)
            for piece, gone in zip(pieces, empty, strict=True)
        ]
    return pd.concat(pieces, ignore_index=True)


def _one_holds_all(types: set[object], pieces: list[pd.Series]) -> bool:
    if all(pd.api.types.is_datetime64_dtype(kind) for kind in types):
        return True
    if not all(_is_number(kind) for kind in types):
        return False
    signed = all(pd.api.types.is_signed_integer_dtype(kind) for kind in types)
    return signed or all(_fits_a_float(piece) for piece in pieces)


def _is_number(kind: object) -> bool:
    return bool(pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind))


def _fits_a_float(piece: pd.Series) -> bool:
    """Whether float64 holds each value as it is; a float32 is not the number it was cut from."""
    if piece.dtype == np.float64:
        return True
    if not pd.api.types.is_integer_dtype(piece.dtype):
        return False
    present = piece.dropna()
    return bool(present.empty or (present.min() >= -EXACT and present.max() <= EXACT))


def _with_missing(kind: object) -> object:
    if isinstance(kind, np.dtype) and kind.kind in "iu":
        return pd.Int64Dtype() if kind.kind == "i" else pd.UInt64Dtype()
    return pd.BooleanDtype() if kind == np.bool_ else kind
