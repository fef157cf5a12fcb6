"""A first contract, written by looking at a file: every guess says why beside it.

Guesses go by names first and by values second; whoever knows the data corrects them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from fraud_assets.contract.schema import EventTime
from fraud_assets.data.instants import parse_times
from fraud_assets.data.parsing import parse_numbers
from fraud_assets.data.reading import read_table
from fraud_assets.errors import DataError

SAMPLE_ROWS = 50_000
MAX_LEVELS = 60

_LABEL = re.compile(r"fraud|label|chargeback|class$|target", re.IGNORECASE)
_TIME = re.compile(r"time|date|created|_at$|seconds", re.IGNORECASE)
_KNOWN = re.compile(r"(label|fraud|chargeback|report).*(time|date|_at$)", re.IGNORECASE)
_SENDER = re.compile(r"sender|customer|user|account|card|address|from|payer", re.IGNORECASE)
_AMOUNT = re.compile(r"amount|value|usd|eur|total|price", re.IGNORECASE)
_ID = re.compile(r"id$|hash|uuid|reference", re.IGNORECASE)
_LEAK = re.compile(r"fraud|scenario|chargeback|label", re.IGNORECASE)


@dataclass
class Guess:
    """Roles found so far; a column has at most one."""

    file: Path
    decimal: str = "."
    label: str | None = None
    values: tuple[list[str], list[str]] = ([], [])
    event_time: str | None = None
    unit: str = "timestamp"
    known_at: str | None = None
    id: str | None = None
    sender: str | None = None
    amount: str | None = None
    numeric: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def draft_contract(file: Path) -> str:
    """Text of a first contract for the transactions in `file`.

    Raises
    ------
    DataError
        If the file cannot be read, or no column looks like a label or a feature.
    """
    frame = read_table(file).head(SAMPLE_ROWS)
    guess = look(frame, file)
    return _toml(guess, len(frame))


def look(frame: pd.DataFrame, file: Path) -> Guess:
    """Guess each column's role."""
    names = [str(name) for name in frame.columns]
    frame = frame.set_axis(names, axis=1)
    guess = Guess(file, decimal=_decimal(frame))
    guess.label, guess.values = _label(frame, names)
    rest = [name for name in names if name != guess.label]
    stamps = [name for name in rest if _is_time(frame[name])]
    counted = [name for name in rest if _TIME.search(name) and _is_number(frame[name])]
    guess.known_at = next((name for name in stamps if _KNOWN.search(name)), None)
    times = [name for name in stamps if name != guess.known_at]
    guess.event_time = next(iter(times), next(iter(counted), None))
    guess.unit = "timestamp" if times else "s"
    _entities(frame, rest, guess)
    _features(frame, rest, guess, {*stamps, *counted})
    if not guess.numeric and not guess.categorical:
        raise DataError(f"{file} must have a column to learn from besides roles, but has none.")
    return guess


def _label(frame: pd.DataFrame, names: list[str]) -> tuple[str, tuple[list[str], list[str]]]:
    for name in sorted(names, key=lambda name: not _LABEL.search(name)):
        counts = frame[name].dropna().astype(str).str.strip().value_counts()
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


def _features(frame: pd.DataFrame, names: list[str], guess: Guess, times: set[str]) -> None:
    roles = {guess.id, guess.sender, guess.known_at, guess.event_time}
    for name in (n for n in names if n not in roles):
        levels = frame[name].nunique()
        if name in times:
            guess.left_out[name] = "a time"
        elif _LEAK.search(name):
            guess.left_out[name] = "may tell the label"
        elif _is_number(frame[name], guess.decimal) and not _ID.search(name):
            guess.numeric.append(name)
        elif 1 < levels <= MAX_LEVELS:
            guess.categorical.append(name)
        else:
            guess.left_out[name] = f"{levels:,} different values"


def _is_number(values: pd.Series, decimal: str = ".") -> bool:
    numbers, bad = parse_numbers(values.head(5_000), decimal)
    return bool(numbers.notna().any() and bad.mean() < 0.05)


def _is_time(values: pd.Series) -> bool:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return True
    if pd.api.types.is_numeric_dtype(values.dtype) or _is_number(values):
        return False
    stamps, bad = parse_times(values.head(1000), EventTime(column=""))
    return bool(stamps.notna().any() and bad.mean() < 0.05)


def _toml(guess: Guess, rows: int) -> str:
    q = json.dumps
    lines = [
        f"# Drafted from {guess.file.name} by looking at {rows:,} rows. Check every guess.",
        "format = 1",
        f"name = {q(re.sub(r'[^a-z0-9]+', '_', guess.file.stem.lower()).strip('_') or 'team')}",
        "",
        "[source]",
        f"path = {q(str(guess.file))} # a folder, glob or URL works too",
        f"decimal = {q(guess.decimal)}",
        "",
        "[columns]",
    ]
    if guess.id:
        lines.append(f"id = {q(guess.id)} # guess: different in every row")
    lines += _time_lines(guess)
    if guess.sender:
        lines.append(f"sender = {q(guess.sender)} # guess: by its name; repeats across rows")
    if guess.amount:
        lines.append(f"amount = {q(guess.amount)} # guess: by its name; what a missed fraud costs")
    positive, negative = guess.values
    lines += ["", "[label]", f"column = {q(guess.label)} # guess: by its name and its two values"]
    lines.append(f"positive = {q(positive)} # guess: the rarer value means fraud")
    lines.append(f"negative = {q(negative)}")
    if guess.known_at:
        lines.append(f"known_at = {q(guess.known_at)} # guess: when the label became known")
    days = 14 if guess.event_time else 0
    lines.append(f"maturity_days = {days} # guess: then an unreported payment is legitimate")
    lines += ["", "[features]", f"numeric = {q(_numeric(guess))}"]
    lines.append(
        f"categorical = {q(guess.categorical)} # guess: text of at most {MAX_LEVELS} values"
    )
    lines += [f"# left out: {name} ({why})" for name, why in guess.left_out.items()]
    lines += _derived_lines(guess)
    if not guess.event_time:
        lines += ["", "[windows]", 'by = "shares" # no event time found: rows split at random']
    return "\n".join(lines) + "\n"


def _time_lines(guess: Guess) -> list[str]:
    if guess.event_time is None:
        return ["# event_time: no column looked like a time"]
    if guess.unit == "timestamp":
        return [f"event_time = {json.dumps(guess.event_time)} # guess: first column of timestamps"]
    name = json.dumps(guess.event_time)
    value = f'{{ column = {name}, unit = "s", origin = 2000-01-01T00:00:00 }}'
    return [f"event_time = {value} # guess: seconds; from which origin is yours to say"]


def _numeric(guess: Guess) -> list[str]:
    extra = list(_derived(guess))
    return [*guess.numeric, *extra]


def _derived(guess: Guess) -> dict[str, str]:
    if not guess.event_time or not guess.sender:
        return {}
    sender = json.dumps(guess.sender)
    derived = {
        "sender_count_24h": f'kind = "count"\nentity = {sender}\nwindow = "24h"\n'
        "include_current = true"
    }
    if guess.amount:
        derived["sender_mean_30d"] = (
            f'kind = "mean"\nof = {json.dumps(guess.amount)}\nentity = {sender}\nwindow = "30d"'
        )
    return derived


def _derived_lines(guess: Guess) -> list[str]:
    lines: list[str] = []
    for name, body in _derived(guess).items():
        lines += ["", f"[derived.{name}] # guess: what the sender did before", *body.splitlines()]
    return lines
