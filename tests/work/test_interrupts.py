"""Ctrl-C in a terminal reaches every process of a command; only the command itself speaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from fraud_assets.work.interrupts import interrupts_kept_from_helpers
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import run_tasks
from tests.waiting import wait_until
from tests.work.units import interrupted

COMMAND = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import run_tasks
from tests.work.units import heard

tasks = [(sys.argv[2], str(name)) for name in range(2)]
if __name__ == "__main__":
    try:
        if sys.argv[1] == "each":
            run_tasks(heard, tasks, 2)
        place = {"FRAUD_ASSETS_DASK": "local"} if sys.argv[1] == "dask" else {}
        with chosen_executor(2, place) as two:
            begun = [two.start(heard, *task) for task in tasks]
            begun[0].result()
    except KeyboardInterrupt:
        print("one sentence")
        sys.exit(130)
"""


@pytest.mark.parametrize("how", ["local", "each", pytest.param("dask", marks=pytest.mark.slow)])
def test_an_interrupt_of_all_processes_is_taken_by_the_command_alone(tmp_path, how):
    """Those that work for it print nothing, and end with it though their units had not ended."""
    if how == "dask" and find_spec("distributed") is None:
        pytest.skip("the extra [dask] is not installed")
    folder = tmp_path / "heard"
    folder.mkdir()
    program = tmp_path / "command.py"
    program.write_text(COMMAND)
    command = subprocess.Popen(
        [sys.executable, str(program), how, str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: len(list(folder.iterdir())) == 2)

    os.killpg(command.pid, signal.SIGINT)
    said, _ = command.communicate(timeout=60)

    assert (command.returncode, said) == (130, "one sentence\n")
    wait_until(lambda: not _lives(command.pid))


@pytest.mark.parametrize("place", [{}, {"FRAUD_ASSETS_DASK": "local"}])
def test_a_process_that_works_for_another_takes_no_interrupt(place):
    """Whenever it comes, in a unit or between two: it would print a stack trace."""
    if place and find_spec("distributed") is None:
        pytest.skip("the extra [dask] is not installed")
    with chosen_executor(2, place) as two:
        begun = [two.start(interrupted, name) for name in "abc"]

        assert [future.result() for future in begun] == ["a", "b", "c"]


def test_a_process_that_shares_a_list_of_tasks_takes_none_either():
    """Those that joblib begins."""
    assert run_tasks(interrupted, [(name,) for name in "abc"], 2) == ["a", "b", "c"]


def test_whoever_begins_them_takes_it():
    """At the latest when they have begun; nothing is lost."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _interrupted_while_they_begin()
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupted_while_they_begin() -> None:
    with interrupts_kept_from_helpers():
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
