"""Reads one CSV or Parquet file as it stands. Text stays text, so that nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from fraud_assets.contract.schema import Source
from fraud_assets.data.kinds.exact import exact_frame
from fraud_assets.data.source.files import file_format, first_line
from fraud_assets.errors import DataError

_SEPARATORS = ",;\t|"


def read_table(file: Path | str, source: Source | None = None) -> pd.DataFrame:
    """One file, all columns under the names of its header, text unparsed.

    A name that stands twice in the header stands twice in the frame.

    Raises
    ------
    DataError
        If the file cannot be read, is neither CSV nor Parquet, or has rows longer than its header.
    """
    source = source or Source(path=str(file))
    kind = file_format(str(file), source)
    if kind is None:
        raise DataError(
            f"{file} must end in .csv or .parquet, or source.format must say which it is."
        )
    try:
        return _read_parquet(str(file)) if kind == "parquet" else _read_csv(str(file), source)
    except DataError:
        raise
    except Exception as error:  # each driver and codec raises its own
        reason = first_line(error)
        raise DataError(f"{file} must be a readable {kind} file: {reason}.") from error


def _read_parquet(file: str) -> pd.DataFrame:
    with fsspec.open(file, "rb") as stream:
        return exact_frame(pq.read_table(stream))


def _read_csv(file: str, source: Source) -> pd.DataFrame:
    options = _options(file, source)
    header = pd.read_csv(file, header=None, nrows=1, **options).iloc[0]
    names = [f"Unnamed: {at}" if pd.isna(name) else name for at, name in enumerate(header)]
    # One column more than the header has: a separator at each line's end must not shift the rest.
    # The header is read as a row, for its width is what tells the parser not to make an index.
    frame = pd.read_csv(file, header=None, names=range(len(names) + 1), **options)
    frame = frame.iloc[1:].reset_index(drop=True)
    surplus = frame.pop(len(names))
    spilled = surplus.notna() & (surplus.str.strip() != "")
    if spilled.any():
        raise DataError(
            f"{file} must have {len(names)} fields in every row, as in its header, but row "
            f"{int(np.argmax(spilled)) + 1} has more. Quote values that hold the separator "
            f"{options['sep']!r}, or set source.separator."
        )
    return frame.set_axis(names, axis=1)


def _options(file: str, source: Source) -> dict[str, Any]:
    separator = source.separator
    if separator == "auto":
        with fsspec.open(file, "rt", encoding=source.encoding, compression="infer") as stream:
            line = stream.readline()
        separator = max(_SEPARATORS, key=line.count)
    return {
        # More than one character would be taken for a pattern.
        "sep": separator if len(separator) == 1 else re.escape(separator),
        "engine": "c" if len(separator) == 1 else "python",
        "dtype": str,
        "keep_default_na": False,
        "na_values": [""],
        "encoding": "utf-8-sig" if source.encoding == "utf-8" else source.encoding,
    }
