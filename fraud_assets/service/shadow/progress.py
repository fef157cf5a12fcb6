"""How far the shadow is, in a file beside the record: where to go on, and what to tell."""

from __future__ import annotations

from pathlib import Path

import msgspec

from fraud_assets.decisions.follow import ReadPlace
from fraud_assets.store.files import write_over

FILE = "shadow.json"


class ShadowProgress(msgspec.Struct):
    """`scored` decisions since `since` (microseconds), `passed_over` those that were erased.

    `version` is "" while there is no shadow, and `why` says so.
    """

    version: str = ""
    manifest: str = ""
    since: int = 0
    scored: int = 0
    passed_over: int = 0
    why: str = ""
    places: dict[str, ReadPlace] = {}


def read_progress(folder: Path) -> ShadowProgress | None:
    """What the shadow left in the record's folder; None where nothing, or nothing readable."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=ShadowProgress)
    except (OSError, msgspec.MsgspecError):
        return None


def write_progress(folder: Path, progress: ShadowProgress) -> None:
    """Whole or not at all."""
    beside = folder / f".{FILE}"
    write_over(beside, msgspec.json.encode(progress))
    beside.replace(folder / FILE)
