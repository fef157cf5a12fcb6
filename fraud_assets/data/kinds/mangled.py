"""Whether a column's texts went through a wrong encoding before they came here."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fraud_assets.data.kinds.distinct import DistinctValues
from fraud_assets.data.notes import Note, rows_of
from fraud_assets.values.mangled import LOST, mended


def is_ascii(text: pd.Series) -> bool:
    """Whether no present text has a letter beyond ASCII."""
    found = pc.all(pc.string_is_ascii(pa.array(text, pa.string(), from_pandas=True))).as_py()
    return found is not False


def mangled_notes(found: DistinctValues, name: object) -> Iterator[Note]:
    """Notes on texts that were read as another encoding, or have lost letters."""
    counts = zip(found.values, found.counts.tolist(), strict=True)
    odd = [(value, n) for value, n in counts if isinstance(value, str) and not value.isascii()]
    read = [(value, n, was) for value, n in odd if (was := mended(value)) is not None]
    if read:
        value, _, was = read[0]
        rows = sum(n for _, n, _ in read)
        yield Note(
            "mojibake",
            f"Column {name!r} holds {rows_of(rows)} such as {value!r}, which was likely {was!r}: "
            'UTF-8 that was read as another encoding. Set source.encoding = "utf-8" where it is '
            "another, else have the export made anew; a city must not have two names.",
            rows,
            str(name),
        )
    lost = [(value, n) for value, n in odd if LOST in value]
    if lost:
        rows = sum(n for _, n in lost)
        yield Note(
            "letters_lost",
            f"Column {name!r} holds {rows_of(rows)} such as {lost[0][0]!r} in which a program put "
            f"{LOST!r} for a letter that it could not read; what stood there is gone. Export it "
            "anew as UTF-8.",
            rows,
            str(name),
        )
