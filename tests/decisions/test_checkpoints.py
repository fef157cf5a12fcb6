"""Signed checkpoints: a record written anew from its beginning contradicts a signature."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from fraud_assets.decisions.checkpoints import (
    CHECKPOINTS,
    read_checkpoints,
    sign_checkpoint,
    signed_heads,
)
from fraud_assets.decisions.log.identity import IDENTITY
from fraud_assets.decisions.reading import read_entries
from fraud_assets.decisions.retention import drop_older
from fraud_assets.decisions.segment import parse
from fraud_assets.decisions.verify import verify_log
from fraud_assets.errors import RecordError, TrustError
from fraud_assets.store.keys import Keys
from tests.decisions.test_opening import first_segment, written


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """A pair of keys of the test's own."""
    return Keys(tmp_path / "keys").ensure()


def difference(log: Path, keys: Keys) -> str:
    return verify_log(log, signed_heads(read_checkpoints(log, keys))).difference


def test_what_was_signed_holds_while_the_record_grows(tmp_path: Path, keys: Keys) -> None:
    """Signed twice, nothing new signed in between, and every checkpoint holds."""
    log = tmp_path / "log"
    written(log, 2)
    assert sign_checkpoint(log, keys) is not None
    assert sign_checkpoint(log, keys) is None
    written(log, 2)
    assert sign_checkpoint(log, keys) is not None

    assert len(read_checkpoints(log, keys)) == 2
    assert difference(log, keys) == ""


def test_a_record_written_anew_is_named(tmp_path: Path, keys: Keys) -> None:
    """Each chain holds by itself; the checkpoint says that it is not the one of that day."""
    log = tmp_path / "log"
    written(log, 3)
    sign_checkpoint(log, keys)
    (tmp_path / "forged").mkdir()
    shutil.copy(log / IDENTITY, tmp_path / "forged")
    written(tmp_path / "forged", 3)
    shutil.copy(first_segment(tmp_path / "forged"), first_segment(log))

    assert verify_log(log).difference == ""
    assert "was written anew, or cut" in difference(log, keys)


def test_a_record_cut_short_or_gone_is_named(tmp_path: Path, keys: Keys) -> None:
    """Whole blocks cut off the end, and all of a writer's decisions."""
    log = tmp_path / "log"
    written(log, 3, segment_bytes=1)
    sign_checkpoint(log, keys)
    newest = max((log / "w0").glob("*.log"))
    kept = newest.read_bytes()
    newest.unlink()

    assert "is gone, and a signed checkpoint names it" in difference(log, keys)
    newest.write_bytes(kept[: kept.index(b"\n=") + 1])
    assert "was written anew, or cut" in difference(log, keys)
    shutil.move(log / "w0", log / "w1")
    assert difference(log, keys) != ""


def test_retention_is_no_loss(tmp_path: Path, keys: Keys) -> None:
    """A signed block of a segment that was dropped for its age is not missed."""
    log = tmp_path / "log"
    made = written(log, 3, segment_bytes=1)
    sign_checkpoint(log, keys)
    made += written(log, 2, segment_bytes=1)
    drop_older(log, made[3].decided_at)

    assert difference(log, keys) == ""


@pytest.mark.parametrize("change", ["a digest", "another log", "another key", "no line"])
def test_a_changed_checkpoint_is_named(tmp_path: Path, keys: Keys, change: str) -> None:
    """Its signature does not hold any more, or it is that of another record."""
    log = tmp_path / "log"
    written(log, 1)
    sign_checkpoint(log, keys)
    path = log / CHECKPOINTS
    if change == "a digest":
        path.write_bytes(path.read_bytes().replace(b'"end":', b'"end":1', 1))
    elif change == "no line":
        path.write_bytes(b"{}\n")
    elif change == "another log":
        written(tmp_path / "other", 1)
        shutil.copy(tmp_path / "other" / IDENTITY, log / IDENTITY)
    else:
        keys = Keys(tmp_path / "others").ensure()

    with pytest.raises(TrustError, match=r"checkpoints\.jsonl line 1"):
        read_checkpoints(log, keys)


def test_an_identity_that_the_segments_do_not_bear_is_named(tmp_path: Path) -> None:
    """One character of the log's id, or its whole file: nothing else of the record is touched."""
    log = tmp_path / "log"
    written(log, 3)
    data = (log / IDENTITY).read_text()
    name = json.loads(data)["log"]

    (log / IDENTITY).write_text(data.replace(name, name[::-1]))
    changed = verify_log(log)
    (log / IDENTITY).unlink()

    assert (
        f"is of log {name} by its own header, and log.json names {name[::-1]}" in changed.difference
    )
    assert changed.decisions == 3
    assert "log.json is gone" in verify_log(log).difference


@pytest.mark.parametrize("block", [1, 2])
def test_a_flipped_byte_is_named_alike_by_all_who_read(
    tmp_path: Path, keys: Keys, block: int
) -> None:
    """File, byte and decision, signed or not: no signature hides them behind another sentence."""
    log = tmp_path / "log"
    made = written(log, 3)
    path = first_segment(log)
    data = bytearray(path.read_bytes())
    start = parse(bytes(data)).blocks[block].start
    data[data.index(made[block].decision_id.encode()) - 20] ^= 1
    sign_checkpoint(log, keys)
    path.write_bytes(data)

    said = difference(log, keys)

    assert said.startswith(f"{path} does not hold at byte {start:,}: a block of 1 entries does not")
    assert f"it has decision {made[block].decision_id}." in said
    assert verify_log(log).difference == said
    with pytest.raises(RecordError, match=re.escape(said)):
        list(read_entries(log))
