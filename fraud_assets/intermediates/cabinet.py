"""The folder of intermediates: <contract>/<step>/<run>/, each complete and sealed, or absent.

A run reads its own values, then those of the run that it re-executes, then the newest week's: a
replay of an old week leaves the newest week's values alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from fraud_assets.errors import EvidenceError, TrustError
from fraud_assets.intermediates import codec
from fraud_assets.intermediates.seal import (
    FORMAT,
    LARGEST_SEAL,
    Seal,
    open_seal,
    require_parts,
    seal,
)
from fraud_assets.store.files import one_sentence
from fraud_assets.store.keys import Keys

KEPT = 8
"""Runs whose values of a step are kept; older ones are removed as new ones come."""

_SEAL = "seal.json"
_PART = ".part-"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Cabinet:
    """Values of one contract's steps under `root`, sealed with `keys`."""

    root: Path
    contract: str
    keys: Keys

    def put(self, step: str, run: str, week: str, value: object) -> Path:
        """Keep a value; it appears in one step, and older runs' values make room.

        Raises
        ------
        StoreError
            If the folder cannot be written.
        """
        self.keys.ensure()
        parts = codec.encode(value)
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
        now = datetime.now(UTC).isoformat()
        written = seal(Seal(FORMAT, self.contract, step, run, week, now, digests), self.keys)
        folder = self._step(step)
        with one_sentence("keep a step's value in", folder):
            folder.mkdir(parents=True, exist_ok=True)
            beside = Path(tempfile.mkdtemp(dir=folder, prefix=_PART))
            for name, data in {**parts, _SEAL: written}.items():
                (beside / name).write_bytes(data)
            place = folder / run
            if place.exists():
                shutil.rmtree(place)
            beside.rename(place)
            self._make_room(folder)
        return place

    def get(self, step: str, runs: Sequence[str], kind: type[Value]) -> Value:
        """The step's value of the first of `runs` that has one, else the newest week's.

        Raises
        ------
        TrustError
            If it was not written by a run with this key, or changed since.
        EvidenceError
            If there is none, or another release wrote it.
        """
        folder = self._step(step)
        place = next((folder / run for run in runs if (folder / run).is_dir()), None)
        place = place or self._newest(folder)
        if place is None:
            raise EvidenceError(
                f"Contract {self.contract} has no value of {step} yet; run {step} first."
            )
        sealed = self._opened(place)
        if (sealed.contract, sealed.step, sealed.run) != (self.contract, step, place.name):
            raise TrustError(
                f"{place} holds a value of {sealed.step} of run {sealed.run} for contract "
                f"{sealed.contract}; remove it and run {step} again."
            )
        parts = {
            name: (place / name).read_bytes()
            for name in sealed.parts
            if (place / name).is_file() and not (place / name).is_symlink()
        }
        require_parts(sealed, parts, str(place))
        try:
            return codec.decode(parts, kind)
        except ValueError as error:
            raise EvidenceError(
                f"{place} was written by another release; run {step} again."
            ) from error

    def _step(self, step: str) -> Path:
        return self.root / self.contract / step

    def _newest(self, folder: Path) -> Path | None:
        """The value of the newest week, of two runs of that week the later one."""
        places = self._places(folder)
        seals = {place: self._opened(place) for place in places}
        return max(places, key=lambda p: (seals[p].week, seals[p].written_at), default=None)

    def _places(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        return [Path(e.path) for e in os.scandir(folder) if not e.name.startswith(_PART)]

    def _opened(self, place: Path) -> Seal:
        file = place / _SEAL
        try:
            with file.open("rb") as stream:
                data = stream.read(LARGEST_SEAL + 1)
        except OSError as error:
            raise TrustError(
                f"{file} cannot be read ({error.strerror}); remove {place}."
            ) from error
        return open_seal(data, self.keys, str(file))

    def _make_room(self, folder: Path) -> None:
        """Remove all but the last KEPT runs' values; the newest week's value always stays."""
        newest = self._newest(folder)
        places = sorted(self._places(folder), key=lambda place: place.stat().st_mtime)
        for place in places[:-KEPT]:
            if place != newest:
                shutil.rmtree(place)
