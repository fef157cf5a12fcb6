"""Reads what a draft looks at: some files of the source, whole, and some rows of these."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.names import RESERVED_COLUMNS, folded_name
from fraud_assets.contract.sections.features import Features
from fraud_assets.contract.sections.label import Labelling
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source import read_table, source_files
from fraud_assets.data.source.files import file_format
from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.seen.decimals import find_decimal
from fraud_assets.draft.seen.dialect import find_dialect
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.errors import DataError

ROWS = 50_000
"""Rows looked at closely, spread evenly over the rows read."""

FILES = 60
"""Files read, spread evenly over the source's files."""


@dataclass(frozen=True)
class FileSample:
    """Columns by name, and what was learned about the files on the way.

    `settings` are those of the contract's [source], `read` counts the rows of the files read,
    `looked_at` those looked at closely, `no_rows` the lines that are none by the rule that says so.
    """

    columns: dict[str, Facts]
    names: tuple[str, ...]
    settings: dict[str, Guess]
    files: int
    read: int
    looked_at: int
    left_out: dict[str, str]
    questions: list[Question] = field(default_factory=list)
    no_rows: Counter[str] = field(default_factory=Counter)


def take_sample(path: str, base: Path) -> FileSample:
    """Read files of the source at `path`, which starts from the folder `base`.

    Raises
    ------
    DataError
        If nothing is found, cannot be read, or holds no rows.
    """
    files = source_files(_bare(path, base))
    chosen = [files[at] for at in _spread(len(files), FILES)]
    settings, questions = _settings(chosen[0])
    source = Source.model_validate(
        {"path": path, **{key: guess.value for key, guess in settings.items()}}
    )
    tables = [read_table(file, source) for file in chosen]
    frames = [table.frame for table in tables]
    no_rows = Counter(rule for table in tables for rule in table.lines["_rules"])
    names = tuple(dict.fromkeys(str(name) for frame in frames for name in frame.columns))
    left_out: dict[str, str] = {}
    usable = [_usable(frame, left_out) for frame in frames]
    whole = _in_all(usable, chosen, left_out)
    if len(whole) == 0:
        raise DataError(f"{path} must hold rows, but its {len(chosen)} files hold none. Add some.")
    part = whole.iloc[_spread(len(whole), ROWS)].reset_index(drop=True)
    if settings:
        decimal, asked = find_decimal([Facts(n, part[n], whole[n]) for n in part])
        settings["decimal"] = decimal
        questions += asked
    sign = settings["decimal"].value if settings else "."
    columns = {name: Facts(name, part[name], whole[name], sign) for name in part}
    return FileSample(
        columns, names, settings, len(files), len(whole), len(part), left_out, questions, no_rows
    )


def _bare(path: str, base: Path) -> Contract:
    """A contract that says no more than where the files lie."""
    return Contract(
        format=1,
        name="draft",
        source=Source(path=path),
        label=Labelling(column=""),
        features=Features(),
        base=base,
    )


def _spread(rows: int, most: int) -> np.ndarray:
    """At most `most` positions out of `rows`, evenly spread, the first and last among them."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).round().astype(int))


def _settings(file: str) -> tuple[dict[str, Guess], list[Question]]:
    """Encoding and separator of a text file; nothing for one that carries its own."""
    if file_format(file, Source(path=file)) == "parquet":
        return {}, []
    try:
        dialect = find_dialect(file)
    except (OSError, EOFError) as error:
        raise DataError(f"{file} must be a readable file: {error}.") from error
    found = {"separator": dialect.separator}
    if dialect.encoding.value != "utf-8":
        found["encoding"] = dialect.encoding
    return found, dialect.questions


def _usable(frame: pd.DataFrame, left_out: dict[str, str]) -> pd.DataFrame:
    """The columns that a contract can name and that hold one value a row."""
    kept: dict[str, int] = {}
    for at, name in enumerate(map(str, frame.columns)):
        why = _unusable(name, frame.iloc[:, at], kept)
        if why is None:
            kept[name] = at
        else:
            left_out[name] = why
    return pd.DataFrame({name: frame.iloc[:, at] for name, at in kept.items()})


def _unusable(name: str, values: pd.Series, kept: dict[str, int]) -> str | None:
    if folded_name(name) in RESERVED_COLUMNS:
        return "the chain keeps this name for itself"
    if folded_name(name) in map(folded_name, kept):
        return "a column of this name stands before it"
    if not name.strip():
        return "it has no name"
    is_plain_type = not pd.api.types.is_object_dtype(values.dtype)
    if not is_plain_type and values.map(pd.api.types.is_list_like).any():
        return "lists, not single values"
    return None


def _in_all(frames: list[pd.DataFrame], files: list[str], left_out: dict[str, str]) -> pd.DataFrame:
    """The frames below each other, with the columns that every one of them has."""
    for name in dict.fromkeys(name for frame in frames for name in frame.columns):
        lacking = [
            file for file, frame in zip(files, frames, strict=True) if name not in frame.columns
        ]
        if lacking:
            left_out[name] = f"{Path(lacking[0]).name} has no such column"
    common = [name for name in frames[0].columns if name not in left_out]
    return pd.concat([frame[common] for frame in frames], ignore_index=True)
