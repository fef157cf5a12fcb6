"""One published version, and the proof that its bytes are the signed ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fraud_assets.documents.formats import examine_document
from fraud_assets.documents.metadata import FORMAT, UPGRADES, Metadata
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.files import write_new
from fraud_assets.store.keys import Trusted
from fraud_assets.store.storage.kinds.file import Folder
from fraud_assets.store.storage.port import METADATA_FILE, SIGNATURE_FILE, Storage
from fraud_assets.store.texts import ROLL_BACK, printable
from fraud_assets.store.versions.signing import read_manifest
from fraud_assets.store.versions.version import (
    MOST_OF_FILES,
    MOST_OF_VERSION,
    PIPELINE_FILE,
    check_version,
    most_of,
)

READABLE_FORMATS = (*UPGRADES, FORMAT)
"""Formats of metadata that are read."""

_RESTORE = f"restore it from a backup, or roll back with {ROLL_BACK}"


@dataclass(frozen=True)
class Verified:
    """A version whose signature and digests held when it was verified.

    `metadata` is read as far as it can be: whoever uses a part of another kind, such as one that
    an older release left out, gets an UnreadableError. `digest` is the SHA-256 of
    `pipeline.joblib`, `manifest` that of all files' digests, `files` each file's. `read` checks
    again, so that later changes are noticed too.
    """

    storage: Storage
    tree: str
    metadata: Metadata
    digest: str
    manifest: str
    files: Mapping[str, str]

    @property
    def version(self) -> str:
        """Its name."""
        return _version_of(self.tree)

    @property
    def where(self) -> str:
        """Where it lies, as people may be told it."""
        return self.storage.where(self.tree)

    def read(self, name: str) -> bytes:
        """The bytes of a file, checked after they were read: use these, not the place.

        Raises
        ------
        TrustError
            If the file is not signed or its bytes are not those that were signed.
        """
        if name not in self.files:
            raise TrustError(f"{self.version} has no signed file {name}; publish it anew.")
        return _read_signed(self.storage, self.tree, name, self.files[name])

    def copy_to(self, folder: Path) -> None:
        """Write it as it is, signature included, into a folder that is made."""
        folder.mkdir()
        for name in self.files:
            write_new(folder / name, self.read(name))
        write_new(folder / SIGNATURE_FILE, _bytes(self.storage, self.tree, SIGNATURE_FILE))


def verify_version(folder: Path, trusted: Trusted) -> Verified:
    """Check a version's signature, that it holds the signed files and no other, and each digest.

    Unpickles nothing.

    Raises
    ------
    TrustError
        If anything does not hold; names every file at fault.
    StoreError
        If there is no such folder.
    """
    return examine(Folder(folder.parent), folder.name, trusted)


def examine(storage: Storage, tree: str, trusted: Trusted, *, is_thorough: bool = True) -> Verified:
    """`verify_version` in any storage; of the content only the metadata's unless `is_thorough`.

    That is enough to say what a version is; `Verified.read` compares whatever is read later.
    """
    version, sizes = _version_of(tree), _plain_files(storage, tree)
    if SIGNATURE_FILE not in sizes:
        raise _fault(version, f"{SIGNATURE_FILE} is missing")
    try:
        signed = read_manifest(_bytes(storage, tree, SIGNATURE_FILE), trusted)
    except TrustError as error:
        raise _fault(version, str(error)) from error
    if signed.name != version:
        raise _fault(version, f"{SIGNATURE_FILE} was made for {printable(signed.name)}")
    present = set(sizes) - {SIGNATURE_FILE}
    faults = _set_faults(present, set(signed.files))
    if is_thorough:
        named = sorted(present & set(signed.files))
        faults += filter(None, (_fault_of(storage, tree, n, signed.files[n]) for n in named))
    if faults:
        raise _fault(version, "; ".join(faults))
    metadata = _metadata(storage, tree, signed.files)
    digest = signed.files[PIPELINE_FILE]
    return Verified(storage, tree, metadata, digest, signed.root, signed.files)


def _plain_files(storage: Storage, tree: str) -> dict[str, int]:
    """Sizes of the files by name; what is no file, or too much, is refused unread."""
    version = _version_of(tree)
    check_version(version)
    try:
        found = storage.sizes(tree, MOST_OF_FILES)
    except FileNotFoundError as error:
        raise StoreError(
            f"There is no {version} in {storage.where(tree.removesuffix(version).rstrip('/'))}; "
            "`fraud-assets models list` names all."
        ) from error
    except OSError as error:
        raise _fault(version, f"the folder cannot be read ({_why(error)})") from error
    if odd := sorted(printable(name) for name, size in found.items() if size is None):
        raise _fault(version, f"{', '.join(odd)} must be a regular file, no link or folder")
    sizes = {name: size for name, size in found.items() if size is not None}
    if len(sizes) > MOST_OF_FILES:
        raise _fault(version, f"it must hold at most {MOST_OF_FILES} files, got more")
    if (together := sum(sizes.values())) > MOST_OF_VERSION:
        raise _fault(
            version, f"its files must have at most {MOST_OF_VERSION:,} bytes, got {together:,}"
        )
    return sizes


def _set_faults(present: Set[str], signed: Set[str]) -> list[str]:
    faults = [f"{name} is missing" for name in sorted(signed - present)]
    return faults + [f"{printable(name)} was never signed" for name in sorted(present - signed)]


def _fault_of(storage: Storage, tree: str, name: str, signed: str) -> str | None:
    """What is wrong with a file's content, read in constant memory."""
    digest = hashlib.sha256()
    try:
        for chunk in storage.chunks(f"{tree}/{name}", most_of(name)):
            digest.update(chunk)
    except OSError as error:
        return f"{name} cannot be read ({_why(error)})"
    return None if digest.hexdigest() == signed else f"{name} differs from what was signed"


def _metadata(storage: Storage, tree: str, files: Mapping[str, str]) -> Metadata:
    """The metadata of a version whose bytes hold, checked against its own name and files."""
    version = _version_of(tree)
    if METADATA_FILE not in files:
        raise _fault(version, f"{METADATA_FILE} is missing")
    try:
        plain = json.loads(_read_signed(storage, tree, METADATA_FILE, files[METADATA_FILE]))
        written = plain["format"]
        bound = plain["version"], plain["files"], plain["digest"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(version, f"{METADATA_FILE} lacks {error}") from error
    if written not in READABLE_FORMATS:
        read = " and ".join(map(str, READABLE_FORMATS))
        raise TrustError(
            f"{version} has format {written!r}, this release reads {read}: publish it anew, "
            "or use the release that wrote it."
        )
    others = {name: digest for name, digest in files.items() if name != METADATA_FILE}
    if bound != (version, others, others.get(PIPELINE_FILE)):
        raise _fault(version, f"{METADATA_FILE} describes another version")
    return examine_document(plain, Metadata, FORMAT, UPGRADES).document


def _read_signed(storage: Storage, tree: str, name: str, signed: str) -> bytes:
    data = _bytes(storage, tree, name)
    if hashlib.sha256(data).hexdigest() != signed:
        raise _fault(_version_of(tree), f"{name} differs from what was signed")
    return data


def _bytes(storage: Storage, tree: str, name: str) -> bytes:
    with _readable(_version_of(tree), name):
        return b"".join(storage.chunks(f"{tree}/{name}", most_of(name)))


@contextmanager
def _readable(version: str, name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _fault(version, f"{name} cannot be read ({_why(error)})") from error


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def _version_of(tree: str) -> str:
    return tree.rpartition("/")[2]


def _fault(version: str, what: str) -> TrustError:
    return TrustError(f"{version} is not trusted: {what}; {_RESTORE}.")
