"""Alert rules and board ask for what /metrics exports, from a real service with all of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest
import yaml

from fraud_assets.documents.formats import write_document
from fraud_assets.service.promise import NewestLook
from fraud_assets.watch.production import WatchedContract, production
from tests.service.decisions.test_decisions import payment
from tests.service.decisions.test_record import deciding
from tests.service.decisions.test_shadow import store_of_two
from tests.watch.worlds import DAY, START, lived, reign
from tests.weeks import REPOSITORY

FOLDER = REPOSITORY / "docs" / "monitoring"
PLACE = Path("production", "production.json")
WATCHED = WatchedContract("crypto_gateway", "USD", 14.0)
UNTIL = START + 10 * 7 * DAY


def look_in(folder: Path, recall: float) -> None:
    """What a daily look leaves beside the record."""
    document = production(lived([recall] * 8), [reign()], WATCHED, UNTIL)
    (folder / PLACE).parent.mkdir(exist_ok=True)
    (folder / PLACE).write_bytes(write_document(document))


def asked_names(text: str) -> set[str]:
    return set(re.findall(r"fraud_assets_[a-z_]+", text))


def test_rules_and_board_ask_for_what_is_exported(tmp_path: Path) -> None:
    """Every name in them stands in /metrics; health tells of alarm and shadow."""
    store = store_of_two(tmp_path, shadow=True)
    look_in(tmp_path, 0.6)
    with deciding(store, tmp_path) as server:
        assert server.ask("/decisions", payment(0))[0] == 200
        text = server.ask("/metrics")[1]
        health = server.ask("/health")[1]

    exported = asked_names("\n".join(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)))
    exported |= asked_names("\n".join(line.split(" ")[0] for line in text.splitlines()))
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
    board = json.loads((FOLDER / "board.json").read_text())
    asked = [one["expr"] for one in rules]
    asked += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert asked_names("\n".join(asked)) - exported == set()
    assert all({"summary", "action"} <= set(one["annotations"]) for one in rules)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert "fraud_assets_promise_alarm 1" in text
    assert health["promise"]["alarm"]
    assert health["promise"]["sentence"].startswith("Alarm since ")
    assert health["shadow"] is not None


def test_the_newest_look_is_told_and_none_where_nobody_looked(tmp_path: Path) -> None:
    """A file that is replaced is read again; one that cannot be read is as none."""
    promise = NewestLook([tmp_path / "production"], "crypto_gateway")
    assert promise.told() is None
    assert promise.metrics() == ""

    look_in(tmp_path, 0.95)
    first = promise.told()
    look_in(tmp_path, 0.5)
    second = promise.told()
    (tmp_path / PLACE).write_bytes(b"{")

    assert (first["alarm"], second["alarm"]) == (False, True)
    assert first["until"] == str(UNTIL)[:19]
    assert msgspec.json.encode(second)
    assert np.isfinite(second["evidence"])
    assert promise.told() is None


def test_prometheus_own_tool_takes_the_rules() -> None:
    """Where it is installed: each expression parses, each rule has what one needs."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool: apt-get install prometheus")

    words = [promtool, "check", "rules", str(FOLDER / "alerts.yml")]
    done = subprocess.run(words, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout
