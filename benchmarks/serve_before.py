"""Whether today's service is slower than that of an earlier commit.

    git worktree add ../before COMMIT
    python -m benchmarks.serve_before ../before

Both servers run on one core with the same model, the load on another; short rounds in turn, and the
median of the rounds' ratios. Writes benchmarks/out/serve_before.json, and ends with 1 where today's
needs over 5 % more processor time a request, or answers over 5 % fewer requests a second.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

from benchmarks import serve
from benchmarks.serve_world import FLAGGED_SHARE, fit, new_store, payments, publish, threshold_for

HERE = Path(__file__).parents[1]
ROUNDS, SLOWER = 11, 1.05
LOADS = {"16 connections": (), "1,000 requests/s": ("--rate", "1000")}
PUBLISH = """
import sys
from pathlib import Path
from benchmarks.serve_world import fit, new_store, publish
publish(new_store(Path(sys.argv[1])), fit(sys.argv[2]), float(sys.argv[3]), sys.argv[2])
"""
"""What another commit's own code makes its store with; these names are as old as the service."""


def processor_seconds(pid: int) -> float:
    """Processor time of all threads of a process, to the nanosecond where Linux tells it."""
    times = [path.read_text().split()[0] for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(map(int, times)) / 1e9


@contextmanager
def code_of(checkout: Path, state: Path) -> Iterator[None]:
    """Processes started inside run that checkout's code, with a state folder of their own."""
    before = dict(os.environ)
    os.environ |= {"PYTHONPATH": str(checkout), "XDG_STATE_HOME": str(state)}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def compared(before: Path, family: str, seconds: float) -> dict[str, Any]:
    """Each load's medians of both sides, and the medians of the rounds' ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pipeline, sent = fit(family), payments(2000, 5)
        threshold = threshold_for(pipeline, sent, FLAGGED_SHARE)
        bodies = folder / "payments.json"
        bodies.write_text(json.dumps(sent.features.to_dict("records")))
        publish(new_store(folder / "now"), pipeline, threshold, family)
        with code_of(before, folder / "state-before"):
            words = [str(folder / "before"), family, repr(threshold)]
            subprocess.run([sys.executable, "-c", PUBLISH, *words], cwd=before, check=True)
        with _running(folder, "now", HERE) as now, _running(folder, "before", before) as then:
            return _in_rounds({"now": now, "before": then}, bodies, seconds)


@contextmanager
def _running(folder: Path, side: str, checkout: Path) -> Iterator[tuple[int, int]]:
    keys = SimpleNamespace(folder=folder / side / "keys")
    store: Any = SimpleNamespace(root=folder / side / "models", keys=keys)
    port = serve.free_port()
    with code_of(checkout, folder / f"state-{side}"):
        running = serve.running([sys.executable, "-m", "fraud_assets", "serve"], port, store)
        pid = running.__enter__()
    try:
        yield pid, port
    finally:
        running.__exit__(None, None, None)


def _in_rounds(up: dict[str, tuple[int, int]], bodies: Path, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {load: {side: [] for side in up} for load in LOADS}
    for at in range(ROUNDS):
        for load, options in LOADS.items():
            for side in list(up)[:: 1 if at % 2 == 0 else -1]:
                found[load][side].append(serve.measure(*up[side], bodies, seconds, *options))
    return {load: _told(sides["now"], sides["before"]) for load, sides in found.items()}


def _told(now: list[dict[str, Any]], before: list[dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {"failed": sum(int(run["failed"]) for run in [*now, *before])}
    for name in ("requests_per_second", "cpu_us", "p50_ms", "p99_ms"):
        pairs = [(float(a[name]), float(b[name])) for a, b in zip(now, before, strict=True)]
        told[name] = {
            "now": median(a for a, _ in pairs),
            "before": median(b for _, b in pairs),
            "ratio": median(a / b for a, b in pairs),
        }
    return told


def is_slower(told: dict[str, Any]) -> bool:
    """By more than 5 %, in processor time a request or in requests a second."""
    costs = told["cpu_us"]["ratio"], 1 / told["requests_per_second"]["ratio"]
    return max(costs) > SLOWER


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("before", type=Path, help="a checkout of the earlier commit")
    parser.add_argument("--family", default="gradient_boosting")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each round")
    args = parser.parse_args()
    serve.cpu_seconds = processor_seconds
    found = compared(args.before.resolve(), args.family, args.seconds)
    for load, told in found.items():
        for name, one in told.items():
            if isinstance(one, dict):
                numbers = f"{one['now']:10,.2f} {one['before']:10,.2f} {one['ratio']:7.3f}"
                print(f"{load:18} {name:20} {numbers}")
        print(f"{load:18} {'slower by over 5 %' if is_slower(told) else 'met'}")
    serve.OUT.mkdir(exist_ok=True)
    file = serve.OUT / "serve_before.json"
    file.write_text(
        json.dumps({"load_average": os.getloadavg()[0], "loads": found}, indent=1) + "\n"
    )
    return 1 if any(map(is_slower, found.values())) else 0


if __name__ == "__main__":
    sys.exit(main())
