"""Opening a log in a folder as it was left, or as it must not be."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest

from fraud_assets.decisions.log import LogSettings, RecordError, claim, open_log
from fraud_assets.decisions.log.settings import default_log_folder
from fraud_assets.decisions.reading import read_decisions, read_entries
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Gap
from fraud_assets.errors import StoreError
from tests.decisions.entries import recorded
from tests.waiting import wait_until


def written(folder, number=3, **settings):
    """A log with that many blocks of one decision, closed."""
    log = open_log(folder, LogSettings(window_seconds=0.002, **settings))
    made = []
    for count in range(1, number + 1):
        made += recorded(log, 1)
        wait_until(lambda count=count: log.status().flushed == count)
    log.close()
    return made


def first_segment(folder):
    return folder / "w0" / "00000001.log"


def test_a_torn_tail_is_cut_and_said(tmp_path):
    """Half a block at the end goes, what was whole stays, and the loss is on record."""
    made = written(tmp_path)
    path = first_segment(tmp_path)
    os.truncate(path, path.stat().st_size - 5)

    log = open_log(tmp_path)
    notes = log.status().notes
    log.close()

    assert "ended in half a block" in notes[0]
    assert read_decisions(tmp_path) == made[:2]
    gaps = [entry for entry in read_entries(tmp_path) if isinstance(entry, Gap)]
    assert [(gap.loss, gap.missing) for gap in gaps] == [("killed", 1)]
    assert verify_log(tmp_path).difference == ""


def test_damage_is_left_as_it_lies_and_named(tmp_path):
    """A flipped byte before a whole block is evidence: another segment is begun after it."""
    written(tmp_path)
    path = first_segment(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(b"\n=") + 200
    data[at] ^= 1
    path.write_bytes(data)

    log = open_log(tmp_path)
    notes = log.status().notes
    recorded(log, 1)
    log.close()

    assert "does not hold at byte" in notes[0]
    assert path.read_bytes() == data
    assert (tmp_path / "w0" / "00000002.log").exists()
    difference = verify_log(tmp_path).difference
    assert str(path) in difference
    assert "a block of 1 entries does not hold its digest" in difference
    with pytest.raises(RecordError, match="does not hold"):
        read_decisions(tmp_path)


@pytest.mark.parametrize("victim", [1, 2])
def test_a_segment_that_is_gone_is_named(tmp_path, victim):
    """The segment after it follows another digest."""
    written(tmp_path, 4, segment_bytes=1)
    (tmp_path / "w0" / f"{victim + 1:08d}.log").unlink()

    assert "follows segment" in verify_log(tmp_path).difference


def test_a_segment_that_was_replaced_is_named(tmp_path):
    """A whole segment of another history does not lead to the next one."""
    written(tmp_path / "a", 3, segment_bytes=1)
    written(tmp_path / "b", 3, segment_bytes=1)
    first_segment(tmp_path / "a").write_bytes(first_segment(tmp_path / "b").read_bytes())

    assert "does not follow the last block" in verify_log(tmp_path / "a").difference


def test_a_segment_without_its_header_is_taken_away(tmp_path):
    """A crash between making the file and writing its header leaves nothing behind."""
    made = written(tmp_path, 2)
    (tmp_path / "w0" / "00000002.log").write_bytes(b'{"kind":"seg')

    made += written(tmp_path, 1)

    assert read_decisions(tmp_path) == made
    assert verify_log(tmp_path).segments == 1


def test_a_lost_counter_does_no_harm(tmp_path):
    """Without its counts a log goes on from what is on record."""
    made = written(tmp_path, 2)
    (tmp_path / "w0" / "counter").unlink()

    made += written(tmp_path, 1)

    assert list(read_entries(tmp_path)) == made


def test_two_services_on_one_folder(tmp_path):
    """The second is refused in one sentence; when the first ends it may have the folder."""
    lock = claim(tmp_path)

    with pytest.raises(RecordError, match=r"^Another service keeps its decisions in .*\.$"):
        claim(tmp_path)
    lock.release()
    claim(tmp_path).release()


def test_a_read_only_folder(tmp_path):
    """One sentence that names the folder, whoever runs it."""
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from fraud_assets.decisions.log import open_log\n"
        "from fraud_assets.errors import StoreError\n"
        "os.geteuid() == 0 and os.setuid(65534)\n"
        "try:\n"
        "    open_log(Path(sys.argv[1]))\n"
        "except StoreError as error:\n"
        "    print(error)\n"
    )
    folder = tmp_path / "log"
    folder.mkdir()
    for path in (folder, *folder.parents):
        if path.is_relative_to(tmp_path.parents[1]):
            path.chmod(0o555 if path == folder else 0o755)

    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False
    )

    folder.chmod(0o755)
    if "Traceback" in done.stderr:
        pytest.skip("another user cannot run this Python here")
    assert done.stdout.startswith(f"Cannot keep decisions in {folder}: permission is denied")


def test_a_folder_of_a_format_to_come(tmp_path):
    """A newer release's log is left alone."""
    (tmp_path / "log.json").write_bytes(msgspec.json.encode({"format": 2, "log": "0123abcd"}))

    with pytest.raises(RecordError, match="has format 2, this release reads 1 to 1"):
        open_log(tmp_path)


def test_no_log_is_said(tmp_path):
    """Whoever reads where nothing was written is told what to name."""
    with pytest.raises(RecordError, match="There is no log of decisions"):
        verify_log(tmp_path / "none")


def test_a_file_in_the_way(tmp_path):
    """The folder's name is a file's: one sentence."""
    (tmp_path / "log").write_text("")

    with pytest.raises(StoreError, match=r"^Cannot keep decisions in .*log"):
        open_log(tmp_path / "log")


def test_the_folder_that_the_environment_names(tmp_path, monkeypatch):
    """`FRAUD_ASSETS_DECISIONS`, else beside the store; a URL is none."""
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("FRAUD_ASSETS_DECISIONS", raising=False)
    assert default_log_folder() == tmp_path / "decisions"

    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(tmp_path / "kept"))
    assert default_log_folder() == tmp_path / "kept"

    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", "s3://bucket/kept")
    with pytest.raises(RecordError, match="must name a folder"):
        default_log_folder()


def test_a_folder_is_shared_by_those_alone_who_all_say_so(tmp_path):
    """One that counts on its folder alone is let in beside nobody, and lets nobody in."""
    first, second = claim(tmp_path, is_shared=True), claim(tmp_path, is_shared=True)
    with pytest.raises(RecordError, match="Another service keeps its decisions in"):
        claim(tmp_path)
    first.release()
    with pytest.raises(RecordError, match="Another service keeps its decisions in"):
        claim(tmp_path)
    second.release()

    alone = claim(tmp_path)
    with pytest.raises(RecordError, match="for itself: start it with --record-shared as well"):
        claim(tmp_path, is_shared=True)
    alone.release()
    claim(tmp_path, is_shared=True).release()
