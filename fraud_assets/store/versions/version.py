"""What a version is called, and what it may hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fraud_assets.errors import TrustError
from fraud_assets.store.storage.port import METADATA_FILE, SIGNATURE_FILE
from fraud_assets.values.moment import read_moment

PREFIX = "fraud_detector_"
PIPELINE_FILE = "pipeline.joblib"
MOST_OF_FILES = 100
"""Files that a version may hold."""

MOST_OF_VERSION = 2 * 1024**3
"""Bytes of all files of a version together; also of one file that has no smaller bound."""

MOST_OF_FILE = {METADATA_FILE: 4 * 1024**2, SIGNATURE_FILE: 1024**2}
"""Bytes of the files that are read before their digests are known to hold."""

_NAME = re.compile(rf"{PREFIX}\d{{8}}_\d{{6}}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def version_name(moment: datetime) -> str:
    """The version of a UTC second, such as fraud_detector_20261123_063000."""
    return moment.astimezone(UTC).strftime(f"{PREFIX}%Y%m%d_%H%M%S")


def most_of(file: str) -> int:
    """Bytes that a version's file of this name may have."""
    return MOST_OF_FILE.get(file, MOST_OF_VERSION)


def is_version(name: str) -> bool:
    """Whether `name` is a version's; nothing with a path in it is."""
    return _NAME.fullmatch(name) is not None


def check_version(name: str) -> None:
    """Refuse what is no version's name.

    Raises
    ------
    TrustError
        If it is none.
    """
    if not is_version(name):
        raise TrustError(
            f"{name!r} is no version: a version is named {PREFIX}<YYYYmmdd_HHMMSS>; "
            "`fraud-assets models list` names all."
        )


def is_file_name(name: str) -> bool:
    """Whether a version may hold a file of this name; no paths, no hidden files."""
    return _FILE.fullmatch(name) is not None


def read_as_of(value: object) -> datetime:
    """An ISO date or time as a moment, UTC where it names no zone.

    Raises
    ------
    TrustError
        If it is neither.
    """
    try:
        return read_moment(str(value))
    except ValueError as error:
        raise TrustError(f"as_of {error}.") from error
