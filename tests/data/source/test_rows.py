"""Which lines of a text file are rows: the others are set aside under a rule, never merged."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from fraud_assets.data.source.table import RowBound
from fraud_assets.data.source.text.careful import read_carefully
from fraud_assets.data.source.text.dialect import TextFile, TextLayout
from fraud_assets.data.source.text.fast import read_fast
from fraud_assets.errors import DataError
from tests.data.source.support import cells, read, records, rows_of, rules

ROW = "P{i},2025-01-0{d} 10:00,{i}.50,shop,0"
HEADER = "id,time,amount,shop,y"


def payments(first: int, last: int) -> list[str]:
    return [ROW.format(i=i, d=1 + i % 9) for i in range(first, last)]


def table(folder, *lines: str, **options):
    file = folder / "x.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return rows_of(file, **options)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("P9,2025-01-01,1,234.50,shop,0", "too_many_fields"),
        ("P9,2025-01-01,5", "too_few_fields"),
        (HEADER, "repeated_header"),
        (HEADER.upper(), "repeated_header"),
        ("\ufeff" + HEADER, "repeated_header"),
        ("Total,,1234.50,,", "total_line"),
        ("Total;;123", "total_line"),
        (",,Summe: 1234,,", "total_line"),
        ("Grand total,6000", "total_line"),
        ("ИТОГО:,,5,,", "total_line"),
        (",,,,", "empty_row"),
        (" , ,,,", "empty_row"),
        ("(6000 rows affected)", "too_few_fields"),
        ("-- end of export --", "too_few_fields"),
        ("P9,2025-01-01,\0\0\0,shop,0", "nul_byte"),
        ("\0" * 40, "nul_byte"),
        ('P9,2025-01-01,5,"27 inch TV,0', "unclosed_quote"),
    ],
)
@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_line_that_is_no_row_is_set_aside_with_its_rule_line_and_text(tmp_path, line, rule, at):
    """The rows around it are all there, whether it stands first, between them or last."""
    lines = payments(1, 7)
    lines.insert(at, line)

    rows = table(tmp_path, HEADER, *lines)

    assert [row[0] for row in cells(rows)] == [f"P{i}" for i in range(1, 7)]
    assert rules(rows.lines) == [rule]
    assert rows.lines["_line"].tolist() == [at + 2]
    assert rows.lines["_text"].iloc[0] == line[:500]
    assert rows.position.tolist() == [i for i in range(7) if i != at]
    assert rows.lines["_row"].tolist() == [at]
    assert rows.records == 7


@pytest.mark.parametrize("apart", [1, 2, 7, 400, 3000])
@pytest.mark.parametrize("column", [0, 3, 4])
def test_two_unclosed_quotes_cost_two_rows_however_far_apart(tmp_path, apart, column):
    """The quote that a second one would close swallows no payment, and merges none."""
    lines = payments(1, 3100)
    for at in (50, 50 + apart):
        parts = lines[at].split(",")
        parts[column] = '"' + parts[column]
        lines[at] = ",".join(parts)

    rows = table(tmp_path, HEADER, *lines)

    expected = [f"P{i}" for i in range(1, 3100) if i not in (51, 51 + apart)]
    assert [row[0] for row in cells(rows)] == expected
    assert rules(rows.lines) == ["unclosed_quote", "unclosed_quote"]
    assert rows.lines["_line"].tolist() == [52, 52 + apart]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "text",
    [
        "first\nsecond",
        "Dear John,\n\nthe TV is broken, it smells, and it is loud.\n\nYours",
        "\n",
        "a, b, c, d, e\nf, g, h, i, j\nk, l, m, n, o",
        'he said "no"\nand left',
        "\n".join(["line"] * 300),
    ],
)
@pytest.mark.parametrize("column", [0, 3, 4])
def test_a_text_of_several_lines_within_quotes_is_one_field(tmp_path, text, column, ends):
    """Letters to support keep their line breaks, commas and quotes."""
    text = text.replace("\n", ends)
    expected = [line.split(",") for line in payments(1, 30)]
    expected[10][column] = expected[20][column] = text
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=ends).writerows([HEADER.split(","), *expected])
    (tmp_path / "x.csv").write_text(stream.getvalue(), newline="")

    rows = rows_of(tmp_path / "x.csv")

    assert cells(rows) == expected
    assert rules(rows.lines) == []


def test_a_quote_open_to_the_end_costs_its_line_only(tmp_path):
    """Nothing closes it, and all rows after it are read."""
    lines = payments(1, 2000)
    lines[100] = 'P101,2025-01-01,5,"27 inch TV,0'

    rows = table(tmp_path, HEADER, *lines)

    assert len(rows.frame) == 1998
    assert rules(rows.lines) == ["unclosed_quote"]


def test_quotes_inside_of_a_field_are_letters(tmp_path):
    """A size in inches is no quoted field."""
    rows = table(tmp_path, HEADER, 'P1,2025-01-01,5,TV 27",0', 'P2,2025-01-01,5,5" x 7",0')

    assert [row[3] for row in cells(rows)] == ['TV 27"', '5" x 7"']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b;c\n1;2;3;\n4;5;6; \n", [["1", "2", "3"], ["4", "5", "6"]]),
        ("a,b,\n1,2,\n3,4\n", [["1", "2", ""], ["3", "4", ""]]),
        ("a,b\n\n1,2\n\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
        ("a,b\n1,2\n3,4", [["1", "2"], ["3", "4"]]),
        ('a, b\n1, 2\n3, "4, 5"\n', [["1", "2"], ["3", "4, 5"]]),
        ("sep=;\na;b\n1,5;2\n", [["1,5", "2"]]),
        ('"sep=|"\na|b\n1;5|2,3\n', [["1;5", "2,3"]]),
        ("a\tb\n1\t2\n", [["1", "2"]]),
        ("a\x01b\n1\x012\n", [["1", "2"]]),
        ("a;b;c\n1,5;2,5;x\n1,5;2,5;x\n", [["1,5", "2,5", "x"]] * 2),
        ('"a;1","b"\n1,2\n', [["1", "2"]]),
        ("a\n1\n2\n", [["1"], ["2"]]),
        ("a,b\n", []),
    ],
)
def test_layouts_that_programs_write_are_read(tmp_path, text, expected):
    """Ends of lines, empty lines, spreadsheets' first line, blanks, decimal commas, one column."""
    (tmp_path / "x.csv").write_text(text, newline="")

    rows = rows_of(tmp_path / "x.csv")

    assert cells(rows) == expected
    assert rules(rows.lines) == []


def test_lines_before_the_header_are_set_aside(tmp_path):
    """A report's title and date stand above the columns that the contract names."""
    (tmp_path / "x.csv").write_text("Payments of May\n\nfrom,2025-05-01\na,b,y\n1,2,0\n")

    export = read(tmp_path, "x.csv")

    assert records(export) == [{"y": "0", "a": "1"}]
    assert rules(export.set_aside) == ["before_header", "before_header"]
    assert export.set_aside["_line"].tolist() == [1, 3]


def test_separators_order_and_more_columns_may_differ_by_file(tmp_path):
    """Each file of a source is looked at on its own."""
    (tmp_path / "1.csv").write_text("a,y\n1,0\n")
    (tmp_path / "2.csv").write_text("y;more;a\n1;x;2\n")
    (tmp_path / "3.tsv").write_text("A\t y\n3\t0\n")

    assert records(read(tmp_path)) == [
        {"y": "0", "a": "1"},
        {"y": "1", "a": "2"},
        {"y": "0", "a": "3"},
    ]


def test_a_line_without_an_end_is_refused(tmp_path):
    """What has no line break in millions of letters is no table."""
    (tmp_path / "x.csv").write_text("a,y\n" + "1" * 5_000_000)

    with pytest.raises(DataError, match="lines of at most 4,000,000 letters"):
        read(tmp_path, "x.csv")


CELL = st.lists(
    st.sampled_from(["a", "7", ",", ";", "|", '"', "\n", "\r", " ", "é", "\t", "\u2028", "total"]),
    max_size=6,
).map("".join)
"""Whatever makes reading hard, often."""


def written(rows: list[list[str]], **dialect: object) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, **dialect).writerows(rows)  # type: ignore[arg-type]
    return stream.getvalue()


@settings(max_examples=200, deadline=None)
@given(
    st.integers(3, 5).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8)
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_any_table_that_a_writer_quotes_is_read_back(
    tmp_path_factory, rows, separator, ends, is_all_quoted
):
    """Law: cell by cell what Python's writer wrote, which is also the oracle.

    Unless a text holds a line that is a row by itself: nobody could tell it from a payment.
    """
    parts = [part for row in rows for cell in row for part in re.split(r"[\n\r]", cell)]
    assume(all(part.count(separator) <= 1 for part in parts))
    folder = tmp_path_factory.mktemp("law")
    # A first cell keeps each line from being a total, empty, or like another line of the file.
    width = len(rows[0]) if rows else 3
    header = [f"name{at}" for at in range(width + 1)]
    marked = [[f"{at}.", *row] for at, row in enumerate(rows)]
    # Of line breaks the writer quotes only those that end its own lines.
    has_breaks = any(set(cell) & set("\r\n") for row in rows for cell in row)
    quoting = csv.QUOTE_ALL if is_all_quoted or has_breaks else csv.QUOTE_MINIMAL
    text = written([header, *marked], delimiter=separator, lineterminator=ends, quoting=quoting)
    (folder / "x.csv").write_text(text, encoding="utf-8", newline="")

    read_back = rows_of(folder / "x.csv", separator=separator)

    assert cells(read_back) == marked
    assert read_back.lines.empty


LINE = st.lists(
    st.sampled_from(
        ["a", "7", ",", ",", '"', "\n", "\r\n", "\r", " ", "total", "x,y,z\n", "1,2,3\n", "\0"]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(LINE)
@example('1,"2,3\n')
@example('"a"b"c",2,3\n')
@example("x,y,z\n")
@example("\n\n1,2,3\r\n")
def test_the_fast_reader_gives_what_the_careful_one_gives_or_nothing(text):
    """Law: of any text; a file that one of them reads otherwise would depend on its neighbours."""
    layout = TextLayout(("x", "y", "z"), ",", (), 1)
    whole = TextFile("x.csv", "utf-8", layout)
    data = ("x,y,z\n" + text).encode()

    fast = read_fast(io.BytesIO(data), whole, [2, 0], RowBound(1000))

    slow = read_carefully(
        io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=""), whole, [2, 0], RowBound(1000)
    )
    assert fast is None or (cells(fast), fast.records) == (cells(slow), slow.records)
    assert fast is None or slow.lines.empty
