"""The simulation itself: week after week, slice after slice, in memory that does not grow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import fraud_assets
from fraud_assets.data.simulator import pools, settings, stories
from fraud_assets.data.simulator.export import SCHEMA, to_table
from fraud_assets.data.simulator.payments import concatenate
from fraud_assets.data.simulator.world import DAY, WorldSlice
from fraud_assets.errors import DataError, UsageError

PartsDone = Callable[[int, int], None]


def write(
    transactions: int,
    weeks: int,
    seed: int,
    out: Path,
    fraud_rate: float,
    *,
    progress: PartsDone | None,
) -> list[Path]:
    """See `fraud_assets.data.simulator.simulate`."""
    _check(transactions, weeks, seed, fraud_rate)
    folder = out / "transactions"
    names = [f"week_{monday.isoformat()}.parquet" for monday in _mondays(weeks)]
    _refuse_other_weeks(folder, names)
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(transactions, weeks, seed, fraud_rate)
    for week, name in enumerate(names):
        _replace(folder / name, partial(run.write_week, week))
        if progress is not None:
            progress(run.written, transactions)
    _replace(out / "contract.toml", lambda part: part.write_text(_contract(), encoding="utf-8"))
    return [folder / name for name in names]


class _Run:
    """One simulation under way: all that it remembers are two counts."""

    def __init__(self, transactions: int, weeks: int, seed: int, fraud_rate: float) -> None:
        self.transactions = transactions
        self.weeks = weeks
        self.seed = seed
        self.fraud_rate = fraud_rate
        self.written = 0
        self.frauds = 0

    def write_week(self, week: int, path: Path) -> None:
        """Write one weekly file, a row group for each slice."""
        with pq.ParquetWriter(
            path,
            SCHEMA,
            compression="zstd",
            compression_level=19,
            use_dictionary=[
                "sender_address",
                "first_seen",
                "chain",
                "token_type",
                "sender_country",
            ],
            column_encoding={
                "transaction_id": "DELTA_BYTE_ARRAY",
                "created_at": "DELTA_BINARY_PACKED",
            },
            write_statistics=True,
        ) as writer:
            for number, (piece, rows) in enumerate(self._slices(week)):
                rng = np.random.default_rng([self.seed, week, number])
                writer.write_table(self._table(rng, piece, rows))

    def _slices(self, week: int) -> Iterator[tuple[WorldSlice, int]]:
        """The week in slices of at most `SLICE_ROWS` rows, with the rows of each."""
        start = _seconds(_mondays(self.weeks)[week])
        first, last = (self.transactions * k // self.weeks for k in (week, week + 1))
        pieces = max(1, -(-(last - first) // settings.SLICE_ROWS))
        per_day = self.transactions / (7 * self.weeks)
        for k in range(pieces):
            begin, end = (start + 7 * DAY * j // pieces for j in (k, k + 1))
            rows = (last - first) * (k + 1) // pieces - (last - first) * k // pieces
            yield WorldSlice(begin, end, per_day, self.seed), rows

    def _table(self, rng: np.random.Generator, piece: WorldSlice, rows: int) -> pa.Table:
        due = round((self.written + rows) * self.fraud_rate) - self.frauds
        frauds = stories.fraudulent(rng, piece, due)
        frauds = frauds.take(np.arange(min(len(frauds), rows)))
        payments = concatenate([frauds, pools.legitimate(rng, piece, rows - len(frauds))])
        payments = payments.take(np.argsort(payments.time, kind="stable"))
        table = to_table(rng, payments, self.written, _seconds(settings.END))
        self.written += rows
        self.frauds += len(frauds)
        return table


def _check(transactions: int, weeks: int, seed: int, fraud_rate: float) -> None:
    faults = []
    if seed < 0:
        faults.append(f"the seed must not be negative, got {seed}")
    if weeks < 1:
        faults.append(f"weeks must be at least 1, got {weeks}")
    if transactions < max(weeks, 1):
        faults.append(f"transactions must be at least one a week, got {transactions}")
    if not 0 <= fraud_rate <= 0.5:
        faults.append(f"the fraud rate must lie between 0 and 0.5, got {fraud_rate}")
    if faults:
        raise UsageError("Nothing was simulated: " + "; ".join(faults) + ".")


def _refuse_other_weeks(folder: Path, names: list[str]) -> None:
    others = sorted(path.name for path in folder.glob("*.parquet") if path.name not in names)
    if others:
        raise DataError(
            f"{folder} holds {len(others)} files that this simulation would not write "
            f"({others[0]} first); the two would be read as one. Choose an empty folder."
        )


def _mondays(weeks: int) -> list[date]:
    return [settings.END - timedelta(weeks=weeks - k) for k in range(weeks)]


def _seconds(day: date) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))


def _contract() -> str:
    text = (Path(fraud_assets.__path__[0]) / "contracts" / "crypto_gateway.toml").read_text(
        encoding="utf-8"
    )
    line = 'path = "transactions/*.parquet" # relative to this file'
    return re.sub(r"^path = .*$", line, text, count=1, flags=re.MULTILINE)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the file, then put it in its place: a reader sees the old or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
