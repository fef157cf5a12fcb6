"""A step's value as named parts and back: a dataclass with its tables and arrays beside it.

Nothing here runs code out of what it reads: msgpack, Parquet and plain numpy arrays only. Bytes
of a fitted pipeline stay bytes; whoever unpickles them verifies their digest first.
"""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
import numpy as np
import pandas as pd

from fraud_assets.intermediates.frames import from_parquet, to_parquet

VALUE = "value.msgpack"
"""The part that holds all but tables and arrays, which it names."""

KEPT_BYTES = 64 * 2**20
"""Most bytes of Parquet whose tables stay in memory: a chain reads the same ones in every step."""

_TABLE, _ARRAY, _TIME = 1, 2, 3
_KIND = {"parquet": _TABLE, "npy": _ARRAY}

Parts = dict[str, bytes]
Value = TypeVar("Value")


def encode(value: object) -> Parts:
    """The value's parts by name.

    Raises
    ------
    TypeError
        If it holds something that is neither data nor a table or array.
    """
    parts: Parts = {}

    def put(suffix: str, data: bytes) -> msgspec.msgpack.Ext:
        name = f"{len(parts)}.{suffix}"
        parts[name] = data
        return msgspec.msgpack.Ext(_KIND[suffix], name.encode())

    def hook(part: Any) -> Any:
        if isinstance(part, pd.DataFrame):
            data = to_parquet(part)
            _TABLES.keep(data, part)
            return put("parquet", data)
        if isinstance(part, np.datetime64):
            return msgspec.msgpack.Ext(_TIME, str(part).encode())
        if isinstance(part, np.ndarray):
            return put("npy", _array_bytes(part))
        if isinstance(part, np.generic):
            return part.item()
        raise TypeError(f"A step's value must be data, got {type(part).__name__} inside it.")

    body = msgspec.msgpack.Encoder(enc_hook=hook).encode(value)
    return {VALUE: body, **parts}


def decode(parts: Mapping[str, bytes], kind: type[Value]) -> Value:
    """The value of type `kind` out of its parts.

    Raises
    ------
    ValueError
        If the parts are not those of such a value.
    """
    readers: dict[int, Callable[[bytes], Any]] = {
        _TABLE: lambda name: _TABLES.table(parts[name.decode()]),
        _ARRAY: lambda name: _array(parts[name.decode()]),
        _TIME: lambda text: np.datetime64(text.decode()),
    }

    def ext(code: int, data: memoryview) -> Any:
        return readers[code](bytes(data))

    def plain(wanted: type, value: Any) -> Any:
        if isinstance(value, wanted):
            return value
        raise ValueError(f"expected {wanted.__name__}, got {type(value).__name__}")

    try:
        return msgspec.msgpack.Decoder(kind, ext_hook=ext, dec_hook=plain).decode(parts[VALUE])
    except (msgspec.MsgspecError, KeyError) as error:
        raise ValueError(f"a step's value has another shape: {error}") from error


class _Tables:
    """The tables used last, by the digest of their bytes; whoever asks gets a copy on write."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[int, pd.DataFrame]] = OrderedDict()

    def table(self, data: bytes) -> pd.DataFrame:
        """The frame that the bytes hold."""
        kept = self._kept.get(hashlib.sha256(data).digest())
        return self.keep(data, from_parquet(data) if kept is None else kept[1])

    def keep(self, data: bytes, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the frame that the bytes hold, as the one used last; a copy of it."""
        digest = hashlib.sha256(data).digest()
        self._kept[digest] = len(data), frame.copy(deep=False)
        self._kept.move_to_end(digest)
        while sum(size for size, _ in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)
        return frame.copy(deep=False)


_TABLES = _Tables()


def _array_bytes(values: np.ndarray) -> bytes:
    if values.dtype == object:
        return b"P" + to_parquet(pd.DataFrame({"values": values}))
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return b"N" + buffer.getvalue()


def _array(data: bytes) -> np.ndarray:
    if data[:1] == b"P":
        return from_parquet(data[1:])["values"].to_numpy(dtype=object)
    return np.load(io.BytesIO(data[1:]), allow_pickle=False)
