"""The rows that a weekly run learns from, piece by piece in event order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.as_of import asked_instant, wall
from fraud_assets.data.columns import TIME
from fraud_assets.data.pieces.payments import SpooledPayments
from fraud_assets.data.pieces.spool import Spool
from fraud_assets.data.pieces.typed import WholeColumnError
from fraud_assets.data.transactions import in_time_order, read_transactions

PIECE = 50_000
"""About how many rows are in memory at once."""

_MOST_PIECES = 256


@dataclass(frozen=True)
class GoodRows:
    """Good rows in event order, in `pieces`, to be asked for once.

    `newest` is the event time of the last one, None where the contract names none; `whole` says
    why the source was read whole, or nothing.
    """

    newest: np.datetime64 | None
    pieces: Iterator[pd.DataFrame]
    whole: str = ""


@contextmanager
def good_rows(
    contract: Contract,
    as_of: str | None = None,
    now: datetime | None = None,
    folder: Path | None = None,
    piece: int = PIECE,
) -> Iterator[GoodRows]:
    """The rows of `read_transactions(contract, as_of, now)`, piece by piece.

    Meanwhile they lie in `folder`, which is emptied before and taken away afterwards; by default
    in one for temporary files.

    Raises
    ------
    DataError
        As `read_transactions`.
    """
    with _place(folder) as place:
        why = ""
        try:
            found = _in_pieces(contract, as_of, now, place, piece)
        except WholeColumnError as error:
            found, why = None, str(error)
        # Where no row is left, reading the whole says why.
        yield found or _whole(contract, as_of, now, why)


def _in_pieces(
    contract: Contract, as_of: str | None, now: datetime | None, place: Path, piece: int
) -> GoodRows | None:
    at = asked_instant(contract, as_of)
    payments = SpooledPayments(contract, at, wall(now), place / "payments", piece)
    if contract.columns.event_time is None:
        return GoodRows(None, (rows.reset_index(drop=True) for rows in payments.good(None)))
    hours = payments.hours()
    edges = hours.edges(piece, _MOST_PIECES)
    spool, newest = Spool(place / "pieces"), np.datetime64("NaT", "us")
    for rows in payments.good(hours.leaps()):
        times = rows[TIME].to_numpy(dtype="datetime64[us]")
        spool.add(rows, np.searchsorted(edges, times.view(np.int64)))
        newest = np.fmax(newest, times.max())
    if np.isnat(newest):
        return None
    taken = (spool.take([box]) for box in sorted(spool.rows))
    return GoodRows(newest, (in_time_order(rows, contract) for rows in taken))


def _whole(contract: Contract, as_of: str | None, now: datetime | None, why: str) -> GoodRows:
    raw = read_transactions(contract, as_of, now)
    return GoodRows(raw.newest, iter([raw.rows]), why)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        with TemporaryDirectory(prefix="fraud-assets-") as temporary:
            yield Path(temporary)
        return
    shutil.rmtree(folder, ignore_errors=True)  # of a build that was killed
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
