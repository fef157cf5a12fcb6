"""What rows say, whatever they came from: the same payments have the same digests.

Ids that came as whole numbers count as their text, and every instant in microseconds.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud_assets.data.kinds.text import as_written


def digest_of_rows(*parts: pd.DataFrame) -> str:
    """SHA-256 over the names of the columns and every value of frames in their order."""
    digest = hashlib.sha256("\0".join(map(str, parts[0].columns)).encode())
    for part in parts:
        if len(part):
            digest.update(row_digests(part).tobytes())
    return digest.hexdigest()


def row_digests(rows: pd.DataFrame) -> NDArray[np.uint64]:
    """A number (n,) for what each row says, its place left out."""
    plain = pd.DataFrame({name: _plain(column) for name, column in rows.items()})
    found: NDArray[np.uint64] = pd.util.hash_pandas_object(plain, index=False).to_numpy()
    return found


def _plain(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.astype("datetime64[us]")
    if pd.api.types.is_float_dtype(column.dtype):
        return column.astype(np.float64)
    text = as_written(column)
    return text.astype(object).where(text.notna(), np.nan)
