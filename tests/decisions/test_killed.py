"""kill -9 of a real process under load: what was promised is on disk, the loss is counted."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fraud_assets.decisions.log import open_log
from fraud_assets.decisions.reading import read_entries
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Decision, Gap
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]


def killed(folder: Path, way: str, seconds: float) -> bytes:
    """Everything that a writer acknowledged before it was killed."""
    command = [sys.executable, "-m", "tests.decisions.writer", str(folder), way]
    with (folder.parent / "said").open("wb+") as said:
        with subprocess.Popen(command, stdout=said, cwd=ROOT) as process:
            wait_until(lambda: Path(said.name).stat().st_size > 0)
            time.sleep(seconds)
            process.kill()
        said.seek(0)
        return said.read()


def counted(folder: Path) -> tuple[int, int]:
    """Decisions in the log, and entries that it declares as missing."""
    kept = declared = 0
    for entry in read_entries(folder):
        kept += isinstance(entry, Decision)
        declared += entry.missing if isinstance(entry, Gap) else 0
    return kept, declared


def check_kills(folder: Path, way: str, times: int, seed: int = 0) -> None:
    """Kill that often, open again each time, and hold the log to what was acknowledged."""
    acknowledged = flushed = 0
    moments = random.Random(seed)
    for number in range(times):
        said = killed(folder, way, moments.random() / 5)
        acknowledged += said.count(b"a")
        kept, declared = counted(folder)
        # Flushed entries are those of this process alone; those before it are on disk.
        flushed = said.count(b"f")
        log = open_log(folder)
        log.close()
        still, declared_now = counted(folder)
        lost = declared_now - declared
        assert kept >= flushed
        # One entry a kill may be taken and not yet acknowledged.
        assert 0 <= kept + declared + lost - acknowledged <= number + 1
        if way == "sync":
            assert kept + declared >= acknowledged
        assert still == kept
        assert verify_log(folder).difference == ""


@pytest.mark.parametrize("way", ["window", "sync"])
def test_a_kill_loses_what_was_promised_to_be_at_risk_and_counts_it(tmp_path, way):
    """With a window what is flushed is there, the rest counted; with sync all that was answered."""
    check_kills(tmp_path / "log", way, 3)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["window", "sync"])
@pytest.mark.parametrize("log", range(5))
def test_fifty_kills(tmp_path, way, log):
    """The same ten times on each of five logs: a log is read whole after each kill."""
    check_kills(tmp_path / "log", way, 10, seed=log)
