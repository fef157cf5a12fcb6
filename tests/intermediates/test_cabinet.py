"""What a run keeps is what the next run gets, by contract, step, run and week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from fraud_assets.errors import EvidenceError
from fraud_assets.intermediates import codec
from fraud_assets.intermediates.cabinet import KEPT, Cabinet
from fraud_assets.intermediates.frames import from_parquet, to_parquet
from fraud_assets.store.keys import Keys


@dataclass(frozen=True)
class Value:
    rows: pd.DataFrame
    at: np.datetime64 | None
    scores: np.ndarray
    payload: bytes
    counts: dict[str, int]


def value(number: int = 1) -> Value:
    rows = pd.DataFrame({"amount": [float(number), np.nan], "who": ["a", np.nan]})
    return Value(
        rows, np.datetime64("2025-06-29T23:58:35.000001"), np.arange(3.0), b"\x80", {"n": 1}
    )


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "pair").ensure()


@pytest.fixture
def cabinet(tmp_path, keys) -> Cabinet:
    return Cabinet(tmp_path / "kept", "gateway", keys)


def test_a_value_with_tables_arrays_times_and_bytes_comes_back(cabinet):
    """Everything that a step's value holds is there again, of the same type."""
    cabinet.put("clean", "run-1", "2025-06-29", value())

    back = cabinet.get("clean", ["run-1"], Value)

    pd.testing.assert_frame_equal(back.rows, value().rows)
    np.testing.assert_array_equal(back.scores, value().scores)
    assert (back.at, back.payload, back.counts) == (value().at, b"\x80", {"n": 1})


def test_a_run_gets_its_own_value_then_its_parents_then_the_newest_weeks(cabinet):
    """Two runs in one storage do not mix, and a replayed older week is nobody's default."""
    cabinet.put("clean", "newest", "2025-06-29", value(1))
    cabinet.put("clean", "replay", "2025-06-02", value(2))

    def got(*runs: str) -> float:
        return cabinet.get("clean", runs, Value).rows["amount"][0]

    assert got("replay") == 2.0
    assert got("again", "replay") == 2.0
    assert got("other") == 1.0


def test_another_contract_has_values_of_its_own(cabinet, keys):
    """Contracts that share a Dagster instance never meet."""
    cabinet.put("clean", "run", "2025-06-29", value())

    with pytest.raises(EvidenceError, match="run clean first"):
        Cabinet(cabinet.root, "shop", keys).get("clean", ["run"], Value)


def test_old_runs_make_room_and_the_newest_week_stays(cabinet):
    """The folder does not grow with the years."""
    cabinet.put("clean", "newest", "2025-06-29", value(7))
    for number in range(KEPT + 3):
        cabinet.put("clean", f"run-{number}", "2025-06-02", value(number))

    assert len(list((cabinet.root / "gateway" / "clean").iterdir())) <= KEPT + 1
    assert cabinet.get("clean", [], Value).rows["amount"][0] == 7.0


def test_whoever_changes_a_table_changes_his_own(cabinet):
    """Tables are read from disk once; the next reader gets what was written."""
    cabinet.put("clean", "run-1", "2025-06-29", value())
    first = cabinet.get("clean", ["run-1"], Value).rows

    first.loc[0, "amount"] = -5.0
    first["more"] = 1
    first.columns = ["a", "b", "c"]

    pd.testing.assert_frame_equal(cabinet.get("clean", ["run-1"], Value).rows, value().rows)


def test_whoever_goes_on_with_what_he_kept_changes_his_own(cabinet):
    """Tables that were just written are not read back; the next reader gets what was written."""
    kept = value()
    cabinet.put("clean", "run-1", "2025-06-29", kept)

    kept.rows.loc[0, "amount"] = -5.0
    kept.rows["more"] = 1

    pd.testing.assert_frame_equal(cabinet.get("clean", ["run-1"], Value).rows, value().rows)


def test_few_tables_stay_in_memory(cabinet, monkeypatch):
    """Past the bound the oldest go; what is asked for again is read again."""
    monkeypatch.setattr(codec, "KEPT_BYTES", 2 * len(to_parquet(value().rows)))
    read = []
    monkeypatch.setattr(codec, "from_parquet", lambda data: read.append(data) or from_parquet(data))
    monkeypatch.setattr(codec, "_TABLES", codec._Tables())

    for number in (1, 2, 3):
        cabinet.put("clean", f"run-{number}", "2025-06-29", value(number))
    for number in (3, 2, 1, 3):
        assert cabinet.get("clean", [f"run-{number}"], Value).rows["amount"][0] == number

    assert len(read) == 2
