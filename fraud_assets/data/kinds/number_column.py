"""Columns of numbers, and whether their points, commas and currencies can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from fraud_assets.contract.names import TOO_LARGE, UNPARSABLE
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.kinds.column import Column
from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.kinds.signs import Signs, look_at_signs
from fraud_assets.data.notes import Note, rows_of
from fraud_assets.payments.words import number_words
from fraud_assets.values.counted import counted
from fraud_assets.values.currency import CODE_OF
from fraud_assets.values.number import LARGEST_NUMBER

_CURRENCIES = ("several_currencies", "other_currency")


def number_column(column: pd.Series, source: Source, currency: str | None = None) -> Column:
    """float64 with NaN for missing; `currency` is the code that an amount is declared in."""
    name = str(column.name)
    numbers, bad = parse_numbers(column, source.decimal, number_words(source))
    broken = {f"{UNPARSABLE}{name}": bad, f"{TOO_LARGE}{name}": numbers.abs() > LARGEST_NUMBER}
    signs = look_at_signs(column, source.decimal)
    if signs is None:
        return Column(numbers, broken)
    notes = tuple(_notes(name, signs, source, currency))
    return Column(numbers, broken, notes, tuple(_faults(name, signs, source)))


def without_currencies(column: Column) -> Column:
    """The same where rates put its money into one currency: its marks are no doubt."""
    told = tuple(note for note in column.notes if not note.code.endswith(_CURRENCIES))
    return replace(column, notes=told)


def _faults(name: str, signs: Signs, source: Source) -> Iterator[str]:
    sign, other = source.decimal, "," if source.decimal == "." else "."
    if signs.is_other:
        yield (
            f"Column {name!r} must hold numbers with the decimal sign {sign!r}, but "
            f"{signs.other:,} of its {counted(signs.present, 'value')}, such as "
            f"{signs.example!r}, can only "
            f'be read with {other!r}. Set [source] decimal = "{other}".'
        )
    elif signs.is_doubtful and source.thousands == "auto":
        doubtful = signs.grouped or signs.pointed
        mark = other if signs.grouped else sign
        yield (
            f"Column {name!r} must show whether {mark!r} groups thousands or is the decimal sign, "
            f"but {doubtful:,} of its {counted(signs.present, 'value')}, such as "
            f"{signs.example!r}, can be "
            "read both ways, a thousandfold apart. Say it in [source]: "
            + (
                f'thousands = "{other}", or decimal = "{other}" if it is the decimal sign.'
                if signs.grouped
                else f'thousands = "{other}" if {sign!r} is the decimal sign, else decimal = '
                f'"{other}".'
            )
        )


def _notes(name: str, signs: Signs, source: Source, currency: str | None) -> Iterator[Note]:
    if signs.other and not signs.is_other:
        yield Note(
            "decimal_signs_mixed",
            f"Column {name!r} holds {rows_of(signs.other)} such as {signs.example!r} that do not "
            f"fit its decimal sign {source.decimal!r}; they are put aside as unparsable.",
            signs.other,
            name,
        )
    if 0 < signs.percent < signs.present:
        yield Note(
            "percent_mixed",
            f"Column {name!r} holds {rows_of(signs.percent)} with a per cent sign, which are read "
            "as hundredths, beside others without; make sure that both mean the same.",
            signs.percent,
            name,
        )
    yield from _currency_notes(name, signs, currency)


def _currency_notes(name: str, signs: Signs, currency: str | None) -> Iterator[Note]:
    marks = signs.currencies
    counts = ", ".join(f"{mark} in {rows_of(count)}" for mark, count in marks.most_common(5))
    if len(marks) > 1:
        yield Note(
            "several_currencies",
            f"Column {name!r} holds amounts of several currencies ({counts}), whose numbers are "
            'taken as they stand. Give rates by day: [rates] path = "rates.csv", or export one '
            "currency.",
            marks.total(),
            name,
        )
    elif currency is not None and {CODE_OF.get(mark, currency) for mark in marks} - {currency}:
        yield Note(
            "other_currency",
            f"Column {name!r} holds amounts marked {counts}, but the contract says that they are "
            f"in {currency}. Set [columns] currency, which is what reports show.",
            marks.total(),
            name,
        )
