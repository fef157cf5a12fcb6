from __future__ import annotations

import numpy as np
import pytest

from fraud_assets.backtest.shelf import Shelf, Week

WEEK = Week({"as_of": "2025-06-02", "model": None}, {"scores": np.arange(3.0)})


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    return Shelf(tmp_path, "a" * 64)


def test_a_week_comes_back_as_it_was_put(shelf):
    """What is told and every score, bit for bit."""
    shelf.put("one", WEEK)

    found = shelf.find("one")

    assert found.told == WEEK.told
    assert found.arrays["scores"].tobytes() == WEEK.arrays["scores"].tobytes()


def test_a_week_made_of_other_data_or_code_is_not_found(shelf, tmp_path):
    """The base digest is part of the name."""
    shelf.put("one", WEEK)

    assert Shelf(tmp_path, "b" * 64).find("one") is None
    assert shelf.find("two") is None


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("damage", ["truncated", "removed"])
def test_a_damaged_week_does_not_count(shelf, tmp_path, suffix, damage):
    """It is made again rather than believed."""
    shelf.put("one", WEEK)
    file = next(tmp_path.glob(f"*{suffix}"))
    if damage == "removed":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-20])

    assert shelf.find("one") is None


def test_sweeping_leaves_only_weeks_of_the_same_base(shelf, tmp_path):
    """Stale weeks and half-written files go; what no shelf named stays."""
    shelf.put("one", WEEK)
    Shelf(tmp_path, "b" * 64).put("one", WEEK)
    (tmp_path / ".part-x").write_bytes(b"half")
    (tmp_path / ".scratch-x").mkdir()
    (tmp_path / ".scratch-x" / "history").write_bytes(b"left by a killed run")
    (tmp_path / "mine").mkdir()
    (tmp_path / "week_2025-01-06.parquet").write_bytes(b"somebody's")

    shelf.sweep()

    ours = {file.name for file in tmp_path.iterdir()} - {"mine", "week_2025-01-06.parquet"}
    assert len(ours) == 2
    assert len(list(tmp_path.iterdir())) == 4
    assert shelf.find("one") is not None
