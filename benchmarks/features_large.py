"""`make bench-features ARGS="--rows 100000000"`: more payments than memory holds at once.

A Parquet file of copies of the handbook's payments is read, twelve windows are derived by pieces on
disk, and the features are written to a file. What a row costs stands beside two references, each
measured before and after in the same process: the same from file to file for the handbook's own
1.75 million rows, which are derived in memory at once, and their windows alone, from arrays to
arrays. The features of a sample of the copies are compared whole, bit by bit, with those of one
piece. DuckDB derives the same windows beside it, within the same memory, of at most `DUCKDB_ROWS`.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.feature_engines import DAYS, DELAY, WINDOWED
from benchmarks.features_copies import FeatureFile, ParquetColumns, World, in_one_piece
from fraud_assets.data.features import MOST_ROWS_AT_ONCE
from fraud_assets.features.arrays import Floats

OUT = Path(__file__).parent / "out" / "features_large.json"
MOST_RATIO, MOST_GIB = 1.5, 8.0
ROUNDS = 3
"""Of each reference before, and again after."""

DUCKDB_ROWS = 10_000_000
BYTES_A_ROW = 150
PATIENCE_SECONDS = 7_200
FILES, ARRAYS = "from file to file", "from arrays to arrays"


@dataclass
class Stopwatch:
    """Seconds that blocks take to come; what is done with them does not count."""

    wall: float = 0.0
    cpu: float = 0.0

    def timed(self, blocks: Iterator[Floats]) -> Iterator[Floats]:
        """The same blocks."""
        while True:
            began, busy = time.perf_counter(), time.process_time()
            block = next(blocks, None)
            self.wall += time.perf_counter() - began
            self.cpu += time.process_time() - busy
            if block is None:
                return
            yield block

    def a_row(self, rows: int) -> dict[str, float]:
        """Microseconds a row."""
        return {"us": round(self.wall / rows * 1e6, 3), "cpu_us": round(self.cpu / rows * 1e6, 3)}


def measure(folder: Path, rows: int) -> dict[str, Any]:
    """What a row costs in one piece and by pieces, the peak of memory, and the bits."""
    world = World.read()
    size = len(world.micros)
    one, many = (
        FeatureFile(folder / name, world.kinds, world.maturity, MOST_ROWS_AT_ONCE)
        for name in ("one.parquet", "many.parquet")
    )
    arrays = ParquetColumns(pq.read_table(one.source), world.maturity)
    expected = in_one_piece(arrays, size, world.kinds)
    references: dict[str, list[dict[str, float]]] = {FILES: [], ARRAYS: []}
    _refer(references, one, arrays, folder)
    clock, found = Stopwatch(), Compared(expected, many.rows // size)
    for values in clock.timed(many.derive(folder / "many")):
        found.look(values)
    written = sum(path.stat().st_size for path in (folder / "many").rglob("*") if path.is_file())
    shutil.rmtree(folder / "many")
    _refer(references, one, arrays, folder)
    return {
        "rows": many.rows,
        "asked": rows,
        "windows": len(world.kinds),
        "pieces": many.pieces,
        **clock.a_row(many.rows),
        "seconds": round(clock.wall, 1),
        "peak_gib": _peak_gib(),
        "gib_on_disk": round(written / 2**30, 2),
        "one_piece_rows": size,
        "one_piece": references,
        "rows_compared": found.rows,
        "rows_that_differ": found.differing,
    }


def _refer(
    references: dict[str, list[dict[str, float]]],
    one: FeatureFile,
    arrays: ParquetColumns,
    folder: Path,
) -> None:
    """Both references, in turns."""
    for _ in range(ROUNDS):
        alone, whole = Stopwatch(), Stopwatch()
        for _ in alone.timed(in_one_piece(arrays, one.rows, one.kinds) for _ in range(1)):
            pass
        for _ in whole.timed(one.derive(folder / "one")):
            pass
        shutil.rmtree(folder / "one")
        references[ARRAYS].append(alone.a_row(one.rows))
        references[FILES].append(whole.a_row(one.rows))


class Compared:
    """A sample of the copies, beside the features (n, windows) of one of them in one piece."""

    def __init__(self, expected: Floats, copies: int) -> None:
        self._expected = expected.view(np.int64)
        self._copies, self._places = copies, np.array(sorted({0, copies // 3, copies - 1}))
        self._done, self.rows, self.differing = 0, 0, 0

    def look(self, values: Floats) -> None:
        """The next block of all copies' features."""
        at = np.arange(self._done, self._done + len(values))
        sampled = np.isin(at % self._copies, self._places)
        theirs = self._expected[at[sampled] // self._copies]
        self.differing += int((values[sampled].view(np.int64) != theirs).any(axis=1).sum())
        self.rows += len(theirs)
        self._done += len(values)


def write(folder: Path, rows: int) -> dict[str, Any]:
    """The files that the others read."""
    world = World.read()
    size = len(world.micros)
    for name, wanted in (("one", size), ("many", rows), ("some", min(rows, DUCKDB_ROWS))):
        world.write(folder / f"{name}.parquet", max(1, round(wanted / size)))
    return {}


def measure_duckdb(folder: Path, _: int) -> dict[str, Any]:
    """The same windows by DuckDB within the same memory, spilling to the same disk."""
    duckdb, source = import_module("duckdb"), folder / "some.parquet"
    rows = pq.read_metadata(source).num_rows
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MOST_GIB * 0.75:.0f}GB'")
        connection.execute(f"SET temp_directory = '{folder}'")
        connection.execute("SET threads = 2")
        clock = Stopwatch()
        query = f"COPY (SELECT {_windows()} FROM '{source}') TO '{folder / 'duckdb.parquet'}'"
        for _ in clock.timed(connection.execute(query) for _ in range(1)):
            pass
    return {
        "rows": rows,
        **clock.a_row(rows),
        "seconds": round(clock.wall, 1),
        "peak_gib": _peak_gib(),
    }


def _peak_gib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def _windows() -> str:
    over = (
        "OVER (PARTITION BY {} ORDER BY TX_DATETIME RANGE "
        "BETWEEN INTERVAL {} MICROSECOND PRECEDING AND {})"
    )
    parts = []
    for days in DAYS:
        back = days * 86_400_000_000 - 1
        window = over.format("CUSTOMER_ID", back, "INTERVAL 1 MICROSECOND PRECEDING")
        parts.append(f"count(*) {window} + 1")
        total = f"coalesce(sum(TX_AMOUNT) {window}, 0) + TX_AMOUNT"
        parts.append(f"({total}) / (count(*) {window} + 1)")
    for days in DAYS:
        back = (days + DELAY) * 86_400_000_000 - 1
        window = over.format("TERMINAL_ID", back, f"INTERVAL {DELAY} DAY PRECEDING")
        parts += [f"count(*) {window}", f"coalesce(avg(TX_FRAUD) {window}, 0)"]
    return ", ".join(f"{part} AS {name}" for part, name in zip(parts, WINDOWED, strict=True))


def report(rows: int, place: Path) -> int:
    """Each in a process of its own; 1 where a bound is broken or the disk does not last."""
    free = shutil.disk_usage(place).free
    if free < rows * BYTES_A_ROW:
        print(
            f"{place} must have {BYTES_A_ROW} free bytes a row, {rows * BYTES_A_ROW / 2**30:.0f} "
            f"GiB, got {free / 2**30:.0f}: name another folder with --scratch, or ask for fewer "
            "--rows.",
            file=sys.stderr,
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="fraud-assets-bench-", dir=place) as name:
        folder = Path(name)
        _in_process("write", rows, folder)
        own = _in_process("pieces", rows, folder)
        ratios, held = _judged(own)
        print("held" if held else "BROKEN", flush=True)
        rival = _in_process("duckdb", rows, folder)
    print(
        f"DuckDB, {rival['rows']:,} rows from file to file: {rival['seconds']:.0f} s, "
        f"{rival['us']:.2f} us a row, processor {rival['cpu_us']:.2f}, {rival['peak_gib']:.2f} GiB."
    )
    OUT.parent.mkdir(exist_ok=True)
    whole = {"held": held, "ratios": ratios, "pieces": own, "duckdb": rival}
    OUT.write_text(json.dumps(whole, indent=2) + "\n")
    return 0 if held else 1


def _judged(own: dict[str, Any]) -> tuple[dict[str, dict[str, float]], bool]:
    """The ratios to both references, printed, and whether all bounds hold."""
    print(
        f"{own['rows']:,} rows, {own['windows']} windows, {own['pieces']} pieces, from file to "
        f"file: {own['seconds']:.0f} s, {own['us']:.2f} us a row, processor {own['cpu_us']:.2f}; "
        f"{own['peak_gib']:.2f} GiB (at most {MOST_GIB:.0f}), {own['gib_on_disk']:.1f} GiB of disk."
    )
    ratios: dict[str, dict[str, float]] = {}
    for name, rounds in own["one_piece"].items():
        usual = {clock: median(one[clock] for one in rounds) for clock in ("us", "cpu_us")}
        ratios[name] = {clock: round(own[clock] / usual[clock], 3) for clock in usual}
        print(
            f"  {own['one_piece_rows']:,} rows in one piece {name:21}: {usual['us']:.2f} us a row, "
            f"processor {usual['cpu_us']:.2f}; so the many cost {ratios[name]['us']:.2f} times as "
            f"much, processor {ratios[name]['cpu_us']:.2f} (at most {MOST_RATIO})."
        )
    print(f"{own['rows_that_differ']:,} of {own['rows_compared']:,} compared rows differ in a bit.")
    bounded = [ratios[FILES]["us"], *(one["cpu_us"] for one in ratios.values())]
    held = max(bounded) <= MOST_RATIO and own["peak_gib"] <= MOST_GIB
    return ratios, held and own["rows_that_differ"] == 0 and own["rows_compared"] > 0


def _in_process(step: str, rows: int, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.features_large", step, str(folder), str(rows)]
    done = subprocess.run(command, stdout=-1, text=True, timeout=PATIENCE_SECONDS, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


STEPS = {"write": write, "pieces": measure, "duckdb": measure_duckdb}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
