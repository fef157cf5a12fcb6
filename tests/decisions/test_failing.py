"""A disk that takes no more: refused in one sentence or counted, and written once it can be."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import time

import pytest

from fraud_assets.decisions.log import LogSettings, UnrecordedError, open_log
from fraud_assets.decisions.reading import read_decisions, read_entries
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Gap
from tests.decisions.entries import decision, recorded
from tests.waiting import wait_until

QUICK = LogSettings(window_seconds=0.01)


@pytest.fixture
def disk(monkeypatch):
    """A disk that is full while its list holds anything: it takes half of what is written."""
    full: list[bool] = []
    pwrite = os.pwrite

    def write(descriptor, data, at):
        if full:
            pwrite(descriptor, bytes(data)[: len(data) // 2], at)
            raise OSError(errno.ENOSPC, "No space left on device")
        return pwrite(descriptor, data, at)

    monkeypatch.setattr(os, "pwrite", write)
    return full


def test_a_full_disk_refuses_in_one_sentence_and_goes_on_once_there_is_room(tmp_path, disk):
    """Nothing that was taken is lost: it waits and is written when the disk takes it again."""
    log = open_log(tmp_path, QUICK)
    before = recorded(log, 2)
    wait_until(lambda: log.status().flushed == 2)
    size = (tmp_path / "w0" / "00000001.log").stat().st_size
    disk.append(True)
    taken = recorded(log, 1)
    wait_until(lambda: log.status().sentence != "")
    wait_until(lambda: (tmp_path / "w0" / "00000001.log").stat().st_size == size)

    with pytest.raises(UnrecordedError, match=r"^Cannot keep decisions in .*: the disk is full"):
        log.record(decision())
    assert read_decisions(tmp_path) == before

    disk.clear()
    wait_until(lambda: log.status().sentence == "")
    after = recorded(log, 1)
    log.close()
    assert read_decisions(tmp_path) == [*before, *taken, *after]
    found = verify_log(tmp_path)
    assert (found.missing, found.difference) == (0, "")


def test_going_on_counts_what_is_missing(tmp_path, disk):
    """Past the limit of what may wait, entries are let go; their number is on record."""
    log = open_log(tmp_path, LogSettings(window_seconds=0.01, when_failing="count", most_waiting=3))
    disk.append(True)
    recorded(log, 10)
    wait_until(lambda: log.status().sentence != "")

    assert log.status().missing == 7
    disk.clear()
    wait_until(lambda: log.status().flushed == 3)
    log.close()
    gaps = [entry for entry in read_entries(tmp_path) if isinstance(entry, Gap)]
    assert [(gap.loss, gap.missing) for gap in gaps] == [("refused_by_disk", 7)]
    assert verify_log(tmp_path).difference == ""


def test_what_the_disk_never_took_is_counted_by_the_next_process(tmp_path, disk):
    """Closed on a full disk, the log still accounts for each entry afterwards."""
    log = open_log(tmp_path, LogSettings(window_seconds=0.01, when_failing="count", most_waiting=3))
    disk.append(True)
    recorded(log, 10)
    log.close()
    disk.clear()

    log = open_log(tmp_path, QUICK)
    log.close()

    gaps = [entry for entry in read_entries(tmp_path) if isinstance(entry, Gap)]
    assert {gap.loss: gap.missing for gap in gaps} == {"killed": 3, "refused_by_disk": 7}


def test_a_writer_that_lags_is_said(tmp_path, disk):
    """More may not wait than the limit: the sentence has both numbers."""
    log = open_log(tmp_path, LogSettings(window_seconds=60, most_waiting=2))
    recorded(log, 2)

    with pytest.raises(UnrecordedError, match=r"2 entries wait .* the limit is 2"):
        log.record(decision())
    log.close()


def test_with_sync_nobody_is_answered_whose_entry_is_not_on_disk(tmp_path, disk):
    """The wait ends with the refusal, not with a guess."""

    async def ask():
        log = open_log(tmp_path, LogSettings(sync=True))
        disk.append(True)
        recorded(log, 1)
        with pytest.raises(UnrecordedError, match="the disk is full"):
            await log.settled(1)
        disk.clear()
        log.close()

    asyncio.run(ask())
    assert len(read_decisions(tmp_path)) == 1


def test_a_full_file_system(tmp_path):
    """The same on a real file system of 1 MiB, which fills and is emptied again."""
    if os.geteuid() != 0 or not _mounted(tmp_path):
        pytest.skip("needs the right to mount a small file system")
    ballast = tmp_path / "ballast"
    try:
        log = open_log(tmp_path / "log", QUICK)
        ballast.write_bytes(bytes(700_000))
        count, refusal = 0, ""
        while count < 10_000 and not refusal:
            time.sleep(0.002)
            try:
                count += len(recorded(log, 1))
            except UnrecordedError as error:
                refusal = str(error)
        assert "the disk is full" in refusal
        ballast.unlink()
        wait_until(lambda: log.status().sentence == "")
        log.close()
        assert len(read_decisions(tmp_path / "log")) == count
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def _mounted(folder) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
