"""Arrow's reader of text, set to change nothing: every field is text, an empty one is missing."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyarrow import csv

from fraud_assets.data.source.text.dialect import TextLayout

_BLOCK = 8 << 20


def read_stream(
    stream: Any, encoding: str, layout: TextLayout, places: Sequence[int], *, skip: int
) -> pa.Table:
    """The columns at these places, named by number, after `skip` lines.

    Raises
    ------
    ArrowInvalid
        If a line has another number of fields, or is not in the encoding.
    """
    table = csv.read_csv(stream, *_options(encoding, layout, places, skip))
    return table.rename_columns(list(map(str, range(len(places)))))


def read_parts_of_stream(
    stream: Any, encoding: str, layout: TextLayout, places: Sequence[int], *, skip: int
) -> Iterator[pa.Table]:
    """The same in parts of a few megabytes; raises as `read_stream`, at the latest at its end."""
    with csv.open_csv(stream, *_options(encoding, layout, places, skip)) as reader:
        for batch in reader:
            table = pa.Table.from_batches([batch])
            yield table.rename_columns(list(map(str, range(len(places)))))


def _options(
    encoding: str, layout: TextLayout, places: Sequence[int], skip: int
) -> tuple[csv.ReadOptions, csv.ParseOptions, csv.ConvertOptions]:
    names = list(map(str, range(len(layout.names))))
    wanted = [names[place] for place in places]
    return (
        csv.ReadOptions(
            block_size=_BLOCK,
            skip_rows=skip,
            column_names=names,
            encoding="utf-8" if encoding == "utf-8-sig" else encoding,
        ),
        csv.ParseOptions(delimiter=layout.sign, newlines_in_values=skip == 0),
        csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def read_lines(rows: list[str], layout: TextLayout, places: Sequence[int]) -> pa.Table:
    """The columns of records that Python's reader took for rows of the layout, each one text."""
    if not rows:
        return pa.table({str(at): pa.array([], pa.string()) for at in range(len(places))})
    if not rows[-1].endswith(("\n", "\r")):
        rows = [*rows[:-1], rows[-1] + "\n"]
    data = io.BytesIO("".join(rows).encode())
    table = read_stream(data, "utf-8", layout, places, skip=0)
    if table.num_rows != len(rows):
        raise AssertionError("two readers of text split the same lines in two ways")
    return table
