"""What a cluster costs: the same search in this process and on one Dask worker, in turns.

    python -m benchmarks.executors [--rows 10000] [--minutes 0.01] [--rounds 3]

Both sides search the shipped week's families, grids and history on one core. Wall and processor
seconds are those of all processes: client, scheduler and worker. The cluster is up before the
clocks start, as a team's is; what it costs to begin one stands apart. Prints a
table and writes benchmarks/out/executors.json; exits 1 where the pipelines differ.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.finish import finish
from benchmarks.search_data import shipped
from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.tuning import tune
from fraud_assets.work.executor import Executor
from fraud_assets.work.kinds.local import Local
from fraud_assets.work.registry import chosen_executor
from fraud_assets.work.workers import run_tasks

OUT = Path(__file__).parent / "out" / "executors.json"


@dataclass(frozen=True)
class ExecutorRound:
    """One search: seconds of the wall and of all processors, and the file that came of it."""

    wall: float
    cpu: float
    digest: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=0.01, help="[search] minutes")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    started = time.monotonic()
    contract, rows, later = shipped(asked.rows)
    search = contract.search.model_copy(update={"minutes": asked.minutes})
    contract = contract.model_copy(update={"search": search})
    quick = search.model_copy(update={"minutes": 1e-6, "families": search.families[:1]})
    warm = contract.model_copy(update={"search": quick})
    sides: dict[str, list[ExecutorRound]] = {"local": [], "dask": []}
    beginning = time.monotonic()
    with chosen_executor(1, {"FRAUD_ASSETS_DASK": "local"}) as dask, Local(1) as local:
        begun = time.monotonic() - beginning
        order = [("local", local), ("dask", dask)]
        for _, executor in order:
            _search(executor, warm, rows, later)
        for at in range(asked.rounds):
            for name, executor in order if at % 2 == 0 else order[::-1]:
                sides[name].append(_search(executor, contract, rows, later))
    found = _found(sides, rows=len(rows), begun=begun)
    finish(_table(found), found, OUT, started)
    return 0 if found["same"] else 1


def _search(executor: Executor, contract: Contract, rows: Rows, later: Rows) -> ExecutorRound:
    before, started = _cpu(executor), time.perf_counter()
    board = compare_candidates(rows, contract, workers=executor)
    tuned = tune(rows, later, board, contract, workers=executor)
    return ExecutorRound(time.perf_counter() - started, _cpu(executor) - before, tuned.digest)


def _cpu(executor: Executor) -> float:
    """Processor seconds of this process, the scheduler in it, and of the worker."""
    there = 0.0 if executor.is_here else sum(run_tasks(time.process_time, [()], executor))
    return time.process_time() + there


def _found(sides: dict[str, list[ExecutorRound]], *, rows: int, begun: float) -> dict[str, Any]:
    pairs = list(zip(sides["local"], sides["dask"], strict=True))
    return {
        "rows": rows,
        "cluster_begun_seconds": begun,
        "sides": {name: [asdict(one) for one in rounds] for name, rounds in sides.items()},
        "wall_ratio": median(there.wall / here.wall for here, there in pairs),
        "cpu_ratio": median(there.cpu / here.cpu for here, there in pairs),
        "same": len({one.digest for rounds in sides.values() for one in rounds}) == 1,
    }


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['rows']:,} rows, one core        wall s   processor s"]
    for name, rounds in found["sides"].items():
        walls, cpus = ([one[clock] for one in rounds] for clock in ("wall", "cpu"))
        lines.append(
            f"  {name:6s} median of {len(rounds)}   {median(walls):9.2f}   {median(cpus):9.2f}"
        )
    ratios = f"wall {found['wall_ratio']:.3f}, processor {found['cpu_ratio']:.3f}"
    lines.append(f"  dask over local, median of ratios: {ratios}")
    lines.append(f"  a cluster of this host begun in {found['cluster_begun_seconds']:.1f} s")
    lines.append(f"  pipeline.joblib: {'the same' if found['same'] else 'DIFFERENT'} on both sides")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
