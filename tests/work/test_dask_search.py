from __future__ import annotations

import os
import shutil
import signal
import threading
from contextlib import ExitStack
from dataclasses import dataclass

import msgspec
import numpy as np
import pytest

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures, clean
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import WorkError
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.tuning import tune
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import Workers, run_tasks
from tests.waiting import wait_until
from tests.weeks import make_week
from tests.work.clusters import REPOSITORY, scheduler, workers
from tests.work.units import Table, fatal, process, summed_slowly

pytest.importorskip("distributed", reason="the extra [dask] is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@dataclass(frozen=True)
class Searchable:
    """A week, cleaned, with its contract."""

    cleaned: CleanedFeatures
    contract: Contract

    def search(self, who: Workers) -> tuple[object, ...]:
        """All that a search decides: leaderboard, settings, sentence and pipeline.joblib."""
        fit, middle = self.cleaned.rows("fit"), self.cleaned.rows("threshold")
        board = compare_candidates(fit, self.contract, workers=who)
        tuned = tune(
            fit, middle, board, self.contract, workers=who, earlier=self.cleaned.earlier_rows
        )
        untimed = [msgspec.structs.replace(row, fit_seconds=0.0) for row in board.candidates]
        assert tuned.search is not None
        found = tuned.search
        return untimed, found.settings, found.history, found.sentence, found.fits, tuned.digest


@pytest.fixture(scope="module")
def week(tmp_path_factory) -> Searchable:
    """Its search races a grid in two rungs and looks back."""
    made = make_week(tmp_path_factory.mktemp("week") / "week", 12_000)
    made.edit('["logistic_regression"]', '["logistic_regression", "hist_gradient_boosting"]')
    made.edit("folds = 2", "folds = 4\nminutes = 0.002")
    contract = made.settings.contract()
    return Searchable(clean(read_transactions(contract), contract), contract)


def executor_at(address: str):
    return chosen_executor(1, {"FRAUD_ASSETS_DASK": address})


def kill_a_busy_worker(executor, killed: list[int]) -> None:
    """SIGKILL for the process of a worker that is at a unit, as soon as there is one."""
    client = executor._cluster.client
    pids = client.run(os.getpid)
    busy: list[str] = []

    def one_is_busy() -> bool:
        busy[:] = [worker for worker, units in client.processing().items() if units]
        return bool(busy)

    wait_until(one_is_busy)
    os.kill(pids[busy[0]], signal.SIGKILL)
    killed.append(pids[busy[0]])


@pytest.mark.long
def test_the_same_pipeline_from_any_number_of_workers_and_with_one_killed(week, tmp_path):
    """One process of this host, or 1, 2 and 4 workers: winner, settings and file are the same."""
    expected, found, killed = week.search(1), {}, []

    with scheduler(tmp_path) as (address, _), ExitStack() as started:
        for count, more in ((1, 1), (2, 1), (4, 2)):
            started.enter_context(workers(address, tmp_path, "--nworkers", str(more)))
            with executor_at(address) as executor:
                executor._cluster.client.wait_for_workers(count, timeout=300)
                if count == 4:
                    killer = threading.Thread(target=kill_a_busy_worker, args=(executor, killed))
                    killer.start()
                found[count] = week.search(executor)
                if count == 4:
                    killer.join()

    assert found == dict.fromkeys((1, 2, 4), expected)
    assert len(killed) == 1


def test_a_scheduler_that_dies_is_said_in_one_sentence(tmp_path, monkeypatch):
    """The work ends with an error that says where it was and what to do."""
    monkeypatch.setattr("fraud_assets.work.kinds.dask.cluster.CONNECT_SECONDS", 5)
    tasks = [(Table(np.arange(50_000.0)), 1)] * 200

    with (
        scheduler(tmp_path) as (address, running),
        workers(address, tmp_path),
        executor_at(address) as executor,
    ):
        said: list[float] = []

        def kill_it(_: float) -> None:
            if not said:
                running.kill()
            said.append(0.0)

        with pytest.raises(WorkError, match=f"scheduler at {address} was lost"):
            run_tasks(summed_slowly, tasks, executor, kill_it)

    assert len(said) < len(tasks)


def test_workers_that_die_and_do_not_come_back_are_missed(tmp_path, monkeypatch):
    """After a while without one it is said; until then another may join."""
    with scheduler(tmp_path) as (address, _), ExitStack() as started:
        only = started.enter_context(workers(address, tmp_path, "--no-nanny"))
        with executor_at(address) as executor:
            monkeypatch.setattr("fraud_assets.work.kinds.dask.cluster.ALONE_SECONDS", 2)
            only.kill()
            with pytest.raises(WorkError, match="must have a worker within 2 s, got none"):
                run_tasks(process, [(0.1,)] * 4, executor)


def test_a_unit_of_which_its_worker_dies_is_said_in_one_sentence(tmp_path):
    """As where memory does not last."""
    with (
        scheduler(tmp_path, strict=True) as (address, _),
        workers(address, tmp_path),
        executor_at(address) as executor,
        pytest.raises(WorkError, match=r"its worker died every time \(1\), the last at tcp://"),
    ):
        run_tasks(fatal, [(1,)], executor)


def test_a_worker_of_other_code_gets_nothing_to_do(tmp_path):
    """One that is there is refused at once, one that joins later by its first unit."""
    shutil.copytree(REPOSITORY / "fraud_assets", tmp_path / "old" / "fraud_assets")
    shutil.copytree(REPOSITORY / "tests", tmp_path / "old" / "tests")
    with (tmp_path / "old" / "fraud_assets" / "profiles.py").open("a") as file:
        file.write("# another version\n")

    with scheduler(tmp_path) as (address, _), ExitStack() as started:
        started.enter_context(workers(address, tmp_path))
        with executor_at(address) as executor:
            assert executor.start(process, 0.0).result() > 0
            started.enter_context(workers(address, tmp_path, code=tmp_path / "old"))
            executor._cluster.client.wait_for_workers(2, timeout=300)
            with pytest.raises(WorkError, match=r"code of fraud_assets .* there, .* here"):
                run_tasks(process, [(0.2,)] * 8, executor)
        with pytest.raises(WorkError, match=r"code of fraud_assets .* there, .* here"):
            executor_at(address)
