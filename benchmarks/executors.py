"""What a cluster costs: the same work in this process and on one Dask worker, in turns.

    python -m benchmarks.executors [--only search features backtest] [--rounds 3] [--lose]

The search is that of the shipped week's families, grids and history; the features are the
handbook's on copies of its payments, by pieces; the backtest walks the shipped contract's newest
weeks. Both sides do one unit at a time. Wall and processor seconds are those of all processes:
client, scheduler and worker. The cluster is up before the clocks start, as a team's is; what it
costs to begin one stands apart. With --lose each is done once more on two workers, one of which is
killed in the middle. Prints a table and writes benchmarks/out/executors.json; exits 1 where the
results differ in a bit, or Dask costs more than a bound allows.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.executors_work import Compared, Sizes, backtesting, features, search
from benchmarks.finish import finish
from fraud_assets.work.executor import Executor
from fraud_assets.work.kinds.local import Local
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import run_tasks

OUT = Path(__file__).parent / "out" / "executors.json"
WORKS = {"search": search, "features": features, "backtest": backtesting}
MOST_RATIO = 1.15
OWN_CLUSTER = {"FRAUD_ASSETS_DASK": "local"}


@dataclass(frozen=True)
class ExecutorRound:
    """One time: seconds of the wall and of all processors, and what came of it."""

    wall: float
    cpu: float
    digest: str


def main() -> int:
    """Compare, print the table, write the figures; 1 where a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--rows", type=int, default=40_000, help="rows of the search")
    parser.add_argument("--minutes", type=float, default=0.1, help="[search] minutes")
    parser.add_argument("--feature-rows", type=int, default=3_500_000)
    parser.add_argument("--weeks", type=int, default=3, help="weeks of the backtest")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--lose", action="store_true", help="once more, and kill one of two workers"
    )
    asked = parser.parse_args()
    started = time.monotonic()
    sizes = Sizes(asked.rows, asked.minutes, asked.feature_rows, asked.weeks)
    found = []
    for name in asked.only:
        compared = WORKS[name](sizes)
        if compared is None:
            print(f"{name}: left out, as the public data are absent.", file=sys.stderr)
            continue
        found.append(_compare(compared, asked.rounds, lose=asked.lose))
        print(_table(found[-1]), flush=True)
    finish("", found, OUT, started)
    held = all(
        one["same"] and max(one["wall_ratio"], one["cpu_ratio"]) <= MOST_RATIO for one in found
    )
    return 0 if held else 1


def _compare(compared: Compared, rounds: int, *, lose: bool) -> dict[str, Any]:
    """Both sides in turns, the first round of each left out: it imports and compiles."""
    sides: dict[str, list[ExecutorRound]] = {"local": [], "dask": []}
    beginning = time.monotonic()
    with chosen_executor(1, OWN_CLUSTER) as dask, Local(1) as local:
        begun = time.monotonic() - beginning
        order = [("local", local), ("dask", dask)]
        for at in range(rounds + 1):
            for name, executor in order if at % 2 == 0 else order[::-1]:
                sides[name].append(_round(compared, executor))
    digests = {one.digest for done in sides.values() for one in done}
    sides = {name: done[1:] for name, done in sides.items()}
    if lose:
        digests.add(_with_one_lost(compared, seconds=sides["dask"][0].wall / 3))
    pairs = list(zip(sides["local"], sides["dask"], strict=True))
    return {
        "work": compared.name,
        "size": compared.size,
        "cluster_begun_seconds": round(begun, 2),
        "sides": {name: [asdict(one) for one in done] for name, done in sides.items()},
        "wall_ratio": round(median(there.wall / here.wall for here, there in pairs), 3),
        "cpu_ratio": round(median(there.cpu / here.cpu for here, there in pairs), 3),
        "one_lost": lose,
        "same": len(digests) == 1,
    }


def _round(compared: Compared, executor: Executor) -> ExecutorRound:
    before, started = _cpu(executor), time.perf_counter()
    digest = compared.run(executor)
    return ExecutorRound(time.perf_counter() - started, _cpu(executor) - before, digest)


def _with_one_lost(compared: Compared, seconds: float) -> str:
    """The digest where one of two workers is killed after so many seconds."""
    with chosen_executor(2, OWN_CLUSTER) as dask:
        doomed = run_tasks(os.getpid, [()], dask)[0]
        killer = threading.Timer(seconds, os.kill, (doomed, signal.SIGKILL))
        killer.start()
        digest = compared.run(dask)
        if killer.is_alive():
            raise RuntimeError("The work must last until a worker is killed: ask for more of it.")
    return digest


def _cpu(executor: Executor) -> float:
    """Processor seconds of this process, the scheduler in it, and of the worker."""
    there = 0.0 if executor.is_here else sum(run_tasks(time.process_time, [()], executor))
    return time.process_time() + there


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['work']}, {found['size']}        wall s   processor s"]
    for name, rounds in found["sides"].items():
        walls, cpus = ([one[clock] for one in rounds] for clock in ("wall", "cpu"))
        lines.append(
            f"  {name:6s} median of {len(rounds)}   {median(walls):9.2f}   {median(cpus):9.2f}"
        )
    ratios = f"wall {found['wall_ratio']:.3f}, processor {found['cpu_ratio']:.3f}"
    lines.append(f"  dask over local, median of ratios: {ratios} (at most {MOST_RATIO})")
    lines.append(f"  a cluster of this host begun in {found['cluster_begun_seconds']:.1f} s")
    lost = ", and on two workers of which one was killed" if found["one_lost"] else ""
    same = "the same bits" if found["same"] else "DIFFERENT bits"
    lines.append(f"  {same} on both sides{lost}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
