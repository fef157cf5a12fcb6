"""Finds the files that a contract's source names: a file, folder, glob or fsspec URL.

Drivers of remote storage raise errors of their own, of which none is imported here; whatever
they raise ends in one sentence.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import fsspec
from fsspec.registry import known_implementations

from fraud_assets.contract import Contract
from fraud_assets.contract.schema import Source
from fraud_assets.errors import DataError

_SUFFIXES = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}
_PACKED = (".gz", ".zst", ".bz2", ".xz")


def source_files(contract: Contract) -> list[str]:
    """Paths or URLs of the source's files in name order.

    Raises
    ------
    DataError
        If nothing is found, or the place cannot be reached, in a sentence that says what to do.
    """
    location = expand(contract.source.path)
    try:
        if "://" not in location:
            location = str((contract.base / location).resolve())
        filesystem, root = fsspec.core.url_to_fs(location)
        found = _found(filesystem, root, contract.source)
    except ImportError as error:
        raise DataError(_driver_sentence(location, error)) from error
    except Exception as error:  # each driver raises its own
        raise DataError(
            f"source.path must lead to a place that can be reached, but {location!r} cannot: "
            f"{first_line(error)}. Correct the path or grant access."
        ) from error
    if not found:
        raise DataError(
            f"source.path of contract {contract.name} must lead to CSV or Parquet files, but "
            f"nothing lies at {location}. Correct the path, or make sample data with "
            "`fraud-assets simulate --out DIR` and set FRAUD_ASSETS_CONTRACT=DIR/contract.toml."
        )
    # As in zip://a.csv::s3://bucket/a.zip, where only the part before "::" was looked into.
    outer = location[location.index("::") :] if re.search("://.*::", location) else ""
    return [filesystem.unstrip_protocol(name) + outer for name in found]


def _found(filesystem: Any, root: str, source: Source) -> list[str]:
    if filesystem.isdir(root):
        return sorted(str(name) for name in filesystem.find(root) if file_format(name, source))
    found = filesystem.glob(root) if any(c in root for c in "*?[") else [root]
    return sorted(str(name) for name in found if filesystem.isfile(name))


def _driver_sentence(location: str, error: ImportError) -> str:
    protocol = location.partition("://")[0].split("::")[-1]
    driver = known_implementations.get(protocol, {})
    root = str(driver.get("class", "")).split(".")[0]
    quoted = re.findall(r'"(\w+)"', str(driver.get("err", "")))
    packages = quoted if root == "fsspec" else [root]
    if not any(packages):
        return f"source.path {location} needs a driver that is not installed: {error}."
    names = " and ".join(packages)
    return f"source.path {location} needs {names}: pip install {' '.join(packages)}"


def first_line(error: BaseException) -> str:
    """What an error of another library says, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def expand(path: str) -> str:
    """Replace ${NAME} and ${NAME:-default} by the environment's values."""

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1]) or match[2]
        if found is None:
            raise DataError(f"source.path needs the environment variable {match[1]}; set it.")
        return found

    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", value, path)


def file_format(name: str, source: Source) -> str | None:
    """Either "csv" or "parquet", by the source's word or the file's name; None if neither."""
    if source.format != "auto":
        return source.format
    suffixes = [s for s in Path(name.partition("::")[0]).suffixes if s not in _PACKED]
    return _SUFFIXES.get(suffixes[-1].lower()) if suffixes else None
