"""What the files of a source show beside the contract's columns: copies, and other currencies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.names import folded_name
from fraud_assets.data.kinds.distinct import distinct
from fraud_assets.data.kinds.text import as_written
from fraud_assets.data.notes import Note, rows_of
from fraud_assets.masking import Secrets
from fraud_assets.values.currency import CODES
from fraud_assets.values.rates import currency_code

Ends = tuple[tuple[str, str, str], ...]
WATCHED = "_currency_beside"
"""Stands for a column of currencies that the contract does not name."""

_NAMED = re.compile(
    r"(?:.*[\s_.-])?(?:curr(?:ency)?|ccy|waehrung|währung|devise|moneda|valuta)(?:[\s_.-].*)?"
)
_MOST_NAMED = 5
_FIRST = 1_000


def currency_place(names: Sequence[str], wanted: Sequence[str], contract: Contract) -> int | None:
    """Where a table holds a column of currencies that nobody reads; None where it holds none."""
    if contract.columns.amount is None or contract.rates is not None:
        return None
    asked = {folded_name(name) for name in wanted}
    return next(
        (
            at
            for at, name in enumerate(names)
            if _NAMED.fullmatch(folded_name(name)) and folded_name(name) not in asked
        ),
        None,
    )


def taken_out(frames: Sequence[pd.DataFrame]) -> Counter[str]:
    """Rows by code of what stands in the watched columns, which are taken out of the frames."""
    counts: Counter[str] = Counter()
    for frame in frames:
        if WATCHED in frame:
            counts += currencies_of(frame.pop(WATCHED))
    return counts


def currencies_of(column: pd.Series) -> Counter[str]:
    """Rows by code of a currency; nothing where the column holds other words."""
    known = {*CODES.split(), ""}
    first = as_written(column.iloc[:_FIRST]).dropna()
    if not first.map(currency_code).isin(known).all():
        return Counter()  # numbers and other words, of which there may be very many
    found = distinct(as_written(column))
    names = [currency_code(value) for value in found.values]
    if not names or any(name not in known for name in names):
        return Counter()
    counts: Counter[str] = Counter()
    for name, n in zip(names, found.counts.tolist(), strict=True):
        counts[name] += n if name else 0
    return counts


def currency_notes(counts: Counter[str], where: str, contract: Contract) -> Iterator[Note]:
    """A note where amounts are of several currencies, or of another than the contract says."""
    base, amount = contract.columns.currency, contract.columns.amount
    shown = ", ".join(f"{code} in {rows_of(n)}" for code, n in counts.most_common(_MOST_NAMED))
    if len(counts) > 1:
        yield Note(
            "several_currencies",
            f"{where} names several currencies ({shown}), but the numbers of {amount!r} are taken "
            'as they stand. Give rates by day: [rates] path = "rates.csv", column = "...", or '
            "export one currency.",
            counts.total(),
            amount,
        )
    elif counts and base not in counts:
        yield Note(
            "other_currency",
            f"{where} says that amounts are in {shown}, but the contract says {base}. Set "
            "[columns] currency, which is what reports show.",
            counts.total(),
            amount,
        )


def named_currencies(exported: pd.DataFrame, contract: Contract) -> Iterator[Note]:
    """The same of columns that the contract names for another use than its rates."""
    if contract.rates is not None or contract.columns.amount is None:
        return
    for name in contract.features.categorical:
        if _NAMED.fullmatch(folded_name(name)) and name in exported:
            yield from currency_notes(currencies_of(exported[name]), f"Column {name!r}", contract)


def secret_notes(contract: Contract) -> Iterator[Note]:
    """A note where a password stands in the contract itself, which many read and git keeps."""
    paths = {"source.path": contract.source.path, "source.query": contract.source.query or ""}
    if contract.rates is not None:
        paths["rates.path"] = contract.rates.path
    for key, path in paths.items():
        if Secrets.of(path).literal.hidden:
            advice = _IN_A_QUERY if key == "source.query" else _IN_A_PATH
            yield Note(
                "secret_in_contract",
                f"{key} holds a password or token. {advice}, and change the one that stood there.",
            )


_IN_A_PATH = (
    'Put it into an environment variable and write its name, as in "s3://${KEY}:${SECRET}@bucket"'
)
_IN_A_QUERY = "Let the server keep it, by CREATE USER MAPPING or a view"


def copies(names: Sequence[str], frames: Sequence[pd.DataFrame]) -> Iterator[Note]:
    """A note for each file that holds the same rows as another one."""
    alike: dict[tuple[int, Ends], list[int]] = {}
    for at, frame in enumerate(frames):
        if len(frame):
            alike.setdefault((len(frame), _ends(frame)), []).append(at)
    for (size, _), places in alike.items():
        seen: set[int] = set()
        for one, other in combinations(places, 2):
            if other not in seen and _same(frames[one], frames[other]):
                seen.add(other)
                yield Note(
                    "file_copied",
                    f"{names[other]} holds the same {rows_of(size)} as {names[one]}: the file was "
                    "likely copied. With columns.id each payment counts once, without it twice. "
                    "Move one of the two out.",
                    size,
                )


def _ends(frame: pd.DataFrame) -> Ends:
    """Each column with its first and last value: what tells most files of one size apart."""
    values = ((column.iat[0], column.iat[-1]) for _, column in frame.items())
    return tuple((str(n), str(a), str(z)) for n, (a, z) in zip(frame, values, strict=True))


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return all(as_written(one[name]).equals(as_written(other[name])) for name in one)
