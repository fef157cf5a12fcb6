"""`fraud-assets run` as a person sees it in a terminal, and as a script reads it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import pytest

from tests.orchestration.runs import BIN, command, snapshot
from tests.weeks import REPOSITORY, Week

STEPS = (
    *("raw_transactions", "cleaned_features", "candidate_models"),
    *("tuned_pipeline", "evaluation_report", "published_artifact"),
)


def in_a_terminal(
    week: Week, *words: str, columns: int = 80, term: str = "xterm", stop_at: str | None = None
) -> tuple[int, str]:
    """The command under a real pseudo-terminal: exit code and what it wrote.

    Once it has written `stop_at`, somebody presses Ctrl-C there.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    left_out = {"DAGSTER_HOME", "NO_COLOR", "COLUMNS", "LINES"}
    environment = {k: v for k, v in os.environ.items() if k not in left_out} | week.environment
    environment |= {"TERM": term, "LOKY_MAX_CPU_COUNT": "2"}  # an interrupt reaches helpers as well
    process = subprocess.Popen(
        [str(BIN / words[0]), *words[1:]],
        cwd=week.folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    written, waited_for = b"", stop_at
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:
            break
        if not data:
            break
        written += data
        if waited_for is not None and waited_for in written.decode(errors="replace"):
            os.killpg(process.pid, signal.SIGINT)  # to its helpers too, as a terminal does
            waited_for = None
    os.close(ours)
    return process.wait(), written.decode()


def remaining(written: str) -> list[str]:
    """What is left on the screen, line by line, without what drew it."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
    return [line.rstrip() for line in re.split(r"[\r\n]+", plain) if line.strip()]


def test_a_piped_run_is_six_plain_lines(week):
    """No control character, no log, a line for each step; the model is published."""
    done = command(week, "fraud-assets", "run")

    assert done.returncode == 0, done.stderr
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f]", done.stdout + done.stderr) is None
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines if line[0] != " "] == list(STEPS)
    assert "is best on the validation rows" in re.sub(r"\s+", " ", done.stdout)
    assert "DEBUG" not in done.stdout + done.stderr
    assert max(map(len, lines)) <= 80
    assert snapshot(week)


def test_a_run_in_a_terminal_fits_it(week):
    """At most 30 lines of 80 columns remain on the screen, and no log among them."""
    code, written = in_a_terminal(week, "fraud-assets", "run")

    kept = [
        line
        for line in re.split(r"\r?\n", written)
        if re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line).strip()
    ]
    assert code == 0, written
    assert len(kept) <= 30
    assert "DEBUG" not in written
    assert "serves from now on" in written


def test_a_refusal_ends_with_its_sentence_and_its_report(week):
    """Exit 1; the reason is the last thing said, not a stack trace."""
    week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.05")

    done = command(week, "fraud-assets", "run")

    assert done.returncode == 1
    assert "Refused by rule alert_rate" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    report = re.search(r"\S+report\.html", done.stderr)
    assert report is not None
    assert (week.folder / report[0]).exists()
    said = json.loads((week.folder / report[0]).with_name("report.json").read_text())
    assert done.stderr.startswith(said["verdict"]["sentence"])
    assert snapshot(week) == {}


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["refused", "stopped"])
def test_a_run_leaves_nothing_in_the_temporary_folder(week, monkeypatch, ends):
    """Without DAGSTER_HOME and dagster.yaml Dagster's home goes with the run, however it ends.

    The log of one that was refused is kept in the folder it began in.
    """
    temporary = week.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.05")

    if ends == "stopped":
        code, written = in_a_terminal(week, "fraud-assets", "run", stop_at="candidate_models")
    else:
        done = command(week, "fraud-assets", "run")
        code, written = done.returncode, done.stdout + done.stderr

    assert code == {"refused": 1, "stopped": 130}[ends], written
    assert list(temporary.iterdir()) == []
    logs = [str(log) for log in week.folder.glob("fraud-assets-run-*.log")]
    assert re.findall(r"log: (\S+)", written) == logs
    assert len(logs) == (ends == "refused")


def test_a_faulty_contract_is_another_matter(week):
    """Exit 2, with every fault, before anything runs."""
    week.edit("min_recall = 0.90", "min_recal = 0.90")

    done = command(week, "fraud-assets", "run")

    assert done.returncode == 2
    assert "min_recal" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("as_of", ["2025-06-15"])
def test_an_older_week_is_asked_for_by_its_date(week, as_of):
    """`--as-of` is the week's date, as in the Launchpad."""
    done = command(week, "fraud-assets", "run", "--as-of", as_of)

    assert f"as of {as_of}" in done.stdout


@pytest.mark.parametrize(
    "step",
    [
        "candidate_models",
        pytest.param("Starting", marks=pytest.mark.slow),
        pytest.param("tuned_pipeline", marks=pytest.mark.slow),
        pytest.param("published_artifact", marks=pytest.mark.slow),
    ],
)
def test_ctrl_c_ends_a_run_in_one_sentence_and_publishes_nothing(week, step):
    """Exit 130 as shells do; no stack trace of ours or of Dagster's helpers; the store is empty."""
    (week.folder / "dagster.yaml").write_text((REPOSITORY / "dagster.yaml").read_text())

    code, written = in_a_terminal(week, "fraud-assets", "run", stop_at=step)

    assert code == 130, written
    assert "Traceback" not in written
    assert "Error" not in written
    assert remaining(written)[-1].startswith("Interrupted")
    assert snapshot(week) == {}
