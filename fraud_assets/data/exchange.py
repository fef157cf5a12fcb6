"""Puts amounts of several currencies into the contract's own, and says where none can be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.rates import Rates
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.columns import AMOUNT, TIME
from fraud_assets.data.instants import parse_times
from fraud_assets.data.kinds.distinct import distinct
from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.kinds.text import present_text
from fraud_assets.data.notes import Note, rows_of
from fraud_assets.data.source.read import read_columns
from fraud_assets.errors import DataError
from fraud_assets.terms.times import TimeColumn
from fraud_assets.values.currency import CODE_OF
from fraud_assets.values.number import read_number
from fraud_assets.values.rates import RateTable, currency_code

RATE_MISSING = "rate_missing"
"""The rule of payments whose currency has no rate on their day."""

_MOST_NAMED = 5


@dataclass(frozen=True)
class Exchanged:
    """Typed rows in one currency, the rows that have no rate, and what was done."""

    rows: pd.DataFrame
    missing: pd.Series
    notes: tuple[Note, ...]


def rates_source(contract: Contract) -> Contract | None:
    """The contract with the rates' files as its source; None where it has no rates."""
    if contract.rates is None:
        return None
    source = Source(path=contract.rates.path, decimal=contract.source.decimal)
    return contract.model_copy(update={"source": source})


def read_rates(contract: Contract) -> RateTable | None:
    """The contract's rates; None where it has none.

    Raises
    ------
    DataError
        If they cannot be read, or hold what is no day, no code or no rate; all faults at once.
    """
    said, place = contract.rates, rates_source(contract)
    if said is None or place is None:
        return None
    try:
        frame = read_columns(place, [said.day, said.currency, said.rate]).frame
    except DataError as error:
        raise DataError(str(error).replace("source.path", "rates.path")) from error
    days = parse_times(frame[said.day], TimeColumn(column=said.day))[0].dt.date
    codes, _ = present_text(frame[said.currency])
    rates, _ = parse_numbers(frame[said.rate], contract.source.decimal)
    quotes = pd.DataFrame({"code": codes.map(currency_code, na_action="ignore"), "day": days})
    quotes["rate"] = rates
    _refuse_faults(quotes, said, contract.columns.currency)
    return RateTable.of(
        contract.columns.currency, said.max_age_days, quotes.itertuples(index=False, name=None)
    )


def _refuse_faults(quotes: pd.DataFrame, said: Rates, base: str) -> None:
    worth = quotes["rate"]
    apart = quotes.drop_duplicates().duplicated(["code", "day"])
    own = (quotes["code"] == base) & (worth != 1)
    found = {
        "are no day": quotes["day"].isna(),
        "have no code of a currency": quotes["code"].isna(),
        "have no rate above 0": ~(worth > 0),
        "have another rate for the same currency and day": apart,
        f"give {base}, the contract's own currency, another rate than 1": own,
    }
    faults = [f"{int(bad.sum()):,} {text}" for text, bad in found.items() if bad.any()]
    if faults:
        raise DataError(
            f"{said.path} must hold one rate above 0 for each currency and day, but of its "
            f"{len(quotes):,} rows {'; '.join(faults)}. Correct the file, or the columns that "
            "[rates] names."
        )


def in_one_currency(
    rows: pd.DataFrame, exported: pd.DataFrame, contract: Contract, table: RateTable
) -> Exchanged:
    """Typed rows (n,) with all their money in `columns.currency`.

    `exported` holds the same rows as they came, whose marks and codes say the currency. An amount
    without a rate is missing, and its row marked.
    """
    said = contract.rates or Rates(path="none")
    amount = contract.columns.amount
    code = _codes(exported, said, contract)
    day = rows[TIME].dt.date if TIME in rows else pd.Series(None, rows.index, object)
    pairs = pd.MultiIndex.from_arrays([code, day])
    at, known = pairs.factorize()
    worth = np.array([_rate(table, *pair) for pair in known], dtype=np.float64)[at]
    names = [name for name in (amount, *said.amounts) if name is not None]
    converted = {name: rows[name] * worth for name in dict.fromkeys(names)}
    if amount is not None:
        converted[AMOUNT] = converted[amount]
    # A row without money needs no rate: it may be a later delivery of the label alone.
    has_money = rows[list(converted)].notna().any(axis=1)
    missing = has_money & np.isnan(worth)
    return Exchanged(rows.assign(**converted), missing, tuple(_notes(code, missing, contract)))


def _rate(table: RateTable, code: Any, day: Any) -> float:
    found = table.rate(None if pd.isna(code) else code, None if pd.isna(day) else day)
    return np.nan if found is None else found


def _codes(exported: pd.DataFrame, said: Rates, contract: Contract) -> pd.Series:
    """Each row's code of a currency (n,), missing where nothing says it."""
    signs = {**CODE_OF, **said.signs}
    if said.column is not None:
        text, missing = present_text(exported[said.column])
        found = distinct(text.mask(missing))
        codes = [signs.get(currency_code(value), currency_code(value)) for value in found.values]
        return pd.Series(found.spread(codes, None, object), exported.index)
    found = distinct(exported[contract.columns.amount])
    table = [
        _marked(value, signs, contract) if isinstance(value, str) else contract.columns.currency
        for value in found.values
    ]
    return pd.Series(found.spread(table, contract.columns.currency, object), exported.index)


def _marked(value: str, signs: dict[str, str], contract: Contract) -> str | None:
    """The code of the mark beside an amount; None where the mark may be of several currencies."""
    read = read_number(value, contract.source.decimal)
    if read is None or read.currency is None:
        return contract.columns.currency
    return signs.get(read.currency)


def _notes(code: pd.Series, missing: pd.Series, contract: Contract) -> list[Note]:
    base = contract.columns.currency
    counts = code.value_counts(dropna=False)
    named = ", ".join(
        f"{'none' if pd.isna(name) else name} in {rows_of(int(n))}"
        for name, n in counts.head(_MOST_NAMED).items()
    )
    notes = []
    if len(counts) > 1:
        text = f"Amounts of several currencies ({named}) were put into {base} by [rates]."
        notes.append(Note("currencies_converted", text, int((code != base).sum())))
    if missing.any():
        which = ", ".join(sorted({"none" if pd.isna(c) else str(c) for c in code[missing]})[:5])
        text = (
            f"{rows_of(int(missing.sum()))} have a currency without a rate for their day ({which}) "
            f"and are put aside under the rule {RATE_MISSING}. Add the rates, name the mark in "
            "[rates] signs, or raise rates.max_age_days."
        )
        notes.append(Note(RATE_MISSING, text, int(missing.sum())))
    return notes
