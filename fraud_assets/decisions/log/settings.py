"""How a log keeps its promise, and what it says of itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from fraud_assets.errors import RecordError
from fraud_assets.masking import is_url
from fraud_assets.store.places import default_root

WhenFailing: TypeAlias = Literal["refuse", "count"]
"""What follows where entries cannot be kept: no answer, or an answer and a count of what is
missing."""

DEFAULT = "decisions"


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a log promises.

    An entry is on disk within `window_seconds` of being recorded; with `sync` each answer waits
    until it is. `most_waiting` entries may wait for a disk that lags. A segment is closed at
    `segment_bytes`, or when it is `segment_seconds` old.
    """

    window_seconds: float = 0.05
    sync: bool = False
    when_failing: WhenFailing = "refuse"
    most_waiting: int = 100_000
    segment_bytes: int = 64 * 1024 * 1024
    segment_seconds: float = 3600.0


class LogStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker's log is: entries recorded, on disk, and missing since it was opened.

    `lost` are those of processes that were killed before, counted when this one began;
    `sentence` says what is wrong, "" where all is well, `notes` what was mended at the start.
    """

    recorded: int
    flushed: int
    missing: int
    lost: int
    sentence: str
    notes: tuple[str, ...]


def default_log_folder() -> Path:
    """The folder named by `FRAUD_ASSETS_DECISIONS`, else `decisions/` beside the store, absolute.

    Where the store is no folder of this machine it is that of the working directory.

    Raises
    ------
    RecordError
        If a URL is named: the log is a folder.
    """
    named = os.environ.get("FRAUD_ASSETS_DECISIONS")
    if not named:
        store = default_root()
        return (store.parent if isinstance(store, Path) else Path.cwd()) / DEFAULT
    if is_url(named):
        raise RecordError(
            f"FRAUD_ASSETS_DECISIONS must name a folder, got a URL of scheme "
            f"{named.split('://')[0]!a}: name a folder on this machine."
        )
    return Path(named).expanduser().absolute()
