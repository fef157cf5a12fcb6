"""Versions being made: files, metadata and signature of a tree that nobody sees yet."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import UNSET
from msgspec.structs import replace

from fraud_assets.documents.formats import write_document
from fraud_assets.documents.metadata import FORMAT, Metadata, read_metadata
from fraud_assets.errors import DocumentError, StoreError
from fraud_assets.store.files import flush_file, flush_folder, one_sentence, write_new
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.port import METADATA_FILE, SIGNATURE_FILE, Staged
from fraud_assets.store.versions.collection import Collection
from fraud_assets.store.versions.signing import sign_folder
from fraud_assets.store.versions.version import (
    MOST_OF_FILES,
    MOST_OF_VERSION,
    PIPELINE_FILE,
    is_file_name,
    most_of,
    version_name,
)

_SECONDS_AHEAD = 3600

Content = Mapping[str, bytes | Path]
"""Files of a version by name, as bytes or as a path to copy."""


def reserve(among: Collection, taken: set[str], now: datetime | None) -> Staged:
    """Reserve the first free second from `now` on; two versions in one second take two.

    Raises
    ------
    StoreError
        If a whole hour is taken.
    """
    start = now or datetime.now(UTC)
    for ahead in range(_SECONDS_AHEAD):
        version = version_name(start + timedelta(seconds=ahead))
        if version not in taken and (staged := begin_version(among, version)) is not None:
            return staged
    raise StoreError(
        f"All versions from {version_name(start)} over the next {_SECONDS_AHEAD} s exist in "
        f"{among.storage.where(among.under)}: wait and run again."
    )


def begin_version(among: Collection, version: str) -> Staged | None:
    """Reserve this very version; None where it is there or in the making."""
    with one_sentence("stage a version in", among.storage.where(among.under)):
        return among.storage.begin(among.tree(version))


def seal_version(staged: Staged, files: Content, metadata: Metadata, keys: Keys) -> None:
    """Write files and metadata, completed by format, version, digest and files; flush and sign.

    Raises
    ------
    StoreError
        If a name is no plain file name, the pipeline is missing, the metadata would not be read
        back or claims another digest, or the disk refuses.
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


def _describe(version: str, metadata: Metadata, digests: Mapping[str, str]) -> bytes:
    """metadata.json with the store's own part, as every reader will take it."""
    digest = digests[PIPELINE_FILE]
    if metadata.digest not in {"", digest}:
        raise StoreError(
            f"The metadata describes the pipeline {metadata.digest!r}, {PIPELINE_FILE} is "
            f"{digest}: judge the bytes that are published."
        )
    whole = replace(metadata, format=FORMAT, version=version, digest=digest, files=dict(digests))
    described = write_document(whole)
    if metadata.refusal is UNSET:  # a refused candidate is kept whatever it lacks
        _demand_readable(described)
    return described


def _demand_readable(described: bytes) -> None:
    try:
        read_metadata(described)
    except DocumentError as error:
        faults = "; ".join(map(str, error.faults))
        raise StoreError(f"A version's metadata must be whole to serve: {faults}.") from error
