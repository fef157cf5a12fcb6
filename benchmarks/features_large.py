"""`make bench-features ARGS="--rows 100000000"`: more payments than memory holds at once.

The rows are copies of the handbook's payments, each copy with customers and terminals of its own,
mixed in time order. So every copy's features must be, bit by bit, those of the handbook's payments
derived in one piece; a sample of the copies is compared whole. DuckDB does the same beside it, with
the same bound of memory, on at most `DUCKDB_ROWS`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.feature_engines import DAYS, DELAY, WINDOWED
from benchmarks.public_data import raw_rows
from fraud_assets.data.derive import FrameColumns
from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.pieces.cutting import RowBlock
from fraud_assets.features.batch.pieces.deriving import (
    ROWS_A_BLOCK,
    derive_by_pieces,
    pieces_for,
)

OUT = Path(__file__).parent / "out" / "features_large.json"
MOST_RATIO, MOST_GIB = 1.5, 8.0
DUCKDB_ROWS = 10_000_000
PATIENCE_SECONDS = 3_600
_ENTITIES = ("CUSTOMER_ID", "TERMINAL_ID")


@dataclass(frozen=True)
class Copies:
    """Rows [start, stop) of the handbook `copies` times, all copies of a row side by side."""

    world: World
    part: slice
    copies: int

    def micros(self) -> Ints:
        return np.repeat(self.world.micros[self.part], self.copies)

    def numbers(self, column: str) -> Floats:
        return np.repeat(self.world.numbers[column][self.part], self.copies)

    def codes(self, column: str) -> Ints:
        own = self.world.codes[column][self.part]
        found: Ints = own[:, None] + np.arange(self.copies) * self.world.sizes[column]
        return found.ravel()

    def times(self, column: str) -> Ints:
        raise KeyError(column)

    def fraud_times(self) -> list[tuple[Ints, Ints]]:
        start, end = self.world.fraud
        return [tuple(np.repeat(one[self.part], self.copies) for one in (start, end))]  # type: ignore[misc]


@dataclass(frozen=True)
class World:
    """The handbook's columns as plain arrays (n,)."""

    micros: Ints
    numbers: dict[str, Floats]
    codes: dict[str, Ints]
    sizes: dict[str, int]
    fraud: tuple[Ints, Ints]
    kinds: dict[str, Any]

    @classmethod
    def read(cls) -> World:
        contract, rows = raw_rows("handbook")
        columns = FrameColumns(rows, timedelta(days=contract.label.maturity_days))
        codes = {name: columns.codes(name) for name in _ENTITIES}
        return cls(
            columns.micros().copy(),
            {"TX_AMOUNT": columns.numbers("TX_AMOUNT").copy()},
            codes,
            {name: int(values.max()) + 1 for name, values in codes.items()},
            next(iter(columns.fraud_times())),
            {name: contract.derived[name] for name in WINDOWED},
        )

    def blocks(self, copies: int) -> Iterator[RowBlock]:
        step = max(1, ROWS_A_BLOCK // copies)
        for start in range(0, len(self.micros), step):
            part = slice(start, min(start + step, len(self.micros)))
            asking = np.ones((part.stop - part.start) * copies, dtype=bool)
            yield Copies(self, part, copies), asking


class Stopwatch:
    """Time that blocks take to come; what is done with them does not count."""

    def __init__(self) -> None:
        self.wall, self.cpu = 0.0, 0.0

    def timed(self, blocks: Iterator[Floats]) -> Iterator[Floats]:
        while True:
            began, busy = time.perf_counter(), time.process_time()
            block = next(blocks, None)
            self.wall += time.perf_counter() - began
            self.cpu += time.process_time() - busy
            if block is None:
                return
            yield block


def measure(rows: int, folder: Path) -> dict[str, Any]:
    """Seconds a row in one piece and by pieces, the peak of memory, and the bits, here."""
    world = World.read()
    size = len(world.micros)
    copies = max(1, round(rows / size))
    expected, once = _in_one_piece(world)
    sample = sorted({0, copies // 3, copies - 1})
    places = np.array(sample)
    differing, done, clock = 0, 0, Stopwatch()
    with (
        tempfile.TemporaryDirectory(dir=folder) as scratch,
        (Path(scratch) / "out").open("wb") as out,
    ):
        found = derive_by_pieces(
            lambda: world.blocks(copies),
            world.kinds,
            pieces_for(size * copies),
            Path(scratch) / "pieces",
            fraud_times=1,
        )
        for values in clock.timed(found):
            values.tofile(out)
            kept = values.reshape(-1, copies, len(WINDOWED))[:, places]
            theirs = expected[done : done + len(kept), None]
            differing += int((kept.view(np.int64) != theirs.view(np.int64)).any(axis=2).sum())
            done += len(kept)
        written = out.tell()
    seconds, busy = clock.wall, clock.cpu
    return {
        "rows": size * copies,
        "windows": len(WINDOWED),
        "pieces": pieces_for(size * copies),
        "one_piece_rows": size,
        "one_piece_cpu_us_a_row": round(once["cpu"] / size * 1e6, 3),
        "one_piece_us_a_row": round(once["wall"] / size * 1e6, 3),
        "cpu_us_a_row": round(busy / size / copies * 1e6, 3),
        "us_a_row": round(seconds / size / copies * 1e6, 3),
        "seconds": round(seconds, 1),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "gib_written": round(written / 2**30, 2),
        "rows_compared": size * len(sample),
        "rows_that_differ": differing,
    }


def _in_one_piece(world: World) -> tuple[Floats, dict[str, float]]:
    """The handbook's own features, and the quickest of three times."""
    best = {"cpu": float("inf"), "wall": float("inf")}
    for _ in range(3):
        began, busy = time.perf_counter(), time.process_time()
        columns = Copies(world, slice(0, len(world.micros)), 1)
        past = Past(columns, np.ones(len(world.micros), dtype=bool))
        found = np.column_stack([kind.batch(past) for kind in world.kinds.values()])
        best["cpu"] = min(best["cpu"], time.process_time() - busy)
        best["wall"] = min(best["wall"], time.perf_counter() - began)
    return found, best


def measure_duckdb(rows: int, folder: Path) -> dict[str, Any]:
    """The same windows by DuckDB within the same memory, spilling to the same disk."""
    duckdb, world = import_module("duckdb"), World.read()
    size = len(world.micros)
    copies = max(1, round(min(rows, DUCKDB_ROWS) / size))
    with (
        tempfile.TemporaryDirectory(dir=folder) as scratch,
        duckdb.connect(str(Path(scratch) / "payments.duckdb")) as connection,
    ):
        connection.execute(f"SET memory_limit = '{MOST_GIB * 0.75:.0f}GB'")
        connection.execute(f"SET temp_directory = '{scratch}'")
        connection.execute("SET threads = 2")
        connection.execute(
            "CREATE TABLE payments (customer BIGINT, terminal BIGINT, paid DOUBLE, "
            "moment TIMESTAMP, fraud BIGINT)"
        )
        for columns, _ in world.blocks(copies):
            block = {
                "customer": columns.codes("CUSTOMER_ID"),
                "terminal": columns.codes("TERMINAL_ID"),
                "paid": columns.numbers("TX_AMOUNT"),
                "moment": columns.micros().view("datetime64[us]"),
                "fraud": (columns.fraud_times()[0][0] != np.iinfo(np.int64).max).astype(np.int64),  # type: ignore[index]
            }
            connection.register("block", _table(block))
            connection.execute("INSERT INTO payments SELECT * FROM block")
        began, busy = time.perf_counter(), time.process_time()
        connection.execute(f"CREATE TABLE found AS SELECT {_windows()} FROM payments")
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
    return {
        "rows": size * copies,
        "cpu_us_a_row": round(busy / size / copies * 1e6, 3),
        "us_a_row": round(seconds / size / copies * 1e6, 3),
        "seconds": round(seconds, 1),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }


def _table(columns: dict[str, Any]) -> Any:
    return import_module("pyarrow").table(columns)


def _windows() -> str:
    over = (
        "OVER (PARTITION BY {} ORDER BY moment RANGE "
        "BETWEEN INTERVAL {} MICROSECOND PRECEDING AND {})"
    )
    parts = []
    for days in DAYS:
        back = days * 86_400_000_000 - 1
        window = over.format("customer", back, "INTERVAL 1 MICROSECOND PRECEDING")
        parts.append(f"count(*) {window} + 1")
        parts.append(f"(coalesce(sum(paid) {window}, 0) + paid) / (count(*) {window} + 1)")
    for days in DAYS:
        back = (days + DELAY) * 86_400_000_000 - 1
        window = over.format("terminal", back, f"INTERVAL {DELAY} DAY PRECEDING")
        parts += [f"count(*) {window}", f"coalesce(avg(fraud) {window}, 0)"]
    return ", ".join(f"{part} AS w{at}" for at, part in enumerate(parts))


def report(rows: int, folder: Path) -> int:
    """Both engines in processes of their own; 1 where a bound is broken."""
    own = _in_process("pieces", rows, folder)
    ratio = own["cpu_us_a_row"] / own["one_piece_cpu_us_a_row"]
    print(
        f"{own['rows']:,} rows, {own['windows']} windows, {own['pieces']} pieces: "
        f"{own['seconds']:.0f} s ({own['us_a_row']:.2f} us a row), processor "
        f"{own['cpu_us_a_row']:.2f} us a row, {ratio:.2f} times one piece of "
        f"{own['one_piece_rows']:,} rows ({own['one_piece_cpu_us_a_row']:.2f}; at most "
        f"{MOST_RATIO}), {own['peak_gib']:.2f} GiB (at most {MOST_GIB:.0f})."
    )
    print(f"{own['rows_that_differ']:,} of {own['rows_compared']:,} compared rows differ in a bit.")
    held = ratio <= MOST_RATIO and own["peak_gib"] <= MOST_GIB and own["rows_that_differ"] == 0
    print("held" if held else "BROKEN", flush=True)
    rival = _in_process("duckdb", rows, folder)
    print(
        f"DuckDB, {rival['rows']:,} rows: {rival['seconds']:.0f} s ({rival['us_a_row']:.2f} us a "
        f"row), processor {rival['cpu_us_a_row']:.2f} us a row, {rival['peak_gib']:.2f} GiB."
    )
    OUT.parent.mkdir(exist_ok=True)
    whole = {"held": held, "ratio": round(ratio, 3), "pieces": own, "duckdb": rival}
    OUT.write_text(json.dumps(whole, indent=2) + "\n")
    return 0 if held else 1


def _in_process(engine: str, rows: int, folder: Path) -> dict[str, Any]:
    module = "benchmarks.features_large"
    command = [sys.executable, "-m", module, engine, str(rows), str(folder)]
    done = subprocess.run(command, stdout=-1, text=True, timeout=PATIENCE_SECONDS, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    engine = measure_duckdb if sys.argv[1] == "duckdb" else measure
    print(json.dumps(engine(int(sys.argv[2]), Path(sys.argv[3]))))
