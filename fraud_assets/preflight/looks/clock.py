"""The clock: no file of the source, the contract or this software is from its future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fraud_assets
from fraud_assets.data.source import source_files
from fraud_assets.errors import DataError
from fraud_assets.preflight.place import Workplace

CODE = "clock"

SKEW = timedelta(days=1)
"""Archives without a time zone give files up to 14 hours ahead; a day is beyond that."""


def faults(place: Workplace) -> Iterator[str]:
    """Whether the clock is behind what was written before now."""
    now = place.now()
    newest = max(_written(place), default=None)
    if newest is not None and newest[0] > now + SKEW:
        at, file = newest
        yield (
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but {file} was written "
            f"{at:%Y-%m-%d %H:%M}: set this machine's clock, or correct the file's time. Under a "
            "wrong clock true payments are put aside as later than now."
        )


def _written(place: Workplace) -> Iterator[tuple[datetime, str]]:
    """When local files were last written."""
    try:
        files = source_files(place.contract)
    except DataError:
        files = []  # reading tells why
    names = [name.removeprefix("file://") for name in files]
    for name in [*names, fraud_assets.__file__]:
        path = Path(name)
        if "://" not in name and path.is_file():
            yield datetime.fromtimestamp(path.stat().st_mtime, UTC), name
