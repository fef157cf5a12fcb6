"""The rules that every row must pass; a row that breaks one is kept aside with the rules' names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.rules import Rule
from fraud_assets.contract.sections.words import Scalar
from fraud_assets.data.columns import ROW, TIME
from fraud_assets.data.plausible import Leaps, leaps
from fraud_assets.values.text import LetterCase
from fraud_assets.values.words import allowed_levels, allowed_numbers

Failures = dict[str, pd.Series]
"""Rule name to a mask of the rows that break it."""

TIME_RULES = ("time_missing", "time_after_now", "time_leaps_ahead", "time_leaps_back")
DELIVERY_RULES = ("contradicts", "id_reused")
BUILT_IN = (*TIME_RULES, *DELIVERY_RULES, "label_unknown", "rate_missing")
"""Rules that every contract has, besides those named after a column."""


def contract_failures(rows: pd.DataFrame, contract: Contract) -> Failures:
    """Rows that break the contract's own rules."""
    features = contract.features
    return {
        name: _breaks(
            rows[rule.column],
            rule,
            features.case if rule.column in features.categorical else "keep",
        )
        for name, rule in contract.rules.items()
    }


def time_failures(rows: pd.DataFrame, now: np.datetime64, bounds: Leaps | None = None) -> Failures:
    """Rows without a believable event time; `now` is the wall clock, UTC.

    `bounds` are those of all rows where these are some of them.
    """
    if TIME not in rows:
        return {}
    times = rows[TIME]
    future = times > now
    lowest, highest = leaps(believable_times(times, now)) if bounds is None else bounds
    none = pd.Series(data=False, index=rows.index)
    return {
        "time_missing": times.isna(),
        "time_after_now": future,
        "time_leaps_ahead": none if highest is None else (times > highest) & ~future,
        "time_leaps_back": none if lowest is None else times < lowest,
    }


def believable_times(times: pd.Series, now: np.datetime64) -> np.ndarray:
    """Event times that are there and not after now."""
    found: np.ndarray = times[times.notna() & (times <= now)].to_numpy()
    return found


def broken_rules(failures: Failures, index: pd.Index) -> pd.Series:
    """For each row the names of the rules that it breaks, joined by ", "; empty where none."""
    names = pd.Series("", index=index, dtype=object)
    for name, mask in failures.items():
        hit = mask.to_numpy(dtype=bool)
        names[hit] = names[hit].map(lambda text, name=name: f"{text}, {name}" if text else name)
    return names


def with_set_aside(quarantine: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The quarantined rows and, after them, the source's lines that are no rows.

    `lines` has the columns of `fraud_assets.data.source.export.SET_ASIDE`.
    """
    if lines.empty:
        return quarantine
    whole = {
        name: "UInt64" if pd.api.types.is_unsigned_integer_dtype(kind) else "Int64"
        for name, kind in quarantine.dtypes.items()
        if pd.api.types.is_integer_dtype(kind) and name != ROW
    }  # a missing value would turn integers into floats, which keep 15 digits
    return pd.concat([quarantine.astype(whole), lines], ignore_index=True)


def set_aside_counts(lines: pd.DataFrame) -> dict[str, int]:
    """How many lines of the source each rule set aside."""
    return {str(name): int(count) for name, count in lines["_rules"].value_counts().items()}


def _breaks(values: pd.Series, rule: Rule, case: LetterCase) -> pd.Series:
    broken = pd.Series(data=False, index=values.index)
    for mask in _masks(values, rule, case):
        broken |= mask.fillna(value=False).astype(bool)
    return broken


def _masks(values: pd.Series, rule: Rule, case: LetterCase) -> Iterator[pd.Series]:
    if rule.required:
        yield values.isna()
    if rule.min is not None:
        yield values < rule.min
    if rule.max is not None:
        yield values > rule.max
    if rule.one_of is not None:
        yield values.notna() & ~values.isin(_allowed(values, rule.one_of, case))


def _allowed(values: pd.Series, listed: tuple[Scalar, ...], case: LetterCase) -> tuple[object, ...]:
    """Listed values as they stand in a typed column: numbers, or text in the features' case."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return allowed_numbers(listed)
    return allowed_levels(listed, case)
