"""Processes that are killed, and what they leave behind.

At d2ae1cc a killed first process left workers that held the port, and a killed publisher the
service of its proof. Each test here fails there.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.processes import PROC, children, has_ended
from tests.service.stores import PAYMENT, Server, free_port, new_store, promote, serving
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(not PROC.exists(), reason="reads /proc")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = new_store(tmp_path_factory.mktemp("store"))
    promote(made, "logistic_regression")
    return made


def is_refused(server: Server) -> bool:
    try:
        server.ask("/health")
    except OSError:
        return True
    return False


def test_a_killed_first_process_leaves_no_worker_and_a_free_port(store):
    """Killed, not asked to end."""
    with serving(store, "--workers", "2", wait=120) as running:
        workers = children(running.process.pid)
        running.process.kill()
        wait_until(lambda: all(has_ended(pid) for pid in workers))
        refused = is_refused(running)

    assert len(workers) == 2
    assert refused


@pytest.mark.slow
def test_a_killed_worker_is_replaced(store):
    """The others answer meanwhile; soon there are as many as before."""
    with serving(store, "--workers", "2", wait=120) as running:
        before = children(running.process.pid)
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: len(set(children(running.process.pid)) - {before[0]}) == 2)
        status = running.ask("/predict", PAYMENT)[0]

    assert status == 200


def test_a_service_ends_with_the_process_that_started_it(store):
    """As the publisher's proof does: the starter is killed, the service is gone."""
    port = free_port()
    code = (
        "import os, subprocess, sys, time; "
        "started = subprocess.Popen([sys.executable, '-m', 'fraud_assets', 'serve', '--port', "
        f"'{port}', '--with-parent', str(os.getpid())], stderr=subprocess.DEVNULL); "
        "print(started.pid, flush=True); time.sleep(100)"
    )
    environment = {
        **os.environ,
        "FRAUD_ASSETS_MODELS": str(store.root),
        "FRAUD_ASSETS_KEYS": str(store.keys.folder),
    }
    starter = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE
    )
    pid = int(starter.stdout.readline())
    server = Server(port, starter)
    wait_until(lambda: not is_refused(server))

    starter.kill()
    starter.wait()
    starter.stdout.close()

    wait_until(lambda: has_ended(pid))
    assert is_refused(server)


def test_a_killed_prover_leaves_no_service(store):
    """The publisher is killed while it proves the service; what it had started ends."""
    version = store.root / store.current().version
    code = (
        "import sys; from pathlib import Path; from fraud_assets.release.proof import prove; "
        "from fraud_assets.store.keys import Keys; "
        "[prove(Path(sys.argv[1]), Keys(Path(sys.argv[2]))) for _ in range(100)]"
    )
    prover = subprocess.Popen([sys.executable, "-c", code, str(version), str(store.keys.folder)])
    try:
        wait_until(lambda: children(prover.pid))
        service = children(prover.pid)
        os.kill(prover.pid, signal.SIGKILL)
        prover.wait()
        wait_until(lambda: all(has_ended(pid) for pid in service))
    finally:
        prover.kill()

    assert len(service) == 1
