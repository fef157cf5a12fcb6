"""A decision that a kill took before its flush comes on record when its payment comes again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fraud_assets.cli import main
from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
from fraud_assets.decisions.find import find_decision
from fraud_assets.decisions.log import LogSettings, open_log
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.decisions.verify import verify_log
from fraud_assets.replay.one import replay
from fraud_assets.replay.versions import Versions
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.decisions.plain import decision
from tests.service.decisions.test_at_once import ROOT, SYNC, WINDOW, decided, desk_of, let_go
from tests.service.decisions.test_decisions import CONTRACT
from tests.service.stores import new_store, promote

NEVER = LogSettings(window_seconds=3600)
"""A window that no flush comes in: what is recorded under it is lost in a kill."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose version carries its contract."""
    made = new_store(tmp_path_factory.mktemp("store"))
    promote(made, "gradient_boosting", {"contract.toml": CONTRACT.encode()})
    return made


def killed(store: Store, folder: Path, *numbers: int) -> list[dict[str, Any]]:
    """What a worker answered before it was killed, and lost."""
    words = [str(store.root), str(store.keys.folder), str(folder), *map(str, numbers)]
    ended = subprocess.run(
        [sys.executable, "-m", __name__, *words], cwd=ROOT, check=False, stdout=subprocess.PIPE
    )
    assert ended.returncode == -signal.SIGKILL
    return json.loads(ended.stdout)


def asked_again(store: Store, folder: Path, *numbers: int, settings: LogSettings = WINDOW) -> Any:
    """What the next worker answers to these payments."""
    desk = desk_of(store, folder, settings)
    told = decided(desk.decider(), *numbers)
    let_go(desk)
    return told


def test_it_comes_on_record_as_it_was_answered_and_once(store: Store, tmp_path: Path) -> None:
    """By its first id, marked, replayable; asked once more, nothing is added."""
    asked_again(store, tmp_path, 0)
    first, second = killed(store, tmp_path, 1, 2)
    log = tmp_path / "log"
    assert [one.payment_id for one in read_decisions(log)] == ["p0"]

    told = asked_again(store, tmp_path, 1, 0, 1)
    asked_again(store, tmp_path, 1, 0)

    assert told[0] == told[2] == first | {"repeated": True}
    kept = read_decisions(log)
    assert [one.payment_id for one in kept] == ["p0", "p1"]
    assert kept[0].recalled_at is None
    assert kept[1].recalled_at is not None
    assert (kept[1].decision_id, kept[1].features) == (first["decision_id"], first["features"])
    assert kept[1].decided_at < kept[1].recalled_at
    assert {replay(one, Versions(store)).standing for one in kept} == {"match"}
    assert find_decision(log, first["decision_id"]) == kept[1]
    assert find_decision(log, second["decision_id"]) is None
    found = verify_log(log)
    assert (found.difference, found.missing, found.decisions) == ("", 2, 2)


def test_another_worker_than_the_killed_one_puts_it_on_record(store: Store, tmp_path: Path) -> None:
    """Before the place of the killed one is taken and after; whoever asks by its id finds it."""
    first, second = killed(store, tmp_path, 1, 2)
    log = tmp_path / "log"
    place = open_log(log)  # takes the killed one's place, and says what it lost
    told = [asked_again(store, tmp_path, number, settings=SYNC)[0] for number in (1, 2)]
    place.close()

    assert told == [one | {"repeated": True} for one in (first, second)]
    kept = read_decisions(log)
    assert [one.decision_id for one in kept] == [first["decision_id"], second["decision_id"]]
    assert [find_decision(log, one.decision_id) for one in kept] == kept
    assert list((log / "w1").glob("*.log"))


def test_what_a_living_worker_has_yet_to_flush_is_not_lost(tmp_path: Path) -> None:
    """Nor what stands on record of one that has ended; an id of another log is not known here."""
    first, second = open_log(tmp_path, NEVER), open_log(tmp_path)
    own, other = (decision(decision_id=one.next_id()) for one in (second, first))
    first.record(other)
    second.record(own)
    waiting = [second.losses.holds(one.decision_id) for one in (own, other)]
    first.close()

    assert waiting == [False, False]
    assert not second.losses.holds(other.decision_id)
    assert second.losses.holds(first.next_id())  # of nobody's place, and nowhere on record
    assert not second.losses.holds("deadbeef-0-5f5e100")
    second.close()


def test_of_another_version_it_comes_with_that_versions_files(store: Store, tmp_path: Path) -> None:
    """Digest and threshold are those of the version that answered, not of the one that serves."""
    own = new_store(tmp_path / "own")
    promote(own, "gradient_boosting", {"contract.toml": CONTRACT.encode()})
    asked_again(own, tmp_path, 0)
    (first,) = killed(own, tmp_path, 1)
    promote(own, "logistic_regression", {"contract.toml": CONTRACT.encode()})

    asked_again(own, tmp_path, 1)

    before, after = read_decisions(tmp_path / "log")
    assert after.version == first["model_version"] == before.version
    assert (after.manifest, after.threshold) == (before.manifest, before.threshold)
    assert replay(after, Versions(own)).standing == "match"


def test_personal_values_come_covered(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Under a key of today, as the first one was lost with it; `show` opens them."""
    own = new_store(tmp_path / "own")
    text = CONTRACT + '[decisions]\nsubject = "who"\npersonal = ["country"]\n'
    promote(own, "gradient_boosting", {"contract.toml": text.encode()})
    (first,) = killed(own, tmp_path, 1)

    asked_again(own, tmp_path, 1)

    log = tmp_path / "log"
    (kept,) = read_decisions(log)
    assert kept.decision_id == first["decision_id"]
    assert str(kept.payment["who"]).startswith("~1:")
    opened = DecisionOpener(keys_folder(log)).open(kept)
    assert (opened.payment["who"], opened.features) == ("a", first["features"])
    assert main(["decisions", "show", first["decision_id"], "--log", str(log)]) == 0
    assert "recalled" in capsys.readouterr().out


if __name__ == "__main__":
    _models, _keys, _folder = map(Path, sys.argv[1:4])
    _desk = desk_of(Store(_models, Keys(_keys)), _folder, NEVER)
    sys.stdout.write(json.dumps(decided(_desk.decider(), *map(int, sys.argv[4:]))))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
