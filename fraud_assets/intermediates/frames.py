"""A DataFrame as Parquet and back, equal in every value, type and name."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_TYPES = b"fraud_assets.columns"
"""Key of the schema's metadata under which names and types of the columns stand."""


class _Column(msgspec.Struct):
    """`how` the values are stored: as they are, as text, or each packed on its own."""

    name: str
    dtype: str
    how: str


def to_parquet(frame: pd.DataFrame) -> bytes:
    """The frame's bytes; its index must hold whole numbers.

    Raises
    ------
    TypeError
        If the index holds other values, or an object column what msgpack does not carry.
    """
    columns, arrays = [], []
    for at in range(frame.shape[1]):
        how, array = _array(frame.iloc[:, at])
        columns.append(_Column(str(frame.columns[at]), str(frame.dtypes.iloc[at]), how))
        arrays.append(array)
    counts = isinstance(frame.index, pd.RangeIndex)
    if not counts and frame.index.dtype != np.int64:
        raise TypeError("A table between steps must have an index of whole numbers; reset it.")
    # A counted index leaves a column of nothing, which costs no room and keeps the rows' number.
    arrays.append(pa.nulls(len(frame)) if counts else pa.array(frame.index.to_numpy()))
    count = [frame.index.start, frame.index.step] if counts else None
    described = msgspec.json.encode({"columns": columns, "count": count})
    fields = [pa.field(str(at), array.type) for at, array in enumerate(arrays)]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={_TYPES: described}))
    buffer = io.BytesIO()
    # A dictionary of distinct numbers, and statistics for filters, would cost as much as the rest.
    texts = [field.name for field in fields if pa.types.is_string(field.type)]
    pq.write_table(table, buffer, compression="zstd", use_dictionary=texts, write_statistics=False)
    return buffer.getvalue()


def from_parquet(data: bytes) -> pd.DataFrame:
    """The frame that `to_parquet` wrote."""
    table = pq.read_table(io.BytesIO(data))
    described = msgspec.json.decode(table.schema.metadata[_TYPES])
    columns = msgspec.convert(described["columns"], list[_Column])
    index: pd.Index = pd.Index(table.column(len(columns)).to_numpy())
    if described["count"] is not None:
        start, step = described["count"]
        index = pd.RangeIndex(start, start + step * table.num_rows, step)
    series = [
        _series(table.column(at), column).set_axis(index) for at, column in enumerate(columns)
    ]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame(index=index)
    return frame.set_axis([column.name for column in columns], axis=1)


def _array(values: pd.Series) -> tuple[str, pa.Array]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    if values.dtype == object:
        texts = _texts(values)
        if texts is not None:
            return "text", texts
        return "packed", pa.array([_pack(value) for value in values], pa.binary())
    array = (
        pa.array(values.to_numpy(), from_pandas=False) if _is_numpy(values) else pa.array(values)
    )
    return "plain", array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _texts(values: pd.Series) -> pa.Array | None:
    """Texts, and nothing else but missing ones as NaN, as one array; None for other objects."""
    if len(values) and pd.api.types.infer_dtype(values, skipna=True) not in ("string", "empty"):
        return None
    texts = pa.array(values.to_numpy(dtype=object), pa.string(), from_pandas=True)
    missing = values[texts.is_null().to_numpy(zero_copy_only=False)]
    return texts if missing.map(_is_nan).all() else None


def _is_numpy(values: pd.Series) -> bool:
    return isinstance(values.dtype, np.dtype) and values.dtype.kind in "biuf"


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and np.isnan(value)


def _series(column: pa.ChunkedArray, described: _Column) -> pd.Series:
    if described.how == "text":
        return pd.Series(_shared_texts(column), dtype=object).astype(described.dtype)
    if described.how == "packed":
        unpacked = np.empty(len(column), dtype=object)
        unpacked[:] = [_unpack(value) for value in column.to_pylist()]
        return pd.Series(unpacked, dtype=object)
    if described.dtype.endswith("[pyarrow]"):
        return pd.Series(pd.arrays.ArrowExtensionArray(column))
    if pa.types.is_floating(column.type) or described.dtype in _NUMPY:
        return pd.Series(column.to_numpy()).astype(described.dtype)
    return _nullable(column, described.dtype)


def _shared_texts(column: pa.ChunkedArray) -> np.ndarray:
    """Texts as objects, NaN for missing; equal ones are one object, which is most of the memory."""
    coded = column.cast(pa.large_string()).combine_chunks().dictionary_encode()
    texts = np.array([*coded.dictionary.to_pylist(), np.nan], dtype=object)
    return texts[coded.indices.fill_null(len(coded.dictionary)).to_numpy()]


_NUMPY = {"bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}


def _nullable(column: pa.ChunkedArray, dtype: str) -> pd.Series:
    """Types that know missing values: nullable numbers, text, times."""
    kind = pd.api.types.pandas_dtype(dtype)
    if hasattr(kind, "__from_arrow__"):
        return pd.Series(kind.__from_arrow__(column))
    return column.to_pandas().astype(dtype)


def _pack(value: Any) -> bytes:
    if isinstance(value, pd.Timestamp):
        return msgspec.msgpack.encode({"time": value.isoformat()})
    if value is pd.NaT or value is pd.NA:
        return msgspec.msgpack.encode({"missing": str(value)})
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return msgspec.msgpack.encode({"digits": str(value)})
    return msgspec.msgpack.encode({"is": value})


def _unpack(data: bytes) -> Any:
    ((kind, value),) = msgspec.msgpack.decode(data).items()
    return _KINDS[kind](value)


_KINDS: dict[str, Callable[[Any], Any]] = {
    "is": lambda value: value,
    "time": pd.Timestamp,
    "digits": int,
    "missing": {"NaT": pd.NaT, "<NA>": pd.NA}.__getitem__,
}
