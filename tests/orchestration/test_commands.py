"""The chain as people type it: real processes, real exit codes, nothing set beyond the paths."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from tests.orchestration.runs import BIN, command, snapshot
from tests.orchestration.server import ask, dagster_dev, finished
from tests.weeks import REPOSITORY

MODULE = ("-m", "fraud_assets.definitions")
pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]


def materialize(week, select, *more):
    return command(week, "dagster", "asset", "materialize", "--select", select, *MODULE, *more)


@pytest.fixture
def home(week):
    """The repository's own dagster.yaml beside the week, so that runs share their values."""
    (week.folder / "dagster.yaml").write_text((REPOSITORY / "dagster.yaml").read_text())
    return week


def test_the_whole_chain_then_its_parts_then_an_older_week(home):
    """Exit 0 and a version; a weaker policy's part runs exit 1 and change no byte."""
    done = materialize(home, "*")
    assert done.returncode == 0, done.stderr[-2000:]
    shown = command(home, "fraud-assets", "models", "show")
    assert "recall" in shown.stdout
    assert str(home.folder / "models") in shown.stdout or "models/fraud_detector_" in shown.stdout
    before = snapshot(home)

    as_of = json.dumps({"ops": {"raw_transactions": {"config": {"as_of": "2025-06-15"}}}})
    older = materialize(home, "*", "--config-json", as_of)
    assert older.returncode == 1
    assert "as_of" in older.stdout + older.stderr

    home.edit("max_alert_rate = 0.75", "max_alert_rate = 0.05")
    assert materialize(home, "evaluation_report").returncode == 1
    part = materialize(home, "published_artifact")

    assert part.returncode == 1
    assert "Refused by rule" in part.stdout + part.stderr
    assert snapshot(home) == before


def test_the_definitions_are_valid_and_the_schedule_can_be_previewed(home):
    """Both commands load the workspace as the UI does."""
    (home.folder / "workspace.yaml").write_text(
        "load_from:\n  - python_module: fraud_assets.definitions\n"
    )

    valid = command(home, "dagster", "definitions", "validate", "-w", "workspace.yaml")
    preview = command(
        home, "dagster", "schedule", "preview", "-w", "workspace.yaml", home=home.folder
    )

    assert valid.returncode == 0, valid.stderr[-2000:]
    assert preview.returncode == 0, preview.stderr[-2000:]
    assert "weekly_retrain" in preview.stdout


def test_stepkeys_of_the_publisher_alone_publish_nothing(home):
    """A GraphQL run of that one step after a refused run changes no byte of the store."""
    assert materialize(home, "*").returncode == 0
    before = snapshot(home)
    home.edit("max_alert_rate = 0.75", "max_alert_rate = 0.05")
    assert materialize(home, "*").returncode == 1
    mutation = """mutation { launchRun(executionParams: {
      selector: {repositoryLocationName: "fraud_assets.definitions",
                 repositoryName: "__repository__", jobName: "weekly_retrain"},
      stepKeys: ["published_artifact"], runConfigData: {}}) { __typename } }"""

    with dagster_dev(home) as address:
        launched = ask(address, mutation)["launchRun"]["__typename"]
        ended = finished(address)

    assert (launched, ended) == ("LaunchRunSuccess", "FAILURE")
    assert snapshot(home) == before


def test_code_edited_between_two_commands_is_noticed(home, tmp_path, monkeypatch):
    """A release that comes between two steps makes the earlier step run again."""
    package = tmp_path / "release" / "fraud_assets"
    shutil.copytree(
        REPOSITORY / "fraud_assets", package, ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    assert materialize(home, "raw_transactions").returncode == 0

    with (package / "data" / "derive.py").open("a") as file:
        file.write("\n# a newer release\n")
    result = materialize(home, "cleaned_features")

    assert result.returncode == 1
    assert "Run raw_transactions again" in result.stderr + result.stdout


def dg_command(week, *words):
    """A `dg` process in the repository, whose [tool.dg] it reads, on the week's own paths."""
    own = week.folder / "home"
    own.mkdir(exist_ok=True)
    (own / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    return subprocess.run(
        [str(BIN / "dg"), *words],
        cwd=REPOSITORY,
        env=os.environ
        | week.environment
        | {"DAGSTER_HOME": str(own), "DAGSTER_DISABLE_TELEMETRY": "true", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_dg_exits_as_dagster_does(week):
    """Definitions hold and are listed; a launch that publishes exits 0, a refused one 1."""
    checked, listed = dg_command(week, "check", "defs"), dg_command(week, "list", "defs")
    assert checked.returncode == 0, checked.stderr[-2000:]
    assert listed.returncode == 0, listed.stderr[-2000:]
    assert "published_artifact" in listed.stdout
    assert "weekly_retrain" in listed.stdout

    done = dg_command(week, "launch", "--assets", "*")
    assert done.returncode == 0, done.stderr[-2000:]
    before = snapshot(week)
    week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.05")
    refused = dg_command(week, "launch", "--assets", "*")

    assert before
    assert refused.returncode == 1
    assert "Refused by rule alert_rate" in refused.stdout + refused.stderr
    assert snapshot(week) == before
