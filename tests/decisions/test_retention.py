"""Retention: what is older than may be kept goes in whole segments, and the rest still verifies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fraud_assets.decisions.log import open_log
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.decisions.retention import drop_older, oldest_kept
from fraud_assets.decisions.segment import DROPPED
from fraud_assets.decisions.verify import verify_log
from tests.decisions.entries import recorded
from tests.decisions.test_opening import first_segment, written


def files(folder):
    return sorted(path.name for path in (folder / "w0").glob("*.log"))


def test_old_segments_go_and_the_chain_of_the_rest_verifies(tmp_path):
    """Those before the instant are gone, the log goes on, and the newest segment always stays."""
    made = written(tmp_path, 4, segment_bytes=1)

    assert drop_older(tmp_path, made[2].decided_at) == 2
    assert read_decisions(tmp_path) == made[2:]
    assert verify_log(tmp_path).difference == ""
    assert drop_older(tmp_path, made[3].decided_at + 1) == 1
    log = open_log(tmp_path)
    made += recorded(log, 1)
    log.close()
    assert read_decisions(tmp_path) == made[3:]
    assert verify_log(tmp_path).difference == ""


def test_what_was_noted_and_not_yet_removed_is_gone(tmp_path):
    """A crash between the note and the removal changes nothing that anybody reads."""
    made = written(tmp_path, 3, segment_bytes=1)
    kept = first_segment(tmp_path).read_bytes()
    drop_older(tmp_path, made[1].decided_at)
    first_segment(tmp_path).write_bytes(kept)

    assert read_decisions(tmp_path) == made[1:]
    assert verify_log(tmp_path).difference == ""


@pytest.mark.parametrize("victim", ["the segment", "the note"])
def test_what_is_gone_without_a_note_is_named(tmp_path, victim):
    """Removed by hand, or with its note removed: the first difference says so."""
    made = written(tmp_path, 3, segment_bytes=1)
    if victim == "the segment":
        first_segment(tmp_path).unlink()
    else:
        drop_older(tmp_path, made[1].decided_at)
        (tmp_path / "w0" / DROPPED).unlink()

    assert "gone and not noted as dropped" in verify_log(tmp_path).difference


def test_damage_is_not_dropped(tmp_path):
    """A segment that does not hold is evidence, and stays."""
    made = written(tmp_path, 3, segment_bytes=1)
    path = first_segment(tmp_path)
    path.write_bytes(path.read_bytes()[:-3] + b"??\n")

    assert drop_older(tmp_path, made[2].decided_at) == 0
    assert len(files(tmp_path)) == 3


def test_how_long_decisions_are_kept():
    """Thirty days before now, in microseconds."""
    assert oldest_kept(40 * 86_400_000_000, timedelta(days=30)) == 10 * 86_400_000_000
