"""All deliveries of a payment together on disk, and what counts of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.as_of import known_by
from fraud_assets.data.columns import ROW, TIME
from fraud_assets.data.deliveries import arrivals_of, delivery_column, resolve, with_earlier_values
from fraud_assets.data.pieces.moments import Hours
from fraud_assets.data.pieces.spool import Spool
from fraud_assets.data.pieces.typed import BROKEN, FILE, typed_parts
from fraud_assets.data.plausible import Leaps
from fraud_assets.data.quarantine import (
    Failures,
    believable_times,
    contract_failures,
    time_failures,
)
from fraud_assets.data.splits.windows import with_labels_at
from fraud_assets.features.arrays import Ints

_BOXES = 128


class _Deliveries(NamedTuple):
    """Rows with their earlier values (n,), the rules that single values broke, their arrivals."""

    rows: pd.DataFrame
    failures: Failures
    arrivals: pd.DataFrame


class SpooledPayments:
    """A contract's typed rows in the boxes of a spool in `folder`, those of a payment in one.

    `at` is the instant as of which they are read, None for all; `now` the wall clock. About
    `piece` rows are in memory at once.
    """

    def __init__(
        self,
        contract: Contract,
        at: np.datetime64 | None,
        now: np.datetime64,
        folder: Path,
        piece: int,
    ) -> None:
        self._contract, self._at, self._now, self._piece = contract, at, now, piece
        self._spool = Spool(folder)
        parts = typed_parts(contract)
        self._names = parts.names
        for rows in parts.rows:
            self._spool.add(rows, self._boxes(rows))

    def hours(self) -> Hours:
        """When the payments were made that can be believed."""
        found = Hours()
        for boxes in self._groups():
            times = self._deliveries(self._spool.read(boxes)).rows[TIME]
            found.add(believable_times(times, self._now).view(np.int64))
        return found

    def good(self, bounds: Leaps | None) -> Iterator[pd.DataFrame]:
        """The rows that count and break no rule; empties the spool."""
        for boxes in self._groups():
            rows, failures, arrivals = self._deliveries(self._spool.take(boxes))
            failures |= time_failures(rows, self._now, bounds)
            failures |= contract_failures(rows, self._contract)
            broken = np.logical_or.reduce([mask.to_numpy(dtype=bool) for mask in failures.values()])
            kept = resolve(rows[~broken], arrivals, self._contract).rows
            if self._at is not None and len(kept):
                kept = with_labels_at(kept, self._contract, self._at)
            if len(kept):
                yield kept

    def _deliveries(self, rows: pd.DataFrame) -> _Deliveries:
        rows = rows.sort_values(ROW, kind="stable").reset_index(drop=True)
        column = delivery_column(self._contract)
        delivered = None if column is None else rows[column]
        arrivals = arrivals_of(delivered, rows.pop(FILE).to_numpy(), self._names)
        broken = rows.pop(BROKEN)
        rows = with_earlier_values(rows, arrivals, self._contract)
        if self._at is not None:
            seen = known_by(rows, arrivals, self._at)
            rows, broken = rows[seen], broken[seen]
        return _Deliveries(rows, {BROKEN: broken}, arrivals)

    def _boxes(self, rows: pd.DataFrame) -> Ints:
        name, row = self._contract.columns.id, rows[ROW].to_numpy()
        if name is None:
            found: Ints = row // self._piece
            return found
        named = pd.util.hash_pandas_object(rows[name], index=False).to_numpy()
        boxes: Ints = np.where(rows[name].isna(), row, (named >> 1).astype(np.int64)) % _BOXES
        return boxes

    def _groups(self) -> Iterator[list[int]]:
        """Boxes in order, as many together as fit in memory."""
        group: list[int] = []
        for box in sorted(self._spool.rows):
            if group and sum(map(self._spool.rows.__getitem__, [*group, box])) > self._piece:
                yield group
                group = []
            group.append(box)
        if group:
            yield group
