"""Names and values of data that would be markup, links or further rows where people look.

At d2ae1cc the heads of tables in Dagster's markdown were not escaped.
"""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.orchestration.shown import metadata
from fraud_assets.report import tables

ODD = [
    "a|b",
    "a\n|x|y|",
    "a\r\n\r\n# heading",
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/pixel)",
    "[click](javascript:alert(1))",
    "`code`",
    "a\u2028b",
    "&lt;script&gt;",
    "\\|",
    "**bold** ~~struck~~ $x$",
]
_MARKUP = re.compile(r"(?<!\\)(?:\\\\)*[\[\]()`*_!|~$<>]")


def cells(line: str) -> list[str]:
    """A markdown row's cells, split where a bar is not escaped."""
    return re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]


@pytest.mark.parametrize("odd", ODD)
def test_a_columns_name_is_one_cell_of_the_sample_in_dagster(odd: str) -> None:
    """Heads and values alike: as many rows and cells as the table has, and no markup in them."""
    frame = pd.DataFrame({odd: ["x", odd], "second": [odd, "y"]})

    text = metadata._sample(frame).md_str

    lines = text.split("\n")
    assert len(lines) == 4
    assert {len(cells(line)) for line in lines} == {2}
    assert not any(_MARKUP.search(cell) for line in lines for cell in cells(line))


@given(text=st.text(max_size=60))
def test_law_of_cells(text: str) -> None:
    """Whatever a text holds, its cell is one line without markup that is not escaped."""
    cell = tables.escaped(text)

    assert len(cell.splitlines()) <= 1
    assert not _MARKUP.search(cell)
