"""`make bench-features`: twelve point-in-time windows over two entities of 1.75 M payments.

Each engine runs in a process of its own, which measures its time and peak memory, then runs
again without the last month and counts how many earlier values changed their bits.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import features_large
from benchmarks.feature_engines import ENGINES
from benchmarks.public_data import missing, raw_rows
from fraud_assets.data.columns import TIME

OUT = Path(__file__).parent / "out" / "features.json"
MOST_SECONDS, MOST_GIB = 60.0, 4.0
LAST_MONTH = np.datetime64("2018-09-01", "us")
PATIENCE_SECONDS = 900


def main() -> int:
    """Measure all engines, print the table, write the figures; 1 where a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.features", description=__doc__)
    parser.add_argument("--engine", help="measure this one here and print its figures as JSON")
    parser.add_argument("--rows", type=int, help="so many copied rows by pieces on disk instead")
    parser.add_argument(
        "--scratch", type=Path, help="folder for about 150 bytes a row; by default TMPDIR"
    )
    arguments = parser.parse_args()
    absent = missing("handbook")
    if absent:
        print(absent, file=sys.stderr)
        return 1
    if arguments.rows:
        return features_large.report(
            arguments.rows, arguments.scratch or Path(tempfile.gettempdir())
        )
    if arguments.engine:
        print(json.dumps(measure(arguments.engine)))
        return 0
    return report()


def measure(engine: str) -> dict[str, Any]:
    """Time, memory and exactness of one engine, in this process."""
    began = time.perf_counter()
    _, rows = raw_rows("handbook")
    read = time.perf_counter() - began
    began, busy = time.perf_counter(), time.process_time()
    values = ENGINES[engine](rows)
    derive, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    earlier = (rows[TIME] < LAST_MONTH).to_numpy()
    again = ENGINES[engine](rows[earlier].reset_index(drop=True))
    changed = int((values[earlier].view(np.int64) != again.view(np.int64)).any(axis=1).sum())
    return {
        "engine": engine,
        "rows": len(rows),
        "windows": values.shape[1],
        "read_seconds": round(read, 2),
        "derive_seconds": round(derive, 2),
        "cpu_seconds": round(busy, 2),
        "peak_gib": round(peak, 2),
        "rows_changed_by_deleting_later_ones": changed,
        "column_sums": [round(float(total), 3) for total in values.sum(axis=0)],
    }


def report() -> int:
    """Run every engine, compare and judge the project's own."""
    results = []
    names = ("read s", "derive s", "cpu s", "ratio", "GiB", "rows changed")
    print(f"{'engine':22}" + "".join(f"{name:>13}" for name in names), flush=True)
    for engine in ENGINES:
        results.append(result := _in_process(engine))
        result["ratio"] = round(result["derive_seconds"] / results[0]["derive_seconds"], 2)
        result["same_values"] = bool(
            np.allclose(result["column_sums"], results[0]["column_sums"], rtol=1e-6)
        )
        print(_line(result), flush=True)
    own = results[0]
    seconds = own["read_seconds"] + own["derive_seconds"]
    held = seconds <= MOST_SECONDS and own["peak_gib"] <= MOST_GIB
    print(
        f"{own['rows']:,} rows, {own['windows']} windows: {seconds:.1f} s with reading (at most "
        f"{MOST_SECONDS:.0f}), {own['peak_gib']:.2f} GiB (at most {MOST_GIB:.0f}): "
        f"{'held' if held else 'BROKEN'}."
    )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"held": held, "engines": results}, indent=2) + "\n")
    return 0 if held else 1


def _line(result: dict[str, Any]) -> str:
    keys = ("read_seconds", "derive_seconds", "cpu_seconds", "ratio", "peak_gib")
    figures = "".join(f"{result[key]:13.2f}" for key in keys)
    changed = f"{result['rows_changed_by_deleting_later_ones']:13,}"
    return f"{result['engine']:22}{figures}{changed}"


def _in_process(engine: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.features", "--engine", engine]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    sys.exit(main())
