"""Whatever a source is, its rows are read as they stand or one sentence says why not."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.contract.schema import Source
from fraud_assets.data.source import read_source, read_table
from fraud_assets.errors import DataError


def contract(path: str, base):
    return parse_contract(
        f"format = 1\nname = 't'\nsource = {{ path = '{path}' }}\nlabel = {{ column = 'y' }}\n"
        "features = { numeric = ['a'] }\nwindows = { by = 'shares' }\n",
        base=base,
    )


def table(folder, text: str | bytes, **options):
    file = folder / "x.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    frame = read_table(file, Source(path="x", **options))
    return list(frame.columns), frame.fillna("").to_numpy().tolist()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("s3://bucket/x.csv", "pip install s3fs"),
        ("gs://bucket/*.csv", "pip install gcsfs"),
        ("http://localhost:1/x.csv", "pip install requests aiohttp"),
        ("foo://x.csv", "Protocol not known: foo"),
        ("ftp://127.0.0.1:1/x.csv", "refused"),
        ("zip://a.csv::/nowhere/a.zip", "No such file"),
        ("nowhere.csv", "nothing lies at"),
    ],
)
def test_a_place_that_cannot_be_reached_is_one_sentence(tmp_path, path, told):
    """It names the place, and the driver to install where one is missing."""
    with pytest.raises(DataError, match=told) as caught:
        read_source(contract(path, tmp_path))

    assert path.split("://")[-1][:5] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_inside_an_archive_is_read(tmp_path):
    """The URL of a file in a ZIP keeps both parts."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.csv", "a,y\n1,0\n")

    frame = read_source(contract(f"zip://x.csv::{tmp_path}/a.zip", tmp_path)).frame

    assert frame.to_dict("records") == [{"a": "1", "y": "0"}]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a,b\n", {"encoding": "utf-99"}),
        (b"a,b\n\xff\xfe,1\n", {}),
        ("", {}),
        ('a,b\n1,"2\n', {}),
        ("a,b\n1,2\n3,4,5,6\n", {}),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, text, options):
    """Unknown encodings, broken bytes, nothing at all, open quotes, rows of any length."""
    with pytest.raises(DataError, match="must be a readable csv file"):
        table(tmp_path, text, **options)


def test_a_broken_parquet_file_is_one_sentence(tmp_path):
    """Text under the name of a Parquet file."""
    (tmp_path / "x.parquet").write_text("a,y\n1,2\n")

    with pytest.raises(DataError, match="must be a readable parquet file"):
        read_source(contract("x.parquet", tmp_path))


def test_a_separator_at_each_rows_end_shifts_nothing(tmp_path):
    """Rows of one empty field more than the header keep their columns."""
    assert table(tmp_path, "a;b;c\n1;2;3;\n4;5;6; \n") == (
        ["a", "b", "c"],
        [["1", "2", "3"], ["4", "5", "6"]],
    )


def test_a_field_more_than_the_header_has_is_refused_with_its_row(tmp_path):
    """An unquoted "1,234" must not push its half into the next column."""
    with pytest.raises(DataError, match=r"row 2 has more.*Quote"):
        table(tmp_path, "a,b\n1,2\n3,4,5\n")


@pytest.mark.parametrize("separator", ["((", "||", "::", ".*"])
def test_a_separator_means_itself(tmp_path, separator):
    """Longer ones are no patterns."""
    text = f"a{separator}b\n1{separator}2\n"

    assert table(tmp_path, text, separator=separator) == (["a", "b"], [["1", "2"]])


@pytest.mark.parametrize("header", ["a,a,y", "A,a ,y"])
def test_a_column_that_stands_twice_is_refused_where_the_contract_needs_it(tmp_path, header):
    """Nobody knows which of the two is meant."""
    (tmp_path / "x.csv").write_text(f"{header}\n1,2,0\n")

    with pytest.raises(DataError, match=r"more than once: 'a'"):
        read_source(contract("x.csv", tmp_path))


def test_a_column_that_stands_twice_and_is_not_needed_is_left(tmp_path):
    """Its copies hinder nobody; an exact name goes before one alike."""
    (tmp_path / "x.csv").write_text("b,b,A,a,y\n1,2,3,4,0\n")

    frame = read_source(contract("x.csv", tmp_path)).frame

    assert frame.to_dict("records") == [{"a": "4", "y": "0"}]


CELL = st.text(st.characters(codec="ascii", min_codepoint=48, max_codepoint=90), min_size=1)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_was_written_is_read(tmp_path_factory, rows, separator):
    """Law: cells come back as text, cell by cell, with and without a separator at the end."""
    folder = tmp_path_factory.mktemp("law")
    safe = [[cell.replace(";", "x") for cell in row] for row in rows]
    lines = [separator.join(["a", "b", "c"]), *(separator.join(row) for row in safe)]

    plain = table(folder, "\n".join(lines), separator=separator)
    closed = table(folder, "\n".join([lines[0], *(f"{line}{separator}" for line in lines[1:])]))

    assert plain == (["a", "b", "c"], safe)
    assert closed == plain
