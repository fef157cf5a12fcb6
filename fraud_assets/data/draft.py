"""A first guess of each column's role, from a look at a file.

Guesses go by names first and by values second; whoever knows the data corrects them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from fraud_assets.contract.names import RESERVED_COLUMNS, folded, is_plain
from fraud_assets.data.draft_times import TIME_NAME, is_time, look_at_times
from fraud_assets.data.parsing import LARGEST_NUMBER, parse_numbers
from fraud_assets.data.source import read_table
from fraud_assets.errors import DataError

SAMPLE_ROWS = 50_000
MAX_LEVELS = 60

_LABEL = re.compile(r"fraud|label|chargeback|class$|target", re.IGNORECASE)
_SENDER = re.compile(r"sender|customer|user|account|card|address|from|payer", re.IGNORECASE)
_AMOUNT = re.compile(r"amount|value|usd|eur|total|price", re.IGNORECASE)
_ID = re.compile(r"id$|hash|uuid|reference", re.IGNORECASE)
_LEAK = re.compile(r"fraud|scenario|chargeback|label", re.IGNORECASE)


@dataclass
class Guess:
    """Roles found so far; a column has at most one."""

    file: Path
    columns: tuple[str, ...] = ()
    decimal: str = "."
    label: str | None = None
    values: tuple[list[str], list[str]] = ([], [])
    event_time: str | None = None
    unit: str = "timestamp"
    from_1970: bool = True
    day_first: bool = False
    known_at: str | None = None
    id: str | None = None
    sender: str | None = None
    amount: str | None = None
    below_zero: float = 0.0
    numeric: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def look(file: Path) -> tuple[Guess, int]:
    """Guess each column's role by the file's first rows; with how many were looked at.

    Raises
    ------
    DataError
        If the file cannot be read, or no column looks like a label or a feature.
    """
    frame = read_table(file).head(SAMPLE_ROWS)
    guess = Guess(file, tuple(map(str, frame.columns)))
    frame = _usable(frame, guess)
    names = list(frame.columns)
    guess.decimal = _decimal(frame)
    guess.label, guess.values = _label(frame, names)
    rest = [name for name in names if name != guess.label]
    stamps = [name for name in rest if is_time(frame[name])]
    counted = [name for name in rest if TIME_NAME.search(name) and _is_number(frame[name])]
    guess = replace(guess, **look_at_times(frame, stamps, counted))
    _entities(frame, rest, guess)
    _features(frame, rest, guess, {*stamps, *counted})
    if not guess.numeric and not guess.categorical:
        raise DataError(f"{file} must have a column to learn from besides roles, but has none.")
    return guess, len(frame)


def _usable(frame: pd.DataFrame, guess: Guess) -> pd.DataFrame:
    """The columns that a contract can name and that hold one value a row."""
    kept: dict[str, int] = {}
    for at, name in enumerate(guess.columns):
        if folded(name) in RESERVED_COLUMNS:
            guess.left_out[name] = "the chain keeps this name for itself"
        elif folded(name) in map(folded, kept):
            guess.left_out[name] = "a column of this name stands before it"
        elif not name.strip():
            guess.left_out[name] = "it has no name"
        elif frame.iloc[:, at].map(pd.api.types.is_list_like).any():
            guess.left_out[name] = "lists, not single values"
        else:
            kept[name] = at
    return pd.DataFrame({name: frame.iloc[:, at] for name, at in kept.items()})


def _label(frame: pd.DataFrame, names: list[str]) -> tuple[str, tuple[list[str], list[str]]]:
    for name in sorted(names, key=lambda name: not _LABEL.search(name)):
        counts = frame[name].dropna().astype(str).str.strip().replace("", pd.NA).value_counts()
        if len(counts) == 2 and (_LABEL.search(name) or counts.iloc[1] < 0.2 * counts.sum()):
            return name, ([str(counts.index[1])], [str(counts.index[0])])
    raise DataError(
        "One column must hold the label (fraud or not) in two values, but none of "
        f"{', '.join(names)} does. Add labels first; without them nothing can be learned."
    )


def _decimal(frame: pd.DataFrame) -> str:
    """The decimal sign under which more columns are numbers."""
    counts = {sign: sum(_is_number(frame[name], sign) for name in frame) for sign in ".,"}
    return "," if counts[","] > counts["."] else "."


def _entities(frame: pd.DataFrame, names: list[str], guess: Guess) -> None:
    taken = {guess.event_time, guess.known_at}
    for name in (n for n in names if n not in taken):
        unique = frame[name].nunique() / max(len(frame), 1)
        if guess.id is None and unique == 1 and _ID.search(name):
            guess.id = name
        elif guess.sender is None and _SENDER.search(name) and 0.0005 < unique < 0.95:
            guess.sender = name
        elif (
            guess.amount is None and _AMOUNT.search(name) and _is_number(frame[name], guess.decimal)
        ):
            guess.amount = name
            guess.below_zero = float((parse_numbers(frame[name], guess.decimal)[0] < 0).mean())


def _features(frame: pd.DataFrame, names: list[str], guess: Guess, times: set[str]) -> None:
    roles = {guess.id, guess.sender, guess.known_at, guess.event_time}
    for name in (n for n in names if n not in roles):
        levels = frame[name].nunique()
        if not is_plain(name):
            guess.left_out[name] = "its name has quotes, backslashes or control characters"
        elif name in times:
            guess.left_out[name] = "a time"
        elif _LEAK.search(name):
            guess.left_out[name] = "may tell the label"
        elif _is_number(frame[name], guess.decimal) and not _ID.search(name):
            too_large = parse_numbers(frame[name], guess.decimal)[0].abs() > LARGEST_NUMBER
            if too_large.mean() < 0.01:
                guess.numeric.append(name)
            else:
                guess.left_out[name] = "numbers beyond 1e15; write them in a larger unit"
        elif 1 < levels <= MAX_LEVELS:
            guess.categorical.append(name)
        else:
            guess.left_out[name] = f"{levels:,} different values"


def _is_number(values: pd.Series, decimal: str = ".") -> bool:
    numbers, bad = parse_numbers(values.head(5_000), decimal)
    return bool(numbers.notna().any() and bad.mean() < 0.05)
