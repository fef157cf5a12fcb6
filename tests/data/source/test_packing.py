"""Packed files are read like plain ones, whatever they are called; what is no table is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraud_assets.errors import DataError
from tests.data.source.support import read, records

TABLE = b"a,y\n1,0\n2,1\n"
ROWS = [{"y": "0", "a": "1"}, {"y": "1", "a": "2"}]


def zipped(data: bytes, name: str = "x.csv") -> bytes:
    return zip_of({name: data})


def zip_of(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(data)
    return sink.getvalue().to_pybytes()


def parquet(**columns: list[object]) -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(columns).to_parquet(stream)
    return stream.getvalue()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
    ".zip": zipped,
}


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("name", ["x.csv", "x.CSV", "x.txt", "x"])
def test_every_kind_of_packing_is_read(tmp_path, ending, name):
    """By its content; the file's own name says the kind, or for one file the member's."""
    (tmp_path / f"{name}{ending}").write_bytes(PACKED[ending](TABLE))

    if name == "x" and ending != ".zip":
        with pytest.raises(DataError, match=r"name it \.csv or \.parquet"):
            read(tmp_path)
        assert records(read(tmp_path, format="csv")) == ROWS
    else:
        assert records(read(tmp_path)) == ROWS


@pytest.mark.parametrize("ending", PACKED)
def test_a_wrong_ending_deceives_nobody(tmp_path, ending):
    """Packed under a plain name, plain under a packed one, packed as something else."""
    (tmp_path / "1.csv").write_bytes(PACKED[ending](TABLE))
    (tmp_path / f"2.csv{ending}").write_bytes(TABLE)
    (tmp_path / "3.csv.gz").write_bytes(PACKED[ending](TABLE))

    assert records(read(tmp_path)) == ROWS * 3


@pytest.mark.parametrize("ending", PACKED)
def test_a_packed_parquet_file_is_read(tmp_path, ending):
    """Under its own name, and under that of text."""
    data = parquet(a=[1, 2], y=[0, 1])
    pack = PACKED[ending] if ending != ".zip" else (lambda d: zipped(d, "x.parquet"))
    (tmp_path / f"1.parquet{ending}").write_bytes(pack(data))
    (tmp_path / "2.csv").write_bytes(data)

    found = records(read(tmp_path))

    assert found == [{"y": 0, "a": 1}, {"y": 1, "a": 2}] * 2


def test_packed_files_may_be_packed_again_within_bounds(tmp_path):
    """A zip of zips of gz is read; one that nests too deep is refused."""
    thrice = zip_of({"inner.zip": zip_of({"x.csv.gz": gzip.compress(TABLE)})})
    (tmp_path / "a.zip").write_bytes(thrice)
    assert records(read(tmp_path)) == ROWS

    deep = TABLE
    for _ in range(6):
        deep = gzip.compress(deep)
    (tmp_path / "b.csv.gz").write_bytes(deep)
    with pytest.raises(DataError, match="packed at most 4 times"):
        read(tmp_path)


def test_members_are_read_skipped_by_a_rule_or_refused_by_name(tmp_path):
    """As files of a folder are."""
    members = {
        "week_2.csv": TABLE,
        "week_10.csv": TABLE,
        "readme.txt": b"about",
        "__MACOSX/._week_2.csv": b"\0\1",
        ".hidden.csv": b"no",
        "sub/_SUCCESS": b"",
    }
    (tmp_path / "a.zip").write_bytes(zip_of(members))

    found = read(tmp_path)

    assert records(found) == ROWS * 2
    assert sorted(skipped.path for skipped in found.skipped) == [
        "a.zip/.hidden.csv",
        "a.zip/__MACOSX/._week_2.csv",
        "a.zip/readme.txt",
        "a.zip/sub/_SUCCESS",
    ]
    assert all(skipped.why for skipped in found.skipped)
    (tmp_path / "a.zip").write_bytes(zip_of(members | {"week_3.xlsx": b"x", "week_4.json": b"{}"}))
    with pytest.raises(DataError, match=r"week_3\.xlsx \(save its table as CSV\).*week_4\.json"):
        read(tmp_path)


def test_each_member_is_a_file_with_rows_and_bytes(tmp_path):
    """The report lists them under the archive's name."""
    (tmp_path / "a.zip").write_bytes(zip_of({"1.csv": TABLE, "2.csv": b"a,y\n5,0\n"}))

    files = read(tmp_path).files

    assert [(file.path, file.rows) for file in files] == [("a.zip/1.csv", 2), ("a.zip/2.csv", 1)]
    assert all(file.bytes > 0 for file in files)


@pytest.mark.parametrize("ending", PACKED)
def test_an_empty_table_is_skipped_by_name_beside_others(tmp_path, ending):
    """Nothing inside, plain or packed; alone it is a sentence."""
    (tmp_path / f"empty.csv{ending}").write_bytes(PACKED[ending](b""))
    with pytest.raises(DataError, match="empty"):
        read(tmp_path)

    (tmp_path / "x.csv").write_bytes(TABLE)
    found = read(tmp_path)

    assert records(found) == ROWS
    assert [skipped.path for skipped in found.skipped] == [f"empty.csv{ending}"]


def test_an_archive_without_members_is_a_sentence_and_no_silence(tmp_path):
    """A zip that holds nothing gives no payments."""
    (tmp_path / "a.zip").write_bytes(zip_of({}))

    with pytest.raises(DataError, match=r"a\.zip"):
        read(tmp_path)


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("left", [0.5, 0.95])
def test_a_file_cut_short_is_refused_by_name(tmp_path, ending, left):
    """Half of a download is no week of payments."""
    data = PACKED[ending](b"a,y\n" + b"".join(b"%d,%d\n" % (i * 7919, i % 2) for i in range(5000)))
    (tmp_path / f"x.csv{ending}").write_bytes(data[: int(len(data) * left)])

    with pytest.raises(DataError, match=rf"x\.csv\{ending}"):
        read(tmp_path)


def test_an_archive_with_a_password_or_of_a_kind_not_read_is_refused(tmp_path):
    """With what to do; a workbook is an archive by its bytes only."""
    locked = bytearray(zipped(TABLE))
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    locked[6] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(locked))
    with pytest.raises(DataError, match="must not need a password"):
        read(tmp_path)

    (tmp_path / "a.zip").write_bytes(zip_of({"[Content_Types].xml": b"<x/>", "xl/a.xml": b""}))
    with pytest.raises(DataError, match="workbook"):
        read(tmp_path)

    (tmp_path / "a.zip").unlink()
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        (tmp_path / "x.csv").write_bytes(TABLE)
        archive.add(tmp_path / "x.csv", "x.csv")
    with pytest.raises(DataError, match=r"a\.tar\.gz"):
        read(tmp_path)


def test_a_file_beside_its_packed_copy_is_refused(tmp_path):
    """Each payment would count twice."""
    (tmp_path / "x.csv").write_bytes(TABLE)
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(TABLE))

    with pytest.raises(DataError, match="must not lie beside its packed copy"):
        read(tmp_path)


def test_a_bomb_of_text_is_refused_before_memory_is(tmp_path):
    """A hundred megabytes of one line in a hundred kilobytes, and rows beyond the bound."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb") as packed:
        packed.write(b"a,y\n")
        for _ in range(100):
            packed.write(b"1" * 1_000_000)
    (tmp_path / "x.csv.gz").write_bytes(stream.getvalue())
    with pytest.raises(DataError, match="lines of at most 4,000,000 letters"):
        read(tmp_path)

    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"a,y\n" + b"1,0\n" * 300_000))
    with pytest.raises(DataError, match=r"at most 100,000 rows"):
        read(tmp_path, max_rows=100_000)


def test_a_small_parquet_file_of_very_many_rows_is_refused_by_its_footer(tmp_path):
    """Thirty million rows in some kilobytes; nothing is read before they are counted."""
    schema = pa.schema({"a": pa.int64(), "y": pa.int64()})
    zeros = pa.array([0]).take(pa.array([0] * 1_000_000))
    batch = pa.record_batch([zeros, zeros], schema=schema)
    with pq.ParquetWriter(tmp_path / "x.parquet", schema, compression="zstd") as writer:
        for _ in range(30):
            writer.write_batch(batch)
    assert (tmp_path / "x.parquet").stat().st_size < 2_000_000

    with pytest.raises(DataError, match=r"at most 20,000,000 rows.*source\.max_rows"):
        read(tmp_path)


def test_an_archive_of_very_many_members_is_refused(tmp_path):
    """No delivery has so many."""
    (tmp_path / "a.zip").write_bytes(zip_of({f"{i}.csv": b"" for i in range(10_001)}))

    with pytest.raises(DataError, match=r"at most 10,000 files, holds 10,001"):
        read(tmp_path)


def test_a_member_that_names_a_path_above_stays_a_name(tmp_path):
    """Nothing is written where an archive says."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(zip_of({"../../evil.csv": TABLE}))

    with pytest.raises(DataError, match=r"holds none but 1 that are not read"):
        read(tmp_path, "in")
    assert [path.name for path in Path(tmp_path).iterdir()] == ["in"]


@pytest.mark.parametrize("name", ["x.parquet.gz", "x.parquet.zip", "x.pq.xz"])
def test_a_packed_bomb_that_is_called_parquet_is_not_unpacked(tmp_path, name, monkeypatch):
    """Its first bytes say that it is none; one that has no end is refused at a bound."""
    monkeypatch.setattr("fraud_assets.data.source.formats.parquet.MAX_UNPACKED", 3 << 20)
    pack = PACKED[f".{name.rpartition('.')[2]}"]
    for data, told in ((b"\0" * 50_000_000, "is none"), (b"PAR1" + b"\0" * 9_000_000, "at most")):
        (tmp_path / name).write_bytes(
            zipped(data, "x.parquet") if name.endswith("zip") else pack(data)
        )
        with pytest.raises(DataError, match=told):
            read(tmp_path)


def test_a_bomb_of_many_rows_stops_where_the_bound_is(tmp_path):
    """Arrow, which would hold them all, is given no more than the bound of lines."""
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"a,y\n" + b"1,0\n" * 9_000_000))

    with pytest.raises(DataError, match=r"at most 50,000 rows"):
        read(tmp_path, max_rows=50_000)


def test_lines_within_quotes_are_not_counted_as_rows(tmp_path):
    """A table of fewer records than the bound has more lines than it, and is read."""
    lines = [f'{i},"a\nb\nc"' for i in range(100)]
    (tmp_path / "x.csv").write_text("\n".join(["a,y", *lines]) + "\n")

    assert len(read(tmp_path, max_rows=100)) == 100
