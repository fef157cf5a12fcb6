"""A source's rows typed part by part, where each part can be read without the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import ROW
from fraud_assets.data.deliveries import delivery_column
from fraud_assets.data.exchange import in_one_currency, read_rates
from fraud_assets.data.kinds.exact import joined_frames
from fraud_assets.data.kinds.identity_column import SAMPLE
from fraud_assets.data.kinds.text import as_written
from fraud_assets.data.source.read import ExportPart, read_source_parts
from fraud_assets.data.typed import typed_rows
from fraud_assets.errors import DataError

BROKEN, FILE = "_broken", "_file"
"""Whether some value of the row breaks a rule; the place of its file among the source's."""

_TWO_FIELDS = (
    r"^\W*(?:[A-Za-z]{2,9}\.?,?\s+)?(?:\d{1,2}:\d{2}\S*(?:\s*[AaPp]\.?[Mm]\.?)?[\s,]+)?"
    r"\d{1,2}\s?[-/.\s]\s?\d{1,2}\s?[-/.\s]"
)
"""Dates that begin with day and month in either order, behind a weekday or a time of day."""


class WholeColumnError(Exception):
    """Only a whole column tells what its values mean; the sentence says which."""


@dataclass(frozen=True)
class TypedParts:
    """The names of the source's files, and typed rows in parts, with `BROKEN` and `FILE`.

    Identities are text.
    """

    names: list[str]
    rows: Iterator[pd.DataFrame]


def typed_parts(contract: Contract) -> TypedParts:
    """Type the contract's source part by part.

    Raises
    ------
    DataError
        As `read_source`; and `WholeColumnError` where a part does not say what it means.
    """
    time = contract.columns.event_time
    if time is not None and time.time is not None:
        raise WholeColumnError(f"The longest value of {time.time!r} says which digits are hours.")
    source = read_source_parts(contract)
    return TypedParts(source.names, _typed(source.parts, contract))


def _typed(parts: Iterator[ExportPart], contract: Contract) -> Iterator[pd.DataFrame]:
    rates = read_rates(contract)
    first, parts = _first_rows(parts)
    for part in parts:
        frame = part.frame.reset_index(drop=True)
        _refuse_doubt(frame, contract)
        try:
            typed = typed_rows(frame, contract, first)
        except DataError as error:
            raise WholeColumnError(str(error)) from error
        rows, masks = typed.rows, [*typed.failures.values()]
        if rates is not None:
            exchanged = in_one_currency(rows, frame, contract, rates)
            rows, masks = exchanged.rows, [*masks, exchanged.missing]
        broken = np.logical_or.reduce([mask.to_numpy(dtype=bool) for mask in masks])
        _refuse_counted_deliveries(rows, contract)
        yield rows.assign(
            **{name: as_written(rows[name]).astype(object) for name in _whole_numbers(rows)},
            **{ROW: part.position, BROKEN: broken, FILE: part.file},
        )


def _first_rows(parts: Iterator[ExportPart]) -> tuple[pd.DataFrame | None, Iterator[ExportPart]]:
    """The first rows, by which a column shows what its values look like, and all parts again."""
    taken: list[ExportPart] = []
    while sum(len(part.frame) for part in taken) < SAMPLE:
        part = next(parts, None)
        if part is None:
            break
        taken.append(part)
    frame = joined_frames([part.frame for part in taken]).head(SAMPLE) if taken else None
    return frame, chain(taken, parts)


def _whole_numbers(rows: pd.DataFrame) -> list[str]:
    """Columns of identities that are integers; some other part may hold text in them."""
    kinds = rows.dtypes.items()
    return [str(n) for n, k in kinds if isinstance(k, np.dtype) and k.kind in "iu" and n != ROW]


def _refuse_doubt(frame: pd.DataFrame, contract: Contract) -> None:
    """Dates of which all together tell whether the day or the month comes first."""
    delivered = contract.columns.delivered_at
    columns = [*contract.time_columns.values(), *([] if delivered is None else [delivered])]
    for time in columns:
        is_told = time.day_first is not None or time.format is not None
        if is_told or time.unit != "timestamp" or time.column not in frame:
            continue
        values = frame[time.column]
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            continue
        if as_written(values).str.match(_TWO_FIELDS, na=False).any():
            raise WholeColumnError(
                f"All dates of column {time.column!r} together say whether the day or the month "
                "comes first."
            )


def _refuse_counted_deliveries(rows: pd.DataFrame, contract: Contract) -> None:
    name = delivery_column(contract)
    if name is not None and not pd.api.types.is_datetime64_dtype(rows[name].dtype):
        raise WholeColumnError(f"The numbers of column {name!r} are ranks among all of them.")
