from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import nullcontext
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from fraud_assets.data.columns import TIME
from fraud_assets.data.derive import FrameColumns
from fraud_assets.data.features import derive_features
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import ContractError, WorkError
from fraud_assets.features.batch.pieces.cutting import cut_rows
from fraud_assets.features.batch.pieces.doing import pieces_by
from fraud_assets.features.batch.pieces.layout import CutLayout
from fraud_assets.features.batch.pieces.lots import LotFile
from fraud_assets.features.kinds.count import Count
from fraud_assets.work.kinds.local import Local
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import run_tasks
from tests.work.units import (
    Table,
    entities_twice,
    pages_cleared,
    process,
    refused,
    summed,
    summed_slowly,
    threads,
    unpickled_here,
)

distributed = pytest.importorskip("distributed", reason="the extra [dask] is not installed")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def two():
    """A cluster of this host with two workers, as FRAUD_ASSETS_DASK=local asks for."""
    with chosen_executor(2, {"FRAUD_ASSETS_DASK": "local"}) as executor:
        yield executor


@pytest.fixture
def address(two) -> str:
    return two._cluster.client.scheduler.address


def table(seed: int) -> Table:
    return Table(np.random.default_rng(seed).random(50_000))


def test_results_come_in_the_order_of_the_tasks(two):
    """Bit for bit those of this process; each is seen as it comes."""
    tasks, seen = [(table(1), power) for power in range(9)], []

    found = run_tasks(summed, tasks, two, seen.append)

    assert found == [summed(*task) for task in tasks]
    assert sorted(seen) == sorted(found)


def test_a_worker_gets_data_once(two):
    """Twelve units, at most one time for each of two workers, and none here."""
    shared = table(2)

    before = dict(run_tasks(unpickled_here, [(table(3), 0.05)] * 12, two))
    after = dict(run_tasks(unpickled_here, [(shared, 0.05)] * 12, two))

    assert os.getpid() not in after
    assert sum(after.values()) - sum(before.values()) <= len(after)


def test_units_compute_on_one_thread(two):
    """Two would change the last bits of some fits."""
    assert two.start(threads, table(1)).result() == {1}


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is another")
def test_a_unit_uses_again_what_another_freed(two):
    """An array of 512 pages made 50 times is not 50 times made of cleared pages."""
    run_tasks(pages_cleared, [(3,)] * 6, two)

    assert max(run_tasks(pages_cleared, [(50,)] * 4, two)) < 25 * 512


def test_an_error_of_a_unit_is_raised_as_it_was_there(two):
    """With its sentence and its faults."""
    with pytest.raises(ContractError, match="must be at least 2, got 1") as caught:
        two.start(refused, 1).result()

    assert caught.value.faults[0].value == 1


def test_what_a_killed_worker_had_begun_is_done_again(two):
    """The data that it alone had are there again, and no result is missing or changed."""
    tasks = [(table(seed), power) for power in range(4) for seed in (5, 6, 7)]
    pids = dict.fromkeys(run_tasks(process, [(0.1,)] * 6, two))
    doomed = threading.Timer(0.5, os.kill, (next(iter(pids)), signal.SIGKILL))
    doomed.start()

    found = run_tasks(summed_slowly, tasks, two)

    doomed.join()
    assert found == [summed(*task) for task in tasks]


def test_two_runs_share_a_cluster(two, address):
    """The second comes by the scheduler's address, and leaves the first alone."""
    shared = table(8)
    first = two.start(summed_slowly, shared, 1)

    with chosen_executor(1, {"FRAUD_ASSETS_DASK": address}) as second:
        assert second.start(summed, shared, 2).result() == summed(shared, 2)

    assert first.result() == summed(shared, 1)
    assert two.start(summed, shared, 3).result() == summed(shared, 3)


def test_workers_of_other_code_are_refused_by_name(two, address, monkeypatch):
    """All that differs is named, with both versions."""
    here = "fraud_assets.work.kinds.dask.cluster.work_environment"
    monkeypatch.setattr(here, lambda: {"code of fraud_assets": "abc", "numpy": "1.0"})

    with pytest.raises(WorkError) as caught:
        chosen_executor(1, {"FRAUD_ASSETS_DASK": address})

    assert f"numpy {np.__version__} there, 1.0 here" in str(caught.value)
    assert "code of fraud_assets " in str(caught.value)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("tcp://127.0.0.1:9", "none answered at tcp://127.0.0.1:9 "),
        ("tcp://no-such-host.invalid:8786", "none answered at tcp://no-such-host"),
        ("tcp://anna:secret@127.0.0.1:9", "without user or password"),
        ("127.0.0.1:8786", "must be a scheduler's address such as tcp://host:8786"),
        ("http://127.0.0.1:8786", "must be a scheduler's address"),
        ("tcp://", "must be a scheduler's address"),
        ("tcp://host:port", "must be a scheduler's address"),
    ],
)
def test_an_address_without_a_cluster_is_said_in_a_sentence(place, said, monkeypatch):
    """What must stand there, what was found, what to do; never a password."""
    monkeypatch.setattr("fraud_assets.work.kinds.dask.cluster.CONNECT_SECONDS", 1)

    with pytest.raises(WorkError) as caught:
        chosen_executor(1, {"FRAUD_ASSETS_DASK": place})

    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_pieces_get_the_work_that_was_asked_for(two, tmp_path):
    """Not always the features: wherever it is done, each piece's values are what the work made."""
    rows = pd.DataFrame({"who": np.arange(9) % 5, TIME: np.datetime64("2025-01-01", "us")})
    kind = Count(kind="count", entity="who", window=timedelta(hours=1))
    block = (FrameColumns(rows), np.ones(9, dtype=bool))

    for at, executor in enumerate((Local(1), Local(2), two)):
        [cut] = cut_rows([block], [CutLayout("who", {"n": kind})], 2, tmp_path / str(at))
        pieces_by(executor)(entities_twice, cut.pieces)

        found = [next(LotFile(one.values, 1).read(0, 9)).tolist() for one in cut.pieces]
        assert found == [[0, 2, 4, 0, 2], [0, 2, 0, 2]]


def test_features_by_pieces_are_those_of_one_piece(two, made_week, monkeypatch):
    """Whether pieces are files that processes share or are sent to workers and back."""
    contract = made_week.settings.contract()
    rows = read_transactions(contract).rows
    whole = derive_features(rows, contract)
    monkeypatch.setenv("FRAUD_ASSETS_FEATURE_ROWS", "3000")

    for executor in (Local(1), Local(2), nullcontext(two)):
        found = derive_features(rows, contract, opening=lambda executor=executor: executor)
        pd.testing.assert_frame_equal(found, whole, check_exact=True)
