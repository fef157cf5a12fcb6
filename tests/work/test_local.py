from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from fraud_assets.errors import ContractError, UsageError
from fraud_assets.work.cores import cores
from fraud_assets.work.kinds.local import Local
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import begin_tasks, run_tasks
from tests.waiting import wait_until
from tests.work.units import (
    Table,
    process,
    refused,
    summed,
    threads,
    unpickled_here,
    written_into,
)

TABLE = Table(np.arange(50_000.0))
TASKS = [(TABLE, power) for power in range(4)]


@pytest.fixture(scope="module")
def two():
    with Local(2) as executor:
        yield executor


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_tasks(workers):
    """Whoever does them, and however many there are."""
    seen = []

    found = run_tasks(summed, TASKS, workers, seen.append)

    assert found == [summed(*task) for task in TASKS]
    assert sorted(seen) == sorted(found)


def test_begun_tasks_are_done_before_anybody_asks(tmp_path):
    """Two processes work beside what this one does; results still come in the order of tasks."""
    names = ["c", "a", "b"]

    ended = begin_tasks(written_into, [(str(tmp_path), name) for name in names], 2)

    wait_until(lambda: len(list(tmp_path.iterdir())) == 3)
    assert ended() == names


def test_where_there_is_one_process_what_was_begun_is_done_when_it_is_asked_for(tmp_path):
    """There is nobody else to do it."""
    ended = begin_tasks(written_into, [(str(tmp_path), "a")], 1)

    assert list(tmp_path.iterdir()) == []
    assert ended() == ["a"]


def test_one_process_is_this_one():
    """Nothing is begun beside it, so a unit may call back."""
    with Local(1) as executor:
        assert executor.is_here
        assert executor.start(process, 0.0).result() == os.getpid()


def test_a_process_takes_data_out_of_their_bytes_once(two):
    """Eight units, at most one time for each of the two processes."""
    running = [two.start(unpickled_here, TABLE, 0.1) for _ in range(8)]

    counts = dict(future.result() for future in running)

    assert os.getpid() not in counts
    assert set(counts.values()) == {1}


def test_units_compute_on_one_thread(two):
    """Two would change the last bits of some fits."""
    assert two.start(threads, TABLE).result() == {1}


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_of_a_unit_is_raised_as_it_was_there(processes):
    """With its sentence and its faults."""
    with Local(processes) as executor, pytest.raises(ContractError, match="folds") as caught:
        executor.start(refused, 1).result()

    assert caught.value.faults[0].value == 1


def test_nothing_stays_behind(tmp_path, monkeypatch):
    """What processes read from goes with the executor."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Local(2) as executor:
        executor.start(summed, TABLE, 1).result()
        assert any(tmp_path.iterdir())

    assert list(tmp_path.iterdir()) == []


def test_without_a_setting_work_is_done_in_local_processes():
    """As many as the caller says."""
    with chosen_executor(3, {}) as executor:
        assert isinstance(executor, Local)
        assert (executor.processes, executor.slots) == (3, 3)


CORES = "import os; {before}; from fraud_assets.work.cores import cores; print(cores())"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs Linux's affinity")
@pytest.mark.parametrize(
    "before",
    ["os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])",
     "os.environ['LOKY_MAX_CPU_COUNT'] = '1'"],
)  # fmt: skip
def test_no_more_cores_are_kept_busy_than_a_process_may_use(before):
    """By its affinity, or by LOKY_MAX_CPU_COUNT; by a container's quota in the same way."""
    code = CORES.format(before=before)

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout == "1\n"


def test_a_number_of_cores_that_is_none_is_one_sentence(monkeypatch):
    """With the setting's name and what stands there."""
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "two")

    with pytest.raises(UsageError, match=r"LOKY_MAX_CPU_COUNT must be a whole number.*'two'"):
        cores()
