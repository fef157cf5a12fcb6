"""Versions being made: complete and signed under `.staging-<version>/`, then renamed into place.

The staging folder's name reserves the version; a lock file in it tells a version in the making
from one whose maker died. Callers hold the store's lock to reserve, discard and sweep: taking
that lock file away and asking for it at once would trip each other up.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from fraud_assets.errors import StoreError
from fraud_assets.store.files import flush_file, flush_folder, one_sentence, read_file, write_new
from fraud_assets.store.keys import Keys
from fraud_assets.store.lock import take
from fraud_assets.store.signing import SIGNATURE_FILE, sign_folder
from fraud_assets.store.version import (
    FORMAT,
    METADATA_FILE,
    MOST_OF_FILES,
    MOST_OF_VERSION,
    PIPELINE_FILE,
    Verified,
    is_file_name,
    most_of,
    version_name,
)

_PREFIX = ".staging-"
_LOCK = "lock"
_SECONDS_AHEAD = 3600

Content = Mapping[str, bytes | Path]
"""Files of a version by name, as bytes or as a path to copy."""


@dataclass(frozen=True)
class Staged:
    """A version in the making: `path` is its folder, named as it will be once visible."""

    path: Path
    version: str
    lock: FileLock

    @property
    def files(self) -> dict[str, Path]:
        """The files it holds beside metadata and signature."""
        own = {METADATA_FILE, SIGNATURE_FILE}
        return {path.name: path for path in sorted(self.path.iterdir()) if path.name not in own}


def reserve(root: Path, is_taken: Callable[[str], bool], now: datetime | None) -> Staged:
    """Reserve the first free second from `now` on; two versions in one second take two.

    Raises
    ------
    StoreError
        If a whole hour is taken.
    """
    start = now or datetime.now(UTC)
    for ahead in range(_SECONDS_AHEAD):
        version = version_name(start + timedelta(seconds=ahead))
        if not is_taken(version) and not (root / f"{_PREFIX}{version}").exists():
            return reserve_name(root, version)
    raise StoreError(
        f"All versions from {version_name(start)} over the next {_SECONDS_AHEAD} s exist in "
        f"{root}: wait and run again."
    )


def reserve_name(root: Path, version: str) -> Staged:
    """Reserve this very version under `root`."""
    folder = root / f"{_PREFIX}{version}"
    with one_sentence("stage a version in", root):
        folder.mkdir()
        lock = take(folder / _LOCK)
    if lock is None:
        raise StoreError(f"{folder} is in use by another process: run again.")
    return Staged(folder / version, version, lock)


def seal(staged: Staged, files: Content, metadata: Mapping[str, Any], keys: Keys) -> None:
    """Write files and metadata, completed by format, version, digest and files; flush and sign.

    Raises
    ------
    StoreError
        If a name is no plain file name, the pipeline is missing, metadata is not plain finite
        JSON or claims another digest, or the disk refuses.
    """
    with one_sentence("read a file for", staged.path):
        content = {name: _bytes(part) for name, part in files.items()}
    _check_names(content)
    digests = {name: hashlib.sha256(part).hexdigest() for name, part in sorted(content.items())}
    described = _describe(staged.version, metadata, digests)
    _check_sizes({**content, METADATA_FILE: described})
    with one_sentence("write", staged.path):
        if staged.path.exists():
            shutil.rmtree(staged.path)
        staged.path.mkdir()
        for name, part in content.items():
            write_new(staged.path / name, part)
        write_new(staged.path / METADATA_FILE, described)
        sign_folder(staged.path, keys)
        signature = staged.path / SIGNATURE_FILE
        signature.chmod(0o444)
        flush_file(signature)
        flush_folder(staged.path)
        flush_folder(staged.path.parent)


def copy_into(staged: Staged, source: Verified) -> None:
    """Stage a verified version as it is, signature included."""
    with one_sentence("write", staged.path):
        staged.path.mkdir()
        for name in source.files:
            write_new(staged.path / name, source.read(name))
        write_new(
            staged.path / SIGNATURE_FILE,
            read_file(source.path / SIGNATURE_FILE, most_of(SIGNATURE_FILE)),
        )
        flush_folder(staged.path)


def discard(staged: Staged) -> None:
    """Remove what is staged, or what is left of it after it was renamed; twice does no harm."""
    if not staged.lock.is_locked:
        return
    shutil.rmtree(staged.path.parent, ignore_errors=True)
    staged.lock.release()


def sweep_staging(root: Path) -> list[str]:
    """Remove every staging folder under `root` whose maker is gone; returns their versions."""
    swept = []
    for folder in sorted(root.glob(f"{_PREFIX}*")):
        lock = take(folder / _LOCK)
        if lock is not None:
            shutil.rmtree(folder)
            lock.release()
            swept.append(folder.name.removeprefix(_PREFIX))
    return swept


def _bytes(part: bytes | Path) -> bytes:
    return part.read_bytes() if isinstance(part, Path) else bytes(part)


def _check_names(content: Mapping[str, bytes]) -> None:
    own = {METADATA_FILE, SIGNATURE_FILE}
    if bad := sorted(name for name in content if name in own or not is_file_name(name)):
        raise StoreError(
            f"A version holds files under plain names, {METADATA_FILE} and {SIGNATURE_FILE} are "
            f"the store's own; got {', '.join(map(repr, bad))}."
        )
    if PIPELINE_FILE not in content:
        raise StoreError(f"A version must hold {PIPELINE_FILE}, got {sorted(content)}.")


def _check_sizes(content: Mapping[str, bytes]) -> None:
    """What readers would not take is not written either."""
    sizes = {name: len(part) for name, part in content.items()}
    faults = [
        f"{name} must have at most {most_of(name):,} bytes, got {size:,}"
        for name, size in sizes.items()
        if size > most_of(name)
    ]
    if len(sizes) >= MOST_OF_FILES:
        faults.append(f"there must be fewer than {MOST_OF_FILES} files, got {len(sizes)}")
    if (together := sum(sizes.values())) > MOST_OF_VERSION - most_of(SIGNATURE_FILE):
        faults.append(
            f"all together must leave room in {MOST_OF_VERSION:,} bytes, got {together:,}"
        )
    if faults:
        raise StoreError(f"A version has bounds: {'; '.join(faults)}.")


def _describe(version: str, metadata: Mapping[str, Any], digests: Mapping[str, str]) -> bytes:
    digest = digests[PIPELINE_FILE]
    if metadata.get("digest", digest) != digest:
        raise StoreError(
            f"The metadata describes the pipeline {metadata['digest']!r}, {PIPELINE_FILE} is "
            f"{digest}: judge the bytes that are published."
        )
    bound = {"format": FORMAT, "version": version, "digest": digest}
    try:
        text = json.dumps(
            {**bound, **metadata, **bound, "files": digests}, indent=2, allow_nan=False
        )
    except (TypeError, ValueError) as error:
        raise StoreError(f"Metadata must be plain JSON with finite numbers: {error}.") from error
    return text.encode() + b"\n"
