from __future__ import annotations

import numpy as np
import pytest

from fraud_assets.backtest.finished import FinishedWeek, FinishedWeeks, TrainedWeek

WEEK = FinishedWeek(TrainedWeek("2025-06-02", None, "too few"), {"scores": np.arange(3.0)})


@pytest.fixture
def kept(tmp_path) -> FinishedWeeks:
    return FinishedWeeks(tmp_path, "a" * 64)


def test_a_week_comes_back_as_it_was_put(kept):
    """What is told and every score, bit for bit."""
    kept.put("one", WEEK)

    found = kept.find("one")

    assert found.week == WEEK.week
    assert found.arrays["scores"].tobytes() == WEEK.arrays["scores"].tobytes()


def test_a_week_made_of_other_data_or_code_is_not_found(kept, tmp_path):
    """The base digest is part of the name."""
    kept.put("one", WEEK)

    assert FinishedWeeks(tmp_path, "b" * 64).find("one") is None
    assert kept.find("two") is None


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("damage", ["truncated", "removed"])
def test_a_damaged_week_does_not_count(kept, tmp_path, suffix, damage):
    """It is made again rather than believed."""
    kept.put("one", WEEK)
    file = next(tmp_path.glob(f"*{suffix}"))
    if damage == "removed":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-20])

    assert kept.find("one") is None


def test_sweeping_leaves_only_weeks_of_the_same_base(kept, tmp_path):
    """Stale weeks and half-written files go; what nobody here named stays."""
    kept.put("one", WEEK)
    FinishedWeeks(tmp_path, "b" * 64).put("one", WEEK)
    (tmp_path / ".part-x").write_bytes(b"half")
    (tmp_path / "mine").mkdir()
    (tmp_path / "week_2025-01-06.parquet").write_bytes(b"somebody's")

    kept.sweep()

    ours = {file.name for file in tmp_path.iterdir()} - {"mine", "week_2025-01-06.parquet"}
    assert len(ours) == 2
    assert len(list(tmp_path.iterdir())) == 4
    assert kept.find("one") is not None
