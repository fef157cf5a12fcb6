"""Whatever source.path names is reached, or one sentence says why not and what to do."""

from __future__ import annotations

import pandas as pd
import pytest

from fraud_assets.data.source import read_source
from fraud_assets.errors import DataError
from tests.data.source.support import contract, read, records


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
        ("${NOT_SET_ANYWHERE}/x.csv", "environment variable NOT_SET_ANYWHERE"),
    ],
)
def test_a_place_that_cannot_be_reached_is_one_sentence(tmp_path, path, told):
    """It names the place, and the driver to install where one is missing."""
    with pytest.raises(DataError, match=told) as caught:
        read_source(contract(path, tmp_path))

    assert "\n" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("a,y\n1,0\n", {"encoding": "utf-99"}, "source.encoding must be an encoding"),
        ("a,y\n1,0\n", {"encoding": "zlib"}, "source.encoding must be an encoding"),
        (b"a,y\n\xff\xfe,1\n", {}, "Set source.encoding"),
        ("", {}, "is empty"),
        ("\n\n\n", {}, "is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, text, options, told):
    """Unknown encodings, broken bytes, nothing at all."""
    (tmp_path / "x.csv").write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(DataError, match=told) as caught:
        read(tmp_path, "x.csv", **options)

    assert "x.csv" in str(caught.value) or "encoding" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_parquet_file_is_one_sentence(tmp_path):
    """Text under the name of a Parquet file, and a file that lacks its end."""
    (tmp_path / "x.parquet").write_text("a,y\n1,2\n")
    pd.DataFrame({"a": range(1000), "y": 0}).to_parquet(tmp_path / "y.parquet")
    data = (tmp_path / "y.parquet").read_bytes()
    (tmp_path / "y.parquet").write_bytes(data[: len(data) // 2])

    for name in ("x.parquet", "y.parquet"):
        with pytest.raises(DataError, match="must be a readable parquet file"):
            read(tmp_path, name)


def test_all_files_at_fault_are_told_at_once(tmp_path):
    """One lacks a column, one is no Parquet, one is in another encoding; each by its name."""
    (tmp_path / "1.csv").write_text("a\n1\n")
    (tmp_path / "2.parquet").write_text("no")
    (tmp_path / "3.csv").write_bytes(b"a,y\n\xe4\xf6,0\n")
    (tmp_path / "4.csv").write_text("a,y\n1,0\n")

    with pytest.raises(DataError) as caught:
        read(tmp_path)

    told = str(caught.value)
    assert all(name in told for name in ("1.csv", "2.parquet", "3.csv"))
    assert "4.csv" not in told
    assert "missing: 'y'" in told


@pytest.mark.parametrize("separator", ["((", "||", "::", ".*"])
def test_a_separator_means_itself(tmp_path, separator):
    """Longer ones are no patterns; quotes keep them inside a field."""
    text = f'a{separator}y\n"1{separator}2"{separator}3\n4{separator}5\n'
    (tmp_path / "x.csv").write_text(text)

    found = records(read(tmp_path, "x.csv", separator=separator))

    assert found == [{"y": "3", "a": f"1{separator}2"}, {"y": "5", "a": "4"}]


@pytest.mark.parametrize("header", ["a,a,y", "A,a ,y"])
def test_a_column_that_stands_twice_is_refused_where_the_contract_needs_it(tmp_path, header):
    """Nobody knows which of the two is meant."""
    (tmp_path / "x.csv").write_text(f"{header}\n1,2,0\n")

    with pytest.raises(DataError, match=r"more than once: 'a'"):
        read(tmp_path, "x.csv")


def test_a_column_that_stands_twice_and_is_not_needed_is_left(tmp_path):
    """Its copies hinder nobody; an exact name goes before one alike."""
    (tmp_path / "x.csv").write_text("b,b,A,a,y\n1,2,3,4,0\n")

    assert records(read(tmp_path, "x.csv")) == [{"y": "0", "a": "4"}]


def test_a_source_of_more_rows_than_the_contract_allows_is_refused(tmp_path):
    """Counted over all files, before a Parquet file is read at all."""
    (tmp_path / "1.csv").write_text("a,y\n" + "1,0\n" * 60)
    pd.DataFrame({"a": [1] * 60, "y": [0] * 60}).to_parquet(tmp_path / "2.parquet")

    assert len(read(tmp_path, max_rows=120)) == 120
    for rows in (119, 59):
        with pytest.raises(DataError, match=f"at most {rows} rows.*source.max_rows"):
            read(tmp_path, max_rows=rows)
