"""One published version: its name, its metadata, and the proof that its bytes are the signed ones.

`metadata.json` bears FORMAT. To bump it: add 1 to FORMAT, teach `upgrade` to turn the previous
format's metadata into the new one's, keep a version of the old format among the tests' files,
and say so in the changelog. Readers take the current and the previous format, nothing else.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fraud_assets.errors import TrustError
from fraud_assets.store.files import digest_file, read_file
from fraud_assets.store.keys import Trusted
from fraud_assets.store.signing import SIGNATURE_FILE, read_manifest
from fraud_assets.store.texts import shown

FORMAT = 1
"""Format of a version's metadata that is written."""

READABLE_FORMATS = tuple(range(max(1, FORMAT - 1), FORMAT + 1))
"""Formats that are read: the previous and the current."""

PREFIX = "fraud_detector_"
METADATA_FILE = "metadata.json"
PIPELINE_FILE = "pipeline.joblib"
MOST_OF_FILES = 100
"""Files that a version may hold."""

MOST_OF_VERSION = 2 * 1024**3
"""Bytes of all files of a version together; also of one file that has no smaller bound."""

MOST_OF_FILE = {METADATA_FILE: 4 * 1024**2, SIGNATURE_FILE: 1024**2}
"""Bytes of the files that are read before their digests are known to hold."""

_NAME = re.compile(rf"{PREFIX}\d{{8}}_\d{{6}}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESTORE = "restore it from a backup, or roll back with `fraud-assets models rollback`"


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


@dataclass(frozen=True)
class Verified:
    """A version whose signature and digests held when it was verified.

    `digest` is the SHA-256 of `pipeline.joblib`, `manifest` that of all files' digests, `files`
    each file's. `read` checks again, so that later changes on disk are noticed too.
    """

    path: Path
    version: str
    metadata: Mapping[str, Any]
    digest: str
    manifest: str
    files: Mapping[str, str]

    def read(self, name: str) -> bytes:
        """The bytes of a file, checked after they were read: use these, not the path.

        Raises
        ------
        TrustError
            If the file is not signed or its bytes are not those that were signed.
        """
        if name not in self.files:
            raise TrustError(f"{self.version} has no signed file {name}; publish it anew.")
        try:
            data = read_file(self.path / name, most_of(name))
        except OSError as error:
            raise _fault(self.version, f"{name} cannot be read ({error.strerror})") from error
        if hashlib.sha256(data).hexdigest() != self.files[name]:
            raise _fault(self.version, f"{name} differs from what was signed")
        return data


def verify_version(folder: Path, trusted: Trusted) -> Verified:
    """Check a version's signature, that it holds the signed files and no other, and each digest.

    Unpickles nothing.

    Raises
    ------
    TrustError
        If anything does not hold; names every file at fault.
    """
    return _examined(folder, trusted, is_thorough=True)


def look_at_version(folder: Path, trusted: Trusted) -> Verified:
    """Like `verify_version`, but of the files' content only the metadata's is compared.

    Enough to say what a version is; `Verified.read` compares whatever is read of it later.
    """
    return _examined(folder, trusted, is_thorough=False)


def _examined(folder: Path, trusted: Trusted, *, is_thorough: bool) -> Verified:
    version = folder.name
    sizes = _regular_files(folder)
    if SIGNATURE_FILE not in sizes:
        raise _fault(version, f"{SIGNATURE_FILE} is missing")
    try:
        signed = read_manifest(read_file(folder / SIGNATURE_FILE, most_of(SIGNATURE_FILE)), trusted)
    except TrustError as error:
        raise _fault(version, str(error)) from error
    except OSError as error:
        raise _fault(version, f"{SIGNATURE_FILE} cannot be read ({error.strerror})") from error
    if signed.name != version:
        raise _fault(version, f"{SIGNATURE_FILE} was made for {shown(signed.name)}")
    present = set(sizes) - {SIGNATURE_FILE}
    faults = _set_faults(present, set(signed.files))
    if is_thorough:
        faults += _content_faults(folder, present & set(signed.files), signed.files)
    if faults:
        raise _fault(version, "; ".join(faults))
    bare = Verified(folder, version, {}, "", signed.root, signed.files)
    metadata = _metadata(bare)
    return Verified(folder, version, metadata, str(metadata["digest"]), signed.root, signed.files)


def upgrade(metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata of a readable format as that of the current one; format 1 is the first."""
    return metadata


def read_as_of(value: object) -> datetime:
    """An ISO date or time as a moment, UTC where it names no zone.

    Raises
    ------
    TrustError
        If it is neither.
    """
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise TrustError(f"as_of must be an ISO date such as 2026-11-23, got {value!r}.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _regular_files(folder: Path) -> dict[str, int]:
    """Sizes of the files by name; what is no file, or too much, is refused unread."""
    check_version(folder.name)
    if folder.is_symlink():
        raise _fault(folder.name, "the folder is a symbolic link")
    try:
        with os.scandir(folder) as entries:
            found = {e.name: e for e in itertools.islice(entries, MOST_OF_FILES + 1)}
        kinds = {name: entry.is_file(follow_symlinks=False) for name, entry in found.items()}
        sizes = {name: found[name].stat().st_size for name, regular in kinds.items() if regular}
    except OSError as error:
        raise _fault(folder.name, f"the folder cannot be read ({error.strerror})") from error
    if odd := sorted(shown(name) for name, regular in kinds.items() if not regular):
        raise _fault(folder.name, f"{', '.join(odd)} must be a regular file, no link or folder")
    _demand_bounded(folder.name, sizes)
    return sizes


def _demand_bounded(version: str, sizes: Mapping[str, int]) -> None:
    if len(sizes) > MOST_OF_FILES:
        raise _fault(version, f"it must hold at most {MOST_OF_FILES} files, got more")
    if (together := sum(sizes.values())) > MOST_OF_VERSION:
        raise _fault(
            version, f"its files must have at most {MOST_OF_VERSION:,} bytes, got {together:,}"
        )


def _set_faults(present: Set[str], signed: Set[str]) -> list[str]:
    faults = [f"{name} is missing" for name in sorted(signed - present)]
    return faults + [f"{shown(name)} was never signed" for name in sorted(present - signed)]


def _content_faults(folder: Path, names: Set[str], signed: Mapping[str, str]) -> list[str]:
    faults = []
    for name in sorted(names):
        try:
            if digest_file(folder / name, most_of(name)) != signed[name]:
                faults.append(f"{name} differs from what was signed")
        except OSError as error:
            faults.append(f"{name} cannot be read ({error.strerror})")
    return faults


def _metadata(bare: Verified) -> Mapping[str, Any]:
    """The metadata of a version whose bytes hold, checked against its own name and files."""
    try:
        metadata = json.loads(bare.read(METADATA_FILE))
        written = metadata["format"]
        bound = metadata["version"], metadata["files"], metadata["digest"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(bare.version, f"{METADATA_FILE} lacks {error}") from error
    if written not in READABLE_FORMATS:
        read = " and ".join(map(str, READABLE_FORMATS))
        raise TrustError(
            f"{bare.version} has format {written!r}, this release reads {read}: publish it anew, "
            "or use the release that wrote it."
        )
    others = {name: digest for name, digest in bare.files.items() if name != METADATA_FILE}
    if bound != (bare.version, others, others.get(PIPELINE_FILE)):
        raise _fault(bare.version, f"{METADATA_FILE} describes another version")
    return upgrade(metadata)


def _fault(version: str, what: str) -> TrustError:
    return TrustError(f"{version} is not trusted: {what}; {_RESTORE}.")
