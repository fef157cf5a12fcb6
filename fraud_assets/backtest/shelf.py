"""Finished weeks on disk: complete or absent, and never taken for another's.

A week's name carries what it was made of, so that one of other data, code, contract or setting
is not found. Only JSON and plain arrays are kept: reading them back runs no code.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = 1
"""Raise it when a reader of older weeks would misread them."""

SCRATCH, _PART = ".scratch-", ".part-"
_OURS = re.compile(r"[0-9a-f]{16}-.+\.(json|npz)")


@dataclass(frozen=True)
class Week:
    """One week's model: what it is and showed (`told`, JSON-able), and its scores.

    `arrays`: `scores` of the rows of history from position told["first"] on; `judged`, the
    positions of the judged rows; `naive`, the naive model's scores of the coming week. All absent
    where no model could be made.
    """

    told: dict[str, Any]
    arrays: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Shelf:
    """Weeks under `folder`, all made of what `base` (hex digest) stands for."""

    folder: Path
    base: str

    def find(self, name: str) -> Week | None:
        """The finished week of that name, or None; a damaged one does not count."""
        file = self.folder / f"{self.base[:16]}-{name}.json"
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            data = file.with_suffix(".npz").read_bytes()
            if hashlib.sha256(data).hexdigest() != told.pop("arrays"):
                return None
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return Week(told, dict(arrays))
        except (OSError, ValueError, KeyError):
            return None

    def put(self, name: str, week: Week) -> None:
        """Keep a week; its JSON appears last, in one step."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **week.arrays)
        data = buffer.getvalue()
        file = self.folder / f"{self.base[:16]}-{name}.json"
        told = week.told | {"arrays": hashlib.sha256(data).hexdigest()}
        replace_file(file.with_suffix(".npz"), data)
        replace_file(file, json.dumps(told, indent=1, allow_nan=False).encode())

    def sweep(self) -> None:
        """Remove what nothing can use any more: weeks of other data, and what a crash left.

        Only names that a shelf gives: whatever else lies in the folder is somebody's.
        """
        for file in self.folder.iterdir():
            if file.is_dir() and file.name.startswith(SCRATCH):
                shutil.rmtree(file)
            elif file.name.startswith(_PART) or (
                _OURS.fullmatch(file.name) and not file.name.startswith(self.base[:16])
            ):
                file.unlink()


def replace_file(path: Path, data: bytes) -> None:
    """Write beside the file and put it in its place: a reader sees the old or the new one."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=_PART)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def digest_of(*parts: object) -> str:
    """SHA-256 of JSON-able parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
