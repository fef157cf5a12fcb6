"""What other callers notice while someone without a key attacks the service.

    python -m benchmarks.siege                      every attack, 100 seconds each
    python -m benchmarks.siege --seconds 10 url     one of them, shorter

The real command, on 127.0.0.1 only. A caller asks for scores meanwhile, 50 times a second on one
connection and 10 times a second on new ones; its latencies count from the plan. Writes
benchmarks/out/siege.json, and ends with 1 where a bound is missed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.serve import free_port
from benchmarks.serve_world import fit, new_store, payments, publish
from benchmarks.siege_attacks import ATTACKS
from fraud_assets.store.store import Store

OUT = Path(__file__).parent / "out"
P99_MS, MEMORY_MIB = 50.0, 64.0
SECONDS = 100.0


class Caller(threading.Thread):
    """Asks for scores at a steady rate; a connection that was closed while idle is opened anew."""

    def __init__(self, port: int, body: bytes, rate: float, *, keep: bool) -> None:
        super().__init__(daemon=True)
        self.port, self.body, self.pause, self.keep = port, body, 1 / rate, keep
        self.latencies: list[float] = []
        self.failed: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        """Ask until stopped."""
        connection, planned = self._connection(), time.perf_counter()
        while not self.stop.is_set():
            planned += self.pause
            time.sleep(max(0.0, planned - time.perf_counter()))
            fresh = not self.keep
            try:
                self._ask(connection)
            except (OSError, http.client.HTTPException) as error:
                if fresh:
                    self.failed.append(repr(error))
                connection.close()
                self._again(connection)
            self.latencies.append(time.perf_counter() - planned)
            if fresh:
                connection.close()

    def _again(self, connection: http.client.HTTPConnection) -> None:
        try:
            self._ask(connection)
        except (OSError, http.client.HTTPException) as error:
            self.failed.append(repr(error))
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        connection.request("POST", "/predict", self.body, {"content-type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            self.failed.append(str(answer.status))

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)


def besiege(pid: int, port: int, body: bytes, attack: str, seconds: float) -> dict[str, Any]:
    """Latencies of other callers and the growth of the server's memory during one attack."""
    callers = [Caller(port, body, 50, keep=True), Caller(port, body, 10, keep=False)]
    before = resident(pid)
    command = [sys.executable, "-m", "benchmarks.siege_attacks", attack, str(port), str(seconds)]
    attacker = subprocess.Popen(command, stdout=subprocess.PIPE)
    for caller in callers:
        caller.start()
    most = before
    while attacker.poll() is None:
        most = max(most, resident(pid))
        time.sleep(0.05)
    for caller in callers:
        caller.stop.set()
        caller.join()
    print(
        [
            (round(float(np.quantile(c.latencies, q)) * 1000, 1))
            for c in callers
            for q in (0.5, 0.99, 1)
        ]
    )
    latencies = 1000 * np.array([one for caller in callers for one in caller.latencies])
    failed = [one for caller in callers for one in caller.failed]
    return {
        "n": len(latencies),
        "p50_ms": float(np.quantile(latencies, 0.5)),
        "p99_ms": float(np.quantile(latencies, 0.99)),
        "max_ms": float(latencies.max()),
        "failed": len(failed),
        "failures": sorted(set(failed))[:5],
        "grown_mib": (most - before) / 2**20,
        "attacker": json.loads(attacker.communicate()[0] or b"{}"),
    }


def resident(pid: int) -> int:
    """Resident memory in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


@contextmanager
def serving(store: Store, state: Path) -> Iterator[tuple[int, int]]:
    """The real command; its process and port."""
    port = free_port()
    environment = {
        **os.environ,
        "FRAUD_ASSETS_MODELS": str(store.root),
        "FRAUD_ASSETS_KEYS": str(store.keys.folder),
        "XDG_STATE_HOME": str(state),
    }
    command = [sys.executable, "-m", "fraud_assets", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(port, process)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once /ready answers.

    Raises
    ------
    SystemExit
        If it does not within a minute, or the server ends.
    """
    deadline = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/ready")
            connection.getresponse().read()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The server did not start.") from None
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()


def missed(found: dict[str, Any]) -> bool:
    """Whether other callers noticed more than they may."""
    late = found["p99_ms"] >= P99_MS or found["failed"]
    return bool(late or found["grown_mib"] >= MEMORY_MIB)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    parser.add_argument("--seconds", type=float, default=SECONDS)
    args = parser.parse_args()
    names = args.attacks or list(ATTACKS)
    results = {}
    print(f"{'attack':18} {'n':>6} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'MiB':>7} failed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, pipeline = new_store(folder), fit("logistic_regression")
        publish(store, pipeline, 0.5, "logistic_regression")
        body = json.dumps(payments(1, 5).features.to_dict("records")[0]).encode()
        for attack in names:
            with serving(store, folder / "state") as (pid, port):
                found = besiege(pid, port, body, attack, args.seconds)
            results[attack] = found | {"met": not missed(found)}
            print(
                f"{attack:18} {found['n']:6} {found['p50_ms']:8.2f} {found['p99_ms']:8.2f} "
                f"{found['max_ms']:8.2f} {found['grown_mib']:7.1f} {found['failed']:6} "
                f"{'met' if results[attack]['met'] else 'MISSED'} {found['attacker']}",
                flush=True,
            )
    OUT.mkdir(exist_ok=True)
    told = {"seconds": args.seconds, "cores": os.cpu_count(), "attacks": results}
    (OUT / "siege.json").write_text(json.dumps(told, indent=1) + "\n")
    return 0 if all(found["met"] for found in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
