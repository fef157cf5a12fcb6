"""Reads what a draft of files looks at: some of them, whole, and some rows of these."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.features import Features
from fraud_assets.contract.sections.label import Labelling
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source import read_table, source_files
from fraud_assets.data.source.files import file_format
from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.seen.decimals import find_decimal
from fraud_assets.draft.seen.dialect import find_dialect
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.seen.sample import SourceSample, looked_at_closely, spread, usable
from fraud_assets.errors import DataError
from fraud_assets.values.counted import counted

FILES = 60
"""Files read, spread evenly over the source's files."""


def sample_files(source: Source, base: Path) -> SourceSample:
    """Read files of the source, whose path starts from the folder `base`.

    Raises
    ------
    DataError
        If nothing is found, cannot be read, or holds no rows.
    """
    files = source_files(_bare(source, base))
    chosen = [files[at] for at in spread(len(files), FILES)]
    settings, questions = _settings(chosen[0])
    read = Source.model_validate(
        {"path": source.path, **{key: guess.value for key, guess in settings.items()}}
    )
    tables = [read_table(file, read) for file in chosen]
    frames = [table.frame for table in tables]
    no_rows = Counter(rule for table in tables for rule in table.lines["_rules"])
    names = tuple(dict.fromkeys(str(name) for frame in frames for name in frame.columns))
    left_out: dict[str, str] = {}
    whole = _in_all([usable(frame, left_out) for frame in frames], chosen, left_out)
    if len(whole) == 0:
        raise DataError(
            f"{source.path} must hold rows, but its {len(chosen)} files hold none. Add some."
        )
    part = looked_at_closely(whole)
    if settings:
        decimal, asked = find_decimal([Facts(n, part[n], whole[n]) for n in part])
        settings["decimal"] = decimal
        questions += asked
    sign = settings["decimal"].value if settings else "."
    columns = {name: Facts(name, part[name], whole[name], sign) for name in part}
    origin = counted(len(files), "file")
    return SourceSample(
        columns, names, settings, origin, len(whole), len(part), left_out, questions, no_rows
    )


def _bare(source: Source, base: Path) -> Contract:
    """A contract that says no more than where the files lie."""
    return Contract(
        format=1,
        name="draft",
        source=source,
        label=Labelling(column=""),
        features=Features(),
        base=base,
    )


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
