"""One column of times to instants, by what it is stored as and what the contract says of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from fraud_assets.data.instants import forms
from fraud_assets.data.instants.counts import FIRST, LAST, instants_of_counts, unit_fault
from fraud_assets.data.instants.notes import ReadTimes, notes_of, zone_notes
from fraud_assets.data.instants.texts import read_texts
from fraud_assets.data.instants.zones import localised
from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.kinds.text import as_written
from fraud_assets.data.notes import Note, Notes
from fraud_assets.errors import DataError
from fraud_assets.terms.times import TimeColumn
from fraud_assets.values.missing import NUMBER_WORDS

_SERIAL_SHARE = 0.5
_NO_DAY = r"^0000-00-00(?:[ T]00:00:00(?:\.0+)?)?$"


@dataclass(frozen=True)
class Instants:
    """datetime64[us] (n,), UTC without zone, NaT for missing; which values (n,) are no instants.

    `notes` say what was noticed, `faults` why the column cannot be used at all.
    """

    stamps: pd.Series
    bad: pd.Series
    notes: Notes = ()
    faults: Notes = ()


def parse_times(values: pd.Series, time: TimeColumn) -> tuple[pd.Series, pd.Series]:
    """Instants, and which values are none; see `read_instants`.

    Raises
    ------
    DataError
        If the column cannot be used, such as dates that may have the day or the month first.
    """
    found = read_instants(values, time)
    if found.faults:
        raise DataError("\n".join(fault.text for fault in found.faults))
    return found.stamps, found.bad


def read_instants(
    values: pd.Series, time: TimeColumn, words: Collection[str] = NUMBER_WORDS
) -> Instants:
    """Instants of the years 1 to 9999; what lies outside is marked, and so is what is no time.

    `words` are folded and mean missing, and so does the day 0000-00-00 of databases.
    Times without a zone are those of `time.zone` (see `zones.localised`), by default UTC.
    """
    name = str(values.name)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _stored(values, time)
    if time.unit != "timestamp":
        return _counted(values, time, name, words)
    text = as_written(values).str.strip()
    missing = (text.isna() | text.str.lower().isin(list(words))).to_numpy(dtype=bool)
    if (zero := text.str.startswith("0000-00-00").fillna(value=False)).any():
        no_day = (zero & text.str.fullmatch(_NO_DAY, na=False)).to_numpy(dtype=bool)
        missing = missing | no_day
    text = text.mask(missing) if missing.any() else text
    if time.format is not None:
        return _formatted(text, missing, time)
    array = pa.array(text, pa.string(), from_pandas=True)
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return _result(read_texts(array, time, name), values, missing, time, _serial(text, name))


def _result(
    seen: ReadTimes, values: pd.Series, missing: np.ndarray, time: TimeColumn, serial: Notes = ()
) -> Instants:
    name = str(values.name)
    stamps = seen.stamps.set_axis(values.index).rename(values.name)
    bad = stamps.isna() & ~missing
    notes, faults = list(notes_of(seen, time, name)), list(seen.faults)
    for note, stops in zone_notes(seen, int((~missing).sum()), time, name):
        (faults if stops else notes).append(note)
    return Instants(stamps, bad, tuple(notes), (*faults, *serial))


def _stored(values: pd.Series, time: TimeColumn) -> Instants:
    """Timestamps of the file's own."""
    missing = values.isna().to_numpy()
    if getattr(values.dt, "tz", None) is not None:
        return _result(ReadTimes(_bounded(values.dt.tz_convert(None))), values, missing, time)
    local = _bounded(values)
    seen = ReadTimes(local, naive=~missing, local=None)
    if time.zone is not None:
        seen = seen.with_moved(localised(local, time.zone))
    return _result(seen, values, missing, time)


def _counted(values: pd.Series, time: TimeColumn, name: str, words: Collection[str]) -> Instants:
    numbers, bad = parse_numbers(values, missing=words)
    truths = _truths(values)  # yes and no count nothing
    numbers, bad = numbers.mask(truths), bad | truths
    stamps = instants_of_counts(numbers, time, time.unit)
    outside = numbers.notna() & stamps.isna()
    fault = unit_fault(numbers, time, name)
    seen = ReadTimes(stamps.reset_index(drop=True))
    if time.unit == "excel_days":
        seen = seen.with_moved(localised(seen.stamps, time.zone))
    found = _result(seen, values, numbers.isna().to_numpy(), time)
    return Instants(found.stamps, bad | outside, found.notes, () if fault is None else (fault,))


def _truths(values: pd.Series) -> pd.Series:
    """Which values (n,) are truth values."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.notna()
    if values.dtype != object:
        return pd.Series(data=False, index=values.index)
    return values.map(lambda value: isinstance(value, bool)).astype(bool)


def _formatted(text: pd.Series, missing: np.ndarray, time: TimeColumn) -> Instants:
    stamps = pd.to_datetime(text, format=time.format, errors="coerce", utc=True)
    local = _bounded(stamps.dt.tz_convert(None)).reset_index(drop=True)
    seen = ReadTimes(local)
    if "%z" not in str(time.format):
        seen = ReadTimes(local, ~missing, local).with_moved(localised(local, time.zone))
    return _result(seen, text, missing, time)


def _bounded(stamps: pd.Series) -> pd.Series:
    inside = stamps.between(pd.Timestamp(FIRST), pd.Timestamp(LAST))
    return stamps.where(inside).astype("datetime64[us]").reset_index(drop=True)


def _serial(text: pd.Series, name: str) -> Notes:
    """A fault where most values are a spreadsheet's serial days and nothing says so."""
    first = text.dropna().iloc[:1]
    if first.empty or not first.str.fullmatch(forms.SERIAL).all():
        return ()
    serial = text.str.fullmatch(forms.SERIAL, na=False)
    if serial.sum() <= _SERIAL_SHARE * text.notna().sum():
        return ()
    return (
        Note(
            "serial_days_suspected",
            f"Column {name!r} must hold times, but its {int(serial.sum()):,} values such as "
            f"{first.iloc[0]!r} look like a spreadsheet's serial days. Declare them: "
            f'{{ column = "{name}", unit = "excel_days" }}.',
            int(serial.sum()),
            name,
        ),
    )
