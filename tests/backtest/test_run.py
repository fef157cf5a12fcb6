from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from fraud_assets.backtest.history import WEEK
from fraud_assets.backtest.run import backtest
from fraud_assets.backtest.schedule import WeekTicker, plan
from fraud_assets.backtest.tables import backtest_table
from fraud_assets.cli import main
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.documents.backtest.whole import read_backtest
from fraud_assets.errors import DocumentError, InsufficientEvidenceError, StoreError
from fraud_assets.store.lock import exclusive
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import run_tasks
from tests.backtest.conftest import OPTIONS
from tests.weeks import REPOSITORY
from tests.work.units import process

COMMAND = ["backtest", "--weeks", "6", "--search-every", "3"]


def test_the_result_tells_every_week_with_verdict_promise_and_outcome(finished):
    """Six weeks; the last two have no outcome yet; promises follow a promotion."""
    weeks = finished.result.weeks

    assert len(weeks) == 6
    assert [week.model.searched for week in weeks] == [True, False, False] * 2
    assert [week.naive.outcome is None for week in weeks] == [False] * 4 + [True] * 2
    promoted = [i for i, week in enumerate(weeks) if week.verdict.decision == "promote"]
    assert promoted
    for i, week in enumerate(weeks):
        before = [weeks[j].as_of for j in promoted if j <= i]
        serving = week.production.version if week.production else None
        assert serving == (before[-1] if before else None)
        assert (week.promise is None) == (serving is None)


def test_the_file_is_a_document_that_other_tools_can_read(finished):
    """Its reader gives the result back; its schema takes the file and refuses another one."""
    data = (finished.out / "backtest.json").read_bytes()
    schema = json.loads((REPOSITORY / "schemas" / "backtest.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)

    assert read_backtest(data) == finished.result
    plain = json.loads(data)
    assert list(validator.iter_errors(plain)) == []
    plain["weeks"][0]["judged"]["recall"]["k"] = "many"
    assert list(validator.iter_errors(plain))
    with pytest.raises(DocumentError, match=r"weeks\[0\].judged.recall.k: must be"):
        read_backtest(plain)


def test_an_outcome_is_what_the_frozen_model_did_in_the_week_after(finished, history):
    """Counted again from the stored scores and the raw labels, row by row."""
    week = next(week for week in finished.result.weeks if week.outcome)
    as_of, version = np.datetime64(week.as_of, "us"), week.production.version
    (file,) = (finished.out / "weeks").glob(f"*-{version}-*.npz")
    told = json.loads(file.with_suffix(".json").read_text())["week"]["model"]
    scores = dict(np.load(file))["scores"]

    frauds = caught = alerts = 0
    for i, (time, label) in enumerate(
        zip(history.raw.rows[TIME], history.raw.rows[LABEL], strict=True)
    ):
        if as_of < np.datetime64(time, "us") <= as_of + WEEK:
            flagged = scores[i - told["first"]] >= told["threshold"]
            frauds += label
            caught += label and flagged
            alerts += flagged

    assert (week.outcome.recall.k, week.outcome.recall.n) == (caught, frauds)
    assert week.outcome.alerts == alerts


def test_a_second_run_makes_nothing_anew_and_tells_the_same(small, finished):
    """Every week is found finished; the files have the same bytes."""
    before = (finished.out / "backtest.json").read_bytes()
    said: list[str] = []

    again = backtest(small.settings.contract(), finished.out, OPTIONS, said.append)

    assert again == finished.result
    assert (finished.out / "backtest.json").read_bytes() == before
    assert sum("was finished" in line for line in said) == 6
    assert not any("refitted" in line or "searched" in line for line in said)


@pytest.mark.slow
def test_two_workers_tell_what_one_tells(small, finished, tmp_path):
    """The same bytes, whatever the number of processes."""
    backtest(small.settings.contract(), tmp_path / "out", replace(OPTIONS, workers=2))

    assert table_bytes(tmp_path / "out") == table_bytes(finished.out)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cluster_that_loses_a_worker_tells_what_one_process_tells(small, finished, tmp_path):
    """The same bytes; what the killed worker had begun is done again."""
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    with chosen_executor(2, {"FRAUD_ASSETS_DASK": "local"}) as cluster:
        doomed = run_tasks(process, [(0.1,)], cluster)

        def kill_one(line: str) -> None:
            if "searched" in line and doomed:
                os.kill(doomed.pop(), signal.SIGKILL)

        out = tmp_path / "out"
        backtest(small.settings.contract(), out, replace(OPTIONS, workers=cluster), kill_one)

    assert not doomed
    assert table_bytes(out) == table_bytes(finished.out)


@pytest.mark.slow
def test_killed_and_started_again_tells_the_same(small, finished, tmp_path):
    """SIGKILL after the first finished week; the second start makes only the others."""
    out = tmp_path / "out"
    with launch(small, out, "--workers", "2") as running:
        for line in running.stderr:
            if " of 6 weeks" in line:
                running.send_signal(signal.SIGKILL)
                break

    with launch(small, out, "--workers", "1") as again:
        said = again.communicate(timeout=600)[1]

    assert again.returncode == 0
    assert "was finished" in said
    assert table_bytes(out) == table_bytes(finished.out)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_interrupted_in_a_terminal_it_keeps_what_it_has(small, finished, tmp_path, workers):
    """Ctrl-C goes to every process of the terminal: a sentence, exit 130, no stack trace."""
    out = tmp_path / "out"
    with launch(small, out, "--workers", workers) as running:
        said = ""
        for line in running.stderr:
            said += line
            if " of 6 weeks" in line:
                os.killpg(running.pid, signal.SIGINT)
                break
        said += running.stderr.read()
    kept = len(list((out / "weeks").glob("*.json")))

    with launch(small, out, "--workers", "1") as again:
        resumed = again.communicate(timeout=600)[1]

    assert running.returncode == 130
    assert f"Interrupted: {kept} of 6 weeks are finished" in said
    assert "Traceback" not in said
    assert resumed.count("was finished") == kept
    assert table_bytes(out) == table_bytes(finished.out)


def test_within_a_week_it_says_how_far_it_is(small, tmp_path):
    """In one process the search's own lines, under the week's date."""
    said: list[str] = []

    backtest(small.settings.contract(), tmp_path / "out", replace(OPTIONS, weeks=1), said.append)

    assert any(re.match(r"\d{4}-\d\d-\d\d: .* fits in ", line) for line in said), said


def test_a_week_that_takes_long_is_named_while_it_is_made():
    """With several processes: which weeks are being made, and for how long."""
    said: list[str] = []
    search, *_ = tasks = plan([np.datetime64("2025-06-02"), np.datetime64("2025-06-09")], 2)
    ticker = WeekTicker(tasks, said.append)
    ticker.begin(search)

    ticker.beat()
    ticker.tick(search, made=True)

    assert re.match(r"0 of 2 weeks; 2025-06-02 being searched for \d+ s", said[0])
    assert said[1].startswith("1 of 2 weeks; 2025-06-02 searched;")


def test_a_changed_policy_makes_every_week_anew(week_copy, tmp_path):
    """Stale weeks are neither used nor kept."""
    options = replace(OPTIONS, weeks=1)
    backtest(week_copy.settings.contract(), tmp_path / "out", options)
    before = {file.name for file in (tmp_path / "out" / "weeks").iterdir()}
    week_copy.edit("max_alert_rate = 0.9", "max_alert_rate = 0.89")

    backtest(week_copy.settings.contract(), tmp_path / "out", options)

    after = {file.name for file in (tmp_path / "out" / "weeks").iterdir()}
    assert len(after) == len(before) == 2
    assert not after & before


def test_two_backtests_in_one_folder_are_refused(small, tmp_path):
    """One sentence that names the lock, nothing written."""
    (tmp_path / "weeks").mkdir()
    with exclusive(tmp_path / ".lock"), pytest.raises(StoreError, match="Another process"):
        backtest(small.settings.contract(), tmp_path, OPTIONS)

    assert not (tmp_path / "backtest.json").exists()


def test_windows_that_never_fit_are_told_in_a_sentence(week_copy, tmp_path):
    """With the reason that the newest week gives."""
    week_copy.edit("fit_frauds = 60", "fit_frauds = 6000")

    with pytest.raises(InsufficientEvidenceError, match=r"No week .* ask for 6080 matured frauds"):
        backtest(week_copy.settings.contract(), tmp_path / "out", OPTIONS)


def test_the_command_prints_table_or_json(small, finished, monkeypatch, capsys):
    """Both from the finished folder; exit code 0."""
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(small.contract))
    arguments = [*COMMAND, "--workers", "1", "--out", str(finished.out)]

    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert main([*arguments, "--json"]) == 0
    printed = capsys.readouterr().out

    assert backtest_table(finished.result) in shown
    assert max(map(len, backtest_table(finished.result).splitlines())) <= 80
    assert printed == (finished.out / "backtest.json").read_text()


@pytest.mark.parametrize("words", [["--weeks", "0"], ["--search-every", "x"], ["--workers", "-1"]])
def test_wrong_usage_exits_with_two(words, capsys):
    """The option and its bound are named."""
    with pytest.raises(SystemExit) as raised:
        main(["backtest", *words])

    assert raised.value.code == 2
    assert "whole number of at least 1" in capsys.readouterr().err


def test_the_page_shows_every_week_and_loads_nothing(finished):
    """Self-contained: no script, no address, each week in a row, five pictures."""
    page = (finished.out / "backtest.html").read_text()

    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    for week in finished.result.weeks:
        assert f'<th scope="row">{week.as_of}</th>' in page
    assert page.count("<svg") == 5
    assert "no week to show" not in page


def table_bytes(out: Path) -> bytes:
    return (out / "backtest.json").read_bytes()


def launch(small, out: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "fraud-assets"), *COMMAND, *words, "--out", str(out)],
        env=os.environ | small.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
