"""A column as its distinct values, so that a definition in Python runs once for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class DistinctValues:
    """`values` as Python's own, and for each row (n,) the position of its value, -1 for missing."""

    codes: NDArray[np.int64]
    values: list[Any]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each value, (values,)."""
        present = self.codes[self.codes >= 0]
        counts: NDArray[np.int64] = np.bincount(present, minlength=len(self.values))
        return counts

    def spread(self, table: Sequence[Any], missing: Any, dtype: Any) -> NDArray[Any]:
        """What `table` says of each value, for each row (n,); `missing` where there is none."""
        full = np.empty(len(table) + 1, dtype=dtype)
        full[:-1] = table
        full[-1] = missing
        found: NDArray[Any] = full[self.codes]
        return found


def distinct(column: pd.Series) -> DistinctValues:
    """The column's distinct present values and where they stand."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return DistinctValues(column.cat.codes.to_numpy(np.int64), column.cat.categories.tolist())
    if column.dtype == object:  # a Series would make one float of 1.0 and 2**53 + 1
        codes, objects = pd.factorize(_hashable(column))
        return DistinctValues(codes.astype(np.int64), list(objects))
    codes, values = pd.factorize(column)
    if column.dtype == np.float32:  # the shortest decimal that it stands for, not its tail
        return DistinctValues(codes.astype(np.int64), [float(str(v)) for v in values.to_numpy()])
    return DistinctValues(codes.astype(np.int64), values.tolist())


_SAMPLE = 10_000


def repeats(column: pd.Series) -> bool:
    """Whether its first values are far fewer than their rows, so that distinct ones are cheap."""
    sample = column.iloc[: 10 * _SAMPLE].dropna().iloc[:_SAMPLE]
    return bool(2 * sample.nunique() < len(sample))


def _hashable(column: pd.Series) -> NDArray[Any]:
    """Objects (n,) that are equal only if they are the same: True is no 1, a list is its text."""
    values: NDArray[Any] = column.to_numpy()
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind.startswith("mixed") or kind == "unknown-array":
        changed = np.empty(len(values), dtype=object)
        changed[:] = [_plain(value) for value in values]
        return changed
    return values


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, bool | list | dict | set | np.ndarray) else value
