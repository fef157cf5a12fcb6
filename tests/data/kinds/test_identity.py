"""Who paid is the same one in every file, every format and every week, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.data.kinds.identity_column import identity_column
from fraud_assets.data.source import read_source
from fraud_assets.data.typed import typed_rows
from fraud_assets.values.missing import TEXT_WORDS

TOML = """
format = 1
name = "t"
source = { path = "in" }
columns = { sender = "who" }
label = { column = "y" }
features = { numeric = ["a"] }
windows = { by = "shares" }
"""
BIG = 9_007_199_254_740_993


def senders(folder: Path) -> list[str | None]:
    """Senders of all files in their order, as text."""
    contract = parse_contract(TOML, base=folder)
    found = typed_rows(read_source(contract).frame, contract).rows["_sender"]
    return [None if pd.isna(one) else str(one) for one in found]


def lay(folder: Path, name: str, who: object, kind: str = "parquet") -> None:
    (folder / "in").mkdir(exist_ok=True)
    array = who if isinstance(who, pa.Array) else pa.array(who)
    table = pa.table({"a": [1.0] * len(array), "y": [0] * len(array), "who": array})
    if kind == "parquet":
        pq.write_table(table, folder / "in" / f"{name}.parquet")
    else:
        lines = [f"1.0,0,{'' if one is None else one}" for one in array.to_pylist()]
        (folder / "in" / f"{name}.csv").write_text("\n".join(["a,y,who", *lines]) + "\n")


def texts(ids: list[int | None]) -> list[str | None]:
    return [None if one is None else str(one) for one in ids]


def decimals(ids: list[int | None], places: int) -> pa.Array:
    return pa.array(
        [None if one is None else Decimal(one) for one in ids], pa.decimal128(38, places)
    )


STORED = {
    "int64": lambda ids: pa.array(ids, pa.int64()),
    "uint64": lambda ids: pa.array(ids, pa.uint64()),
    "text": lambda ids: pa.array(texts(ids), pa.string()),
    "decimal": lambda ids: decimals(ids, 2),
    "whole decimal": lambda ids: decimals(ids, 0),
    "dictionary": lambda ids: pa.array(texts(ids), pa.string()).dictionary_encode(),
    "large text": lambda ids: pa.array(texts(ids), pa.large_string()),
}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.none() | st.integers(0, 2**63 - 1), min_size=1, max_size=6),
    st.sampled_from(sorted(STORED)),
    st.sampled_from(sorted(STORED)),
)
def test_an_id_is_its_digits_in_every_type_and_format(tmp_path_factory, ids, first, second):
    """Law: two weeks of Parquet of any two types and one of text name the same senders."""
    folder = tmp_path_factory.mktemp("ids")
    lay(folder, "1", STORED[first](ids))
    lay(folder, "2", STORED[second](ids))
    lay(folder, "3", ids, "csv")

    assert senders(folder) == [None if i is None else str(i) for i in ids] * 3


@pytest.mark.parametrize("kind", sorted(STORED))
def test_neighbours_above_2_to_53_stay_apart_beside_a_null(tmp_path, kind):
    """By hand: the first two integers that one float64 cannot tell apart."""
    lay(tmp_path, "1", STORED[kind]([BIG, BIG + 1, None]))
    lay(tmp_path, "2", [1001.0, None])

    assert senders(tmp_path) == [str(BIG), str(BIG + 1), None, "1001", None]


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ((["1001", "1002"], ["1001.0", "1002.00"]), ["1001", "1002"] * 2),
        ((["007", "7"], ["7"]), ["007", "7", "7"]),
        ((["1e3", "1000"], ["1000"]), ["1e3", "1000", "1000"]),
        ((["+5", "5"], ["-0.0"]), ["+5", "5", "0"]),
        ((["A1 ", " a1"], ["Ａ1"]), ["A1", "a1", "Ａ1"]),  # noqa: RUF001 - another letter
        ((["é"], ["é"]), ["é", "é"]),
    ],
)
def test_text_keeps_what_tells_ids_apart_and_loses_what_storage_added(tmp_path, weeks, expected):
    """Zeros ahead, case and letters count; ".0", blanks and composition do not."""
    for at, who in enumerate(weeks):
        lay(tmp_path, str(at), who, "csv")

    assert senders(tmp_path) == expected


def test_a_weeks_missing_values_change_no_other_week(tmp_path):
    """A week without any sender, one of floats, one of integers, one of text."""
    lay(tmp_path, "1", pa.array([None, None], pa.null()))
    lay(tmp_path, "2", [1.0, None])
    lay(tmp_path, "3", [1, BIG])
    lay(tmp_path, "4", ["1", str(BIG)])

    assert senders(tmp_path) == [None, None, "1", None, "1", str(BIG), "1", str(BIG)]


def noticed(values: pd.Series) -> dict[str, int | None]:
    found = identity_column(values.rename("who"), TEXT_WORDS)
    return {note.code: note.rows for note in found.notes}


@pytest.mark.parametrize(
    ("values", "code", "rows"),
    [
        (pd.Series(["00123", "123", "00123", "456"]), "leading_zeros_lost", 1),
        (pd.Series(["0049170", "49170", "49170"]), "leading_zeros_lost", 2),
        (pd.Series([float(2**54), 12.0]), "digits_lost", 1),
        (pd.Series([2**25 + 1, 7], dtype=np.float32), "digits_lost", 1),
        (pd.Series(["1.23457E+15", "1234567890123456", "1234567890123457"]), "digits_lost", 1),
    ],
)
def test_what_was_lost_upstream_is_said_with_counts(values, code, rows):
    """Nobody can bring it back; the sentence says how to export."""
    assert noticed(values)[code] == rows


@pytest.mark.parametrize(
    "values",
    [["0012", "0013"], ["1", "2"], ["12", "012345"], [str(BIG), str(BIG + 1)], ["a", "0"]],
)
def test_whole_ids_are_no_warning(values):
    """Padded everywhere, nowhere, or of another length."""
    assert noticed(pd.Series(values)) == {}
