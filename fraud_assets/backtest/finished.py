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
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from fraud_assets.documents.backtest.week import WeekShares
from fraud_assets.documents.formats import write_document
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.documents.report.whole import Report
from fraud_assets.gate.grounds import Expected
from fraud_assets.modelling.reach import FittedReach

FORMAT = 3
"""Format of a kept week; part of its name, so that one of another format is made again."""

_PART = ".part-"
_OURS = re.compile(r"[0-9a-f]{16}-.+\.(json|npz)")


class NaiveModel(msgspec.Struct, frozen=True):
    """The naive way's model of a week: its threshold, and what its own test rows showed."""

    threshold: float
    shares: WeekShares


class TrainedModel(msgspec.Struct, frozen=True, kw_only=True):
    """One week's candidate, judged but for what depends on earlier weeks.

    `expected` is what the report must describe; `first` the position in history of the first row
    that the model was neither fitted nor thresholded on.
    """

    family: str
    parameters: Parameters
    reach: FittedReach | None
    searched: bool
    threshold: float
    report: Report
    expected: Expected
    first: int
    naive: NaiveModel
    presence: tuple[str, ...] = ()


class TrainedWeek(msgspec.Struct, frozen=True):
    """What came of a week: a model, or `why` there is none. `as_of` is an ISO time, UTC."""

    as_of: str
    model: TrainedModel | None
    why: str | None = None


WeekArrays = Mapping[str, np.ndarray]
"""`scores` of the rows of history from position `first` on; `judged`, the positions of the
judged rows; `naive`, the naive model's scores of the coming week. None where there is no model."""


@dataclass(frozen=True)
class FinishedWeek:
    """A week and its scores."""

    week: TrainedWeek
    arrays: WeekArrays


class _Kept(msgspec.Struct, frozen=True):
    """The file of a week; `arrays` is the SHA-256 of the file beside it."""

    arrays: str
    week: TrainedWeek


@dataclass(frozen=True)
class FinishedWeeks:
    """Weeks under `folder`, all made of what `base` (hex digest) stands for."""

    folder: Path
    base: str

    def find(self, name: str) -> FinishedWeek | None:
        """The finished week of that name, or None; a damaged one does not count."""
        file = self.folder / f"{self.base[:16]}-{name}.json"
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
            data = file.with_suffix(".npz").read_bytes()
            if hashlib.sha256(data).hexdigest() != kept.arrays:
                return None
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return FinishedWeek(kept.week, dict(arrays))
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    def put(self, name: str, made: FinishedWeek) -> None:
        """Keep a week; its JSON appears last, in one step."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **made.arrays)
        data = buffer.getvalue()
        file = self.folder / f"{self.base[:16]}-{name}.json"
        kept = _Kept(hashlib.sha256(data).hexdigest(), made.week)
        replace_file(file.with_suffix(".npz"), data)
        replace_file(file, write_document(kept))

    def __len__(self) -> int:
        """How many are there."""
        return len(list(self.folder.glob(f"{self.base[:16]}-*.json")))

    def sweep(self) -> None:
        """Remove what nothing can use any more: weeks of other data, and what a crash left.

        Only names that `put` gives: whatever else lies in the folder is somebody's.
        """
        for file in self.folder.iterdir():
            if file.name.startswith(_PART) or (
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


def digest_of_parts(*parts: object) -> str:
    """SHA-256 of JSON-able parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
