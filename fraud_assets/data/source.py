"""Finds and reads the files that a contract names; types and rules come later.

A source is a file, a folder, a glob or an fsspec URL of CSV or Parquet. Text stays text here,
so that nothing is lost before it is judged.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.schema import Source
from fraud_assets.errors import DataError

_SUFFIXES = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}
_SEPARATORS = ",;\t|"


def read_source(contract: Contract) -> pd.DataFrame:
    """Every row of the contract's source, only the columns that the contract names.

    Raises
    ------
    DataError
        If nothing is found, a file cannot be read, or named columns are missing (all listed).
    """
    files = source_files(contract)
    wanted = contract_columns(contract)
    frames = [_pick(read_table(file, contract.source), wanted, file) for file in files]
    return pd.concat(frames, ignore_index=True)


def contract_columns(contract: Contract) -> list[str]:
    """Raw columns that the contract uses, each once, in order of mention."""
    return list(dict.fromkeys(name for name in _mentions(contract) if name is not None))


def source_files(contract: Contract) -> list[str]:
    """Paths or URLs of the source's files in name order."""
    location = expand(contract.source.path)
    if "://" not in location:
        location = str((contract.base / location).resolve())
    filesystem, root = fsspec.core.url_to_fs(location)
    if filesystem.isdir(root):
        found = [name for name in filesystem.find(root) if _format(name, contract.source)]
    else:
        found = filesystem.glob(root) if any(c in root for c in "*?[") else [root]
        found = [name for name in found if filesystem.isfile(name)]
    if not found:
        raise DataError(
            f"source.path of contract {contract.name} must lead to CSV or Parquet files, but "
            f"nothing lies at {location}. Correct the path, or make sample data with "
            "`fraud-assets simulate --out DIR` and set FRAUD_ASSETS_CONTRACT=DIR/contract.toml."
        )
    return [filesystem.unstrip_protocol(name) for name in sorted(map(str, found))]


def expand(path: str) -> str:
    """Replace ${NAME} and ${NAME:-default} by the environment's values."""

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1]) or match[2]
        if found is None:
            raise DataError(f"source.path needs the environment variable {match[1]}; set it.")
        return found

    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", value, path)


def _mentions(contract: Contract) -> Iterator[str | None]:
    columns, label = contract.columns, contract.label
    time = columns.event_time
    yield from (columns.id, time.column if time else None, columns.sender)
    yield from (*columns.entities, columns.amount, label.column, label.known_at)
    yield from (name for name in contract.features.names if name not in contract.derived)
    for derived in contract.derived.values():
        yield from (getattr(derived, role, None) for role in ("entity", "of", "since"))
    yield from (rule.column for rule in contract.rules.values())
    yield from (contract.evaluation.k_entity, contract.evaluation.exclude_known)


def _format(name: str, source: Source) -> str | None:
    if source.format != "auto":
        return source.format
    suffixes = [s for s in Path(name).suffixes if s not in (".gz", ".zst", ".bz2", ".xz")]
    return _SUFFIXES.get(suffixes[-1].lower()) if suffixes else None


def read_table(file: Path | str, source: Source | None = None) -> pd.DataFrame:
    """One file as it stands, all columns, text unparsed.

    Raises
    ------
    DataError
        If the file cannot be read or is neither CSV nor Parquet.
    """
    source = source or Source(path=str(file))
    kind = _format(str(file), source)
    try:
        if kind == "parquet":
            return pd.read_parquet(file)
        if kind == "csv":
            return _read_csv(str(file), source)
    except (OSError, ValueError, UnicodeError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else "empty"
        raise DataError(f"{file} must be a readable {kind} file: {first}") from error
    raise DataError(f"{file} must end in .csv or .parquet, or source.format must say which it is.")


def _read_csv(file: str, source: Source) -> pd.DataFrame:
    separator = source.separator
    if separator == "auto":
        with fsspec.open(file, "rt", encoding=source.encoding, compression="infer") as stream:
            header = stream.readline()
        separator = max(_SEPARATORS, key=header.count)
    encoding = "utf-8-sig" if source.encoding == "utf-8" else source.encoding
    return pd.read_csv(
        file, sep=separator, dtype=str, keep_default_na=False, na_values=[""], encoding=encoding
    )


def _pick(frame: pd.DataFrame, wanted: list[str], file: str) -> pd.DataFrame:
    """Columns under the contract's names: exact, else the only one alike but for blanks, case."""
    names = {str(name): name for name in frame.columns}
    folded: dict[str, list[str]] = {}
    for name in names:
        folded.setdefault(name.strip().casefold(), []).append(name)
    chosen: dict[str, object] = {}
    for want in wanted:
        alike = [want] if want in names else folded.get(want.strip().casefold(), [])
        if len(alike) == 1:
            chosen[want] = names[alike[0]]
    missing = [want for want in wanted if want not in chosen]
    if missing:
        raise DataError(_missing_sentence(file, missing, list(names)))
    return pd.DataFrame({want: frame[name] for want, name in chosen.items()})


def _missing_sentence(file: str, missing: list[str], present: list[str]) -> str:
    def hint(name: str) -> str:
        close = difflib.get_close_matches(name, present, n=1)
        return f"{name!r} (did you mean {close[0]!r}?)" if close else repr(name)

    return (
        f"{file} must have every column that the contract names; missing: "
        f"{', '.join(hint(name) for name in missing)}. It has: {', '.join(present)}."
    )
