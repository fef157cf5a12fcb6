"""Each file and folder of a source is read, skipped by a stated rule, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.checkup import check_up
from fraud_assets.data.source.folders.sorting import sort_file, sort_folder
from fraud_assets.errors import DataError
from tests.data.source.support import contract, read, records

TABLE = "a,y\n1,0\n"


def lay(base: Path, *names: str, text: str = TABLE) -> None:
    for name in names:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text)


def skipped(base: Path, path: str = ".") -> dict[str, str]:
    return {one.path: one.why for one in read(base, path).skipped}


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.csv",
        "._x.csv",
        "_SUCCESS",
        "_committed_123",
        "_temporary/0/x.csv",
        ".ipynb_checkpoints/x-checkpoint.csv",
        "checkpoints/x.csv",
        "00000000000000000010.checkpoint.parquet",
        "README.md",
        "readme.txt",
        "LICENSE",
        "x.csv.crc",
        "x.csv.sha256",
        "schema.sql",
        "load.py",
        "manifest.json",
        "x.csv.done",
        "Thumbs.db",
    ],
)
def test_what_is_no_data_by_its_name_is_skipped_and_listed(tmp_path, name):
    """Hidden files, `_` folders, checkpoints, notes and checksums; the report has each."""
    lay(tmp_path, "x.csv")
    lay(tmp_path, name, text="no,data\n")

    found = read(tmp_path)

    assert records(found) == [{"y": "0", "a": "1"}]
    assert len(found.skipped) == 1
    assert found.skipped[0].path.rstrip("/") in name
    assert found.skipped[0].why


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("week.xlsx", "save its table as CSV"),
        ("week.json", "CSV or Parquet"),
        ("week.feather", "CSV or Parquet"),
        ("week.csv.part", "half written"),
        ("week.csv~", "half written"),
        ("week.csv.bak", "half written"),
        ("week.csv.gpg", "decrypt"),
        ("week.tar", "unpack it"),
        ("week.dat", "source.format"),
        ("week", "source.format"),
        ("week.csv.1", "source.format"),
        ("week.csv_old", "source.format"),
    ],
)
def test_what_may_be_payments_is_refused_by_name_with_what_to_do(tmp_path, name, told):
    """Nobody can know that it is none."""
    lay(tmp_path, "x.csv", name)

    with pytest.raises(DataError, match=told) as caught:
        read(tmp_path)

    assert name in str(caught.value)


def test_all_refused_files_are_told_at_once(tmp_path):
    """Ten by name, the others counted."""
    lay(tmp_path, "x.csv", *(f"w{i}.xlsx" for i in range(13)))

    with pytest.raises(DataError, match="and 3 more"):
        read(tmp_path)


def test_folders_are_read_to_their_depth_in_natural_order(tmp_path):
    """Week 2 before week 10, the rows of a folder together."""
    for at, name in enumerate(["w2/b.csv", "w10/a.csv", "w2/a.csv", "w1.csv"]):
        lay(tmp_path, name, text=f"a,y\n{at},0\n")

    files = [file.path for file in read(tmp_path).files]

    assert files == sorted(files, key=["w1.csv", "w2/a.csv", "w2/b.csv", "w10/a.csv"].index)


def test_a_pattern_reads_what_it_names_and_nothing_else(tmp_path):
    """Files that it does not match are not the source's; hidden folders stay hidden."""
    lay(tmp_path, "in/a.csv", "in/b.xlsx", "other/c.csv", "_tmp/d.csv", ".git/e.csv")

    found = read(tmp_path, "*/*.csv")

    assert [file.path for file in found.files] == ["in/a.csv", "other/c.csv"]
    assert [one.path for one in found.skipped] == [".git/e.csv", "_tmp/d.csv"]


def test_links_are_followed_once(tmp_path):
    """A link to a file is a file, one to a folder that is read already is skipped, a loop ends."""
    lay(tmp_path, "in/a.csv", "far/b.csv")
    (tmp_path / "in" / "b.csv").symlink_to(tmp_path / "far" / "b.csv")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "dead.csv").symlink_to(tmp_path / "nowhere")

    with pytest.raises(DataError, match=r"dead\.csv"):
        read(tmp_path, "in")
    (tmp_path / "in" / "dead.csv").unlink()
    found = read(tmp_path, "in")

    assert [file.path for file in found.files] == ["in/a.csv", "in/b.csv"]
    assert [one.path for one in found.skipped] == ["in/loop"]


def test_names_with_signs_of_patterns_are_names(tmp_path):
    """A folder that is really called so."""
    lay(tmp_path, "pay[2025]/a*b.csv")

    assert len(read(tmp_path, "pay[2025]")) == 1
    assert len(read(tmp_path, "pay[2025]/a*b.csv")) == 1


def test_the_check_lists_what_was_not_read(tmp_path):
    """Files read and skipped, and a warning with a code."""
    lay(tmp_path, "in/a.csv", "in/_old/b.csv", "in/notes.md", text="a,y\n" + "1,0\n2,1\n" * 40)

    found = check_up(contract("in", tmp_path))

    assert [file.path for file in found.files] == ["in/a.csv"]
    assert [one.path for one in found.skipped] == ["in/_old", "in/notes.md"]
    assert "files_skipped" in {warned.code for warned in found.warnings}


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(blacklist_characters="/\0"), min_size=1, max_size=30), st.booleans())
def test_every_name_has_one_fate_and_a_reason(name, readable):
    """Law: read without a word, else skipped or refused with one."""
    for found in (sort_file(name, 10, readable=readable), sort_folder(name)):
        assert found.decision in ("read", "skip", "refuse")
        assert bool(found.why) == (found.decision != "read")


# ---- folders that give columns


@pytest.mark.parametrize(
    ("folder", "value"),
    [
        ("country=DE", "DE"),
        ("Country=de", "de"),
        ("country=Côte d%27Ivoire", "Côte d'Ivoire"),
        ("country=__HIVE_DEFAULT_PARTITION__", None),
        ("country=", ""),
        ("year=2025/country=FR", "FR"),
    ],
)
def test_folders_of_hive_give_their_columns(tmp_path, folder, value):
    """Percent signs are undone, Hive's own word for missing is missing."""
    lay(tmp_path, f"in/{folder}/x.csv")
    pd.DataFrame({"a": [2], "y": [1]}).to_parquet(tmp_path / "in" / folder / "y.parquet")

    found = records(read_with_country(tmp_path))

    assert [record["country"] for record in found] == [value, value]


def read_with_country(base: Path):
    from fraud_assets.contract import parse_contract
    from fraud_assets.data.source import read_source

    text = (
        "format = 1\nname = 't'\nsource = { path = 'in' }\nlabel = { column = 'y' }\n"
        "features = { numeric = ['a'], categorical = ['country'] }\nwindows = { by = 'shares' }\n"
    )
    return read_source(parse_contract(text, base=base))


def test_a_file_in_the_wrong_folder_is_refused(tmp_path):
    """Its own column says other than the folder's name; where both agree it is read."""
    lay(tmp_path, "in/country=DE/x.csv", text="a,country,y\n1,DE,0\n")
    assert records(read_with_country(tmp_path)) == [{"y": "0", "a": "1", "country": "DE"}]

    lay(tmp_path, "in/country=FR/x.csv", text="a,country,y\n1,DE,0\n2,FR,0\n")
    with pytest.raises(DataError, match="1 of its 2 rows differ"):
        read_with_country(tmp_path)


def test_numbers_in_folders_agree_whatever_zeros_they_have(tmp_path):
    """Month 03 of a folder is the file's 3."""
    lay(tmp_path, "in/country=03/x.csv", text="a,country,y\n1,3,0\n")

    assert len(read_with_country(tmp_path)) == 1


# ---- tables that keep versions


@pytest.mark.parametrize(
    ("marker", "name"),
    [
        ("_delta_log/00000000000000000000.json", "Delta"),
        ("metadata/v1.metadata.json", "Iceberg"),
        (".hoodie/hoodie.properties", "Hudi"),
    ],
)
@pytest.mark.parametrize(
    "path", ["t", "t/*.parquet", "t/data", "t/day=1", "t/day=1/x.parquet", "."]
)
def test_a_table_that_keeps_versions_is_named_and_not_read(tmp_path, marker, name, path):
    """Whole, by a pattern, by a partition or one file of it, or somewhere below."""
    for place in ("t", "t/data", "t/day=1"):
        (tmp_path / place).mkdir(exist_ok=True, parents=True)
        pd.DataFrame({"a": [1], "y": [0]}).to_parquet(tmp_path / place / "x.parquet")
    lay(tmp_path, f"t/{marker}", text="{}")

    with pytest.raises(DataError, match=f"{name} table") as caught:
        read(tmp_path, path)

    assert "Export the table" in str(caught.value)


def test_a_folder_called_metadata_makes_no_iceberg(tmp_path):
    """Only with Iceberg's own files in it."""
    lay(tmp_path, "t/x.csv", "t/metadata/readme.md")

    assert len(read(tmp_path, "t")) == 1
