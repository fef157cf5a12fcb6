"""Payments as the source exports them, ready to be sent as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.kinds.identity_column import identity_column
from fraud_assets.data.kinds.text import as_written
from fraud_assets.data.source import is_living
from fraud_assets.data.source.read import read_columns
from fraud_assets.errors import DataError, PaymentError
from fraud_assets.payments.reader import (
    BrokenRuleError,
    CleanValue,
    RawReader,
    ReadPayment,
    reader_of,
)
from fraud_assets.payments.roles import raw_columns
from fraud_assets.payments.words import text_words
from fraud_assets.values.identity import written

Raw = dict[str, Any]

_LATER = 2**62
"""A clock behind every payment: all have been made."""


@dataclass
class Exported:
    """The source's rows by their position; those `wanted` are asked for.

    Where rows of a source may move, each is found again by its id: `ids` are those of the
    `wanted`. `rewritten` names the columns of times that only a whole column says how to read,
    such as 01/02/2026, and that were written in ISO 8601 instead.
    """

    contract: Contract
    wanted: Sequence[int]
    ids: Sequence[object] = ()
    rewritten: set[str] = field(default_factory=set)

    @cached_property
    def reader(self) -> RawReader:
        """What reads them as the service does."""
        return RawReader(self.contract, lambda: _LATER)

    @cached_property
    def _frame(self) -> pd.DataFrame:
        export = read_columns(self.contract, raw_columns(self.contract))
        if not is_living(self.contract):
            return export.frame.set_axis(export.position)
        return export.frame.set_axis(self._found_again(export.frame))

    def _found_again(self, frame: pd.DataFrame) -> pd.Index:
        """The positions that the rows (n,) had, by their ids; below zero for those not asked for.

        Raises
        ------
        DataError
            If a payment is no longer there.
        """
        ids = identity_column(frame[self.contract.columns.id], text_words(self.contract.source))
        known = as_written(ids.values).to_numpy(dtype=object)
        wanted = dict(zip(map(written, self.ids), self.wanted, strict=True))
        places = -1 - np.arange(len(frame))
        for at, one in enumerate(known):
            if (place := wanted.pop(one, None)) is not None:
                places[at] = place
        if wanted:
            raise DataError(
                f"The source must still hold the payments of this week, but {len(wanted):,} of "
                f"{len(self.ids):,} are gone, such as {next(iter(wanted))}. Run raw_transactions "
                "again, and every step after it."
            )
        return pd.Index(places)

    @cached_property
    def _rows(self) -> dict[int, Raw]:
        found = self._frame.loc[list(self.wanted)].astype(object).to_dict("records")
        return dict(zip(self.wanted, found, strict=True))

    @cached_property
    def _again(self) -> Mapping[Any, Any]:
        """Positions of the payments that were delivered more than once, by id as exported."""
        name = self.contract.columns.id
        if name is None:
            return {}
        ids = self._frame[name]
        again = ids[ids.duplicated(keep=False)]
        return again.groupby(again).groups

    def raw(self, position: int, typed: Mapping[str, CleanValue]) -> Raw:
        """The payment at a position, whose columns were read as `typed`.

        Of one delivered several times, each value as the delivery that counts wrote it. A payment
        that reads otherwise comes as it is: the service will show it.
        """
        own = self._at(position)
        if self._reads_as(own, typed):
            return own
        name = self.contract.columns.id
        others = () if name is None else self._again.get(self._frame.at[position, name], ())
        return self._merged([own, *map(self._at, others)], typed)

    def _at(self, position: int) -> Raw:
        row = self._rows.get(position) or self._frame.loc[position].to_dict()
        return {str(name): _plain(value) for name, value in row.items()}

    def _reads_as(self, raw: Raw, typed: Mapping[str, CleanValue]) -> bool:
        try:
            read = self.reader.read(raw)
        except PaymentError:
            return False
        return read == as_read(self.reader, self.contract, typed)

    def _merged(self, raws: Sequence[Raw], typed: Mapping[str, CleanValue]) -> Raw:
        found = dict(raws[0])
        for name, value in typed.items():
            read = reader_of(name, self.contract)
            fitting = [raw[name] for raw in raws if _value(read, raw[name]) == value]
            if fitting:
                found[name] = fitting[0]
            elif self._is_ambiguous(name) and isinstance(value, int):
                found[name] = instant_text(value)
                self.rewritten.add(name)
        return found

    def _is_ambiguous(self, name: str) -> bool:
        time = self.contract.time_columns.get(name)
        plain = time is not None and time.unit == "timestamp" and time.format is None
        return plain and getattr(time, "time", None) is None


def as_read(reader: RawReader, contract: Contract, typed: Mapping[str, CleanValue]) -> ReadPayment:
    """What the service reads of a payment whose columns hold these values."""
    names = [name for name in contract.features.names if name not in contract.derived]
    return ReadPayment(reader.payment(typed), {name: typed[name] for name in names})


def instant_text(micros: int) -> str:
    """An instant as callers write it: ISO 8601, UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).isoformat()


def _value(read: Any, value: object) -> CleanValue:
    try:
        found: CleanValue = read(value)
    except BrokenRuleError as broken:
        return broken.value
    return found


def _plain(value: Any) -> Any:
    """One exported value as JSON holds it."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    exact = value != value or value in {float("inf"), -float("inf")}  # noqa: PLR0124 - NaN
    return value if isinstance(value, str | int | float | bool) and not exact else str(value)
