"""What a shadow would have decided is there wherever the decision is read: by id, shown, copied."""

from __future__ import annotations

import json
from pathlib import Path

from fraud_assets.cli import main
from fraud_assets.decisions.copies.aging import drop_from_parquet
from fraud_assets.decisions.copies.parquet import copy_to_parquet, read_copied
from fraud_assets.decisions.find import find_decision, find_shadows
from fraud_assets.decisions.log import LogSettings, open_log
from fraud_assets.documents.decision import Decision, Shadow, Shadowed
from tests.decisions.entries import recorded
from tests.waiting import wait_until

FIRST = Shadow("fraud_detector_20261116_063000", "a" * 64, 0.1 + 0.2, True)
SECOND = Shadow("fraud_detector_20261109_063000", "b" * 64, 0.25, False)


def scored_by(folder: Path, *scores: tuple[Decision, Shadow], at: int = 10) -> None:
    """Put scores on record as the shadow's process does, by a writer of its own."""
    log = open_log(folder)
    for decision, shadow in scores:
        log.record(Shadowed(decision=decision.decision_id, scored_at=at, shadow=shadow))
    log.close()


def two_decisions(folder: Path) -> list[Decision]:
    """The first one scored by two shadows, by one of them twice as after a crash."""
    log = open_log(folder)
    made = recorded(log, 2)
    scored_by(folder, (made[0], FIRST), (made[0], SECOND), (made[0], FIRST))
    log.close()
    return made


def test_by_its_id_a_decision_has_what_its_shadows_would_have_decided(tmp_path: Path) -> None:
    """Of its own alone, whichever writer put them on record."""
    first, second = two_decisions(tmp_path)

    assert find_decision(tmp_path, first.decision_id) == first
    assert find_shadows(tmp_path, first) == [FIRST, SECOND, FIRST]
    assert find_shadows(tmp_path, second) == []


def test_what_was_scored_much_later_is_not_looked_for(tmp_path: Path) -> None:
    """Three segments of a writer are read, however long the record is."""
    log = open_log(tmp_path, LogSettings(segment_bytes=1, window_seconds=0.002))
    (old,) = recorded(log, 1)
    for number in range(2, 6):
        wait_until(lambda number=number: log.status().flushed == number - 1)  # type: ignore[misc]
        recorded(log, 1)
    log.close()
    scored_by(tmp_path, (old, FIRST))

    assert len(list((tmp_path / "w0").glob("*"))) > 3
    assert find_shadows(tmp_path, old) == []


def test_decisions_show_says_it(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    """In words and as JSON, each shadow once."""
    first, _ = two_decisions(tmp_path)
    command = ["decisions", "show", first.decision_id, "--log", str(tmp_path)]

    assert main(command) == 0
    shown = capsys.readouterr().out
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["shadow"]

    assert f"shadow {FIRST.version}: flagged with probability {0.1 + 0.2!r}" in shown
    assert shown.count(FIRST.version) == 1
    assert f"shadow {SECOND.version}: not flagged with probability 0.25" in shown
    assert [(one["version"], one["is_flagged"]) for one in told] == [
        (FIRST.version, True),
        (SECOND.version, False),
    ]


def test_the_copy_in_parquet_has_it(tmp_path: Path) -> None:
    """Also where it is scored after the decision was copied; each once; none when too old."""
    log, out = tmp_path / "log", tmp_path / "out"
    first, second = two_decisions(log)
    copy_to_parquet(log, out)
    scored_by(log, (second, SECOND), at=20)
    copy_to_parquet(log, out)

    said = {one.decision_id: one.shadow for one in read_copied(out)}
    assert said == {first.decision_id: (FIRST, SECOND), second.decision_id: (SECOND,)}

    assert drop_from_parquet(out, 15) == 1
    said = {one.decision_id: one.shadow for one in read_copied(out)}
    assert said == {first.decision_id: (), second.decision_id: (SECOND,)}
