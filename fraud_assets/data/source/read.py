"""Reads every file of a contract's source and says which row came from which."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.kinds.exact import joined
from fraud_assets.data.provenance.sources import public_name
from fraud_assets.data.source.columns import contract_columns, pick
from fraud_assets.data.source.export import Export, FileRead
from fraud_assets.data.source.files import file_format, source_files
from fraud_assets.data.source.table import read_table


def read_source(contract: Contract) -> Export:
    """Every row of the contract's source, only the columns that the contract names.

    Raises
    ------
    DataError
        If nothing is found, a file cannot be read, or named columns are missing (all listed).
    """
    files = source_files(contract)
    wanted = contract_columns(contract)
    frames = [pick(read_table(file, contract.source), wanted, file) for file in files]
    reads = tuple(
        FileRead(_name(file, contract.base), len(frame), _bytes(file), _kind(file, contract))
        for file, frame in zip(files, frames, strict=True)
    )
    frame = joined(frames)
    file = np.repeat(np.arange(len(files), dtype=np.int32), [len(frame) for frame in frames])
    return Export(frame, np.arange(len(frame)), file, reads)


def _kind(file: str, contract: Contract) -> str:
    return file_format(file, contract.source) or ""


def _name(file: str, base: Path) -> str:
    name = public_name(file).removeprefix("file://")
    return name if "://" in name else os.path.relpath(name, base)


def _bytes(file: str) -> int:
    path = Path(file.removeprefix("file://"))
    return path.stat().st_size if path.is_file() else 0
