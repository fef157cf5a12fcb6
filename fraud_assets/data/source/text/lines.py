"""Physical lines of a text file in lists, so that a record may be looked at again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TextIO

from fraud_assets.errors import DataError

MAX_LINE = 4_000_000
"""Letters; what has no line end for so long is no table of payments."""

MAX_LINES = 1_000
"""Most lines of one record: a text within quotes may have hundreds, an open quote has no end."""

_PART = 4_000_000
"""Letters read at once."""

csv.field_size_limit(max(csv.field_size_limit(), 2**31 - 1))  # Python's own is 131,072 letters


def lists_of_lines(stream: TextIO, shown: str) -> Iterator[tuple[list[str], bool]]:
    """Whole lines with their ends, and whether they are the last ones.

    `stream` must be opened with newline="": only a carriage return, a line feed or both end a
    line, whatever else Unicode calls a line end.

    Raises
    ------
    DataError
        If a line is longer than `MAX_LINE`.
    """
    carried = ""
    while part := stream.read(_PART):
        lines = list(io.StringIO(carried + part, newline=""))
        carried = lines.pop()  # it may go on, if only by the second half of its end
        if len(carried) > MAX_LINE:
            raise DataError(
                f"{shown} must have lines of at most {MAX_LINE:,} letters, as a table has, but "
                "has a longer one. Is it text?"
            )
        yield lines, False
    yield [carried] if carried else [], True
