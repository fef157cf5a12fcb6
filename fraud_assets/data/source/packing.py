"""Unpacks what is packed: single streams, and archives with members; by content, not by name."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import pyarrow as pa

from fraud_assets.data.source.export import Skipped
from fraud_assets.data.source.folders.sorting import Sorted, sort_file, sort_folder
from fraud_assets.data.source.stored import Stored
from fraud_assets.errors import DataError

MAX_LAYERS = 4
"""How often a file may be packed into another; bombs nest deeper."""

MAX_MEMBERS = 10_000
"""Files in one archive; a delivery has one to a few hundred."""

Readable = Callable[[str], bool]
"""Whether a file of this name is of a kind that is read."""


@dataclass(frozen=True)
class Packed:
    """A way to pack one file: its first bytes, its endings, and what reads it."""

    magic: bytes
    endings: tuple[str, ...]
    reader: Callable[[BinaryIO], AbstractContextManager[Any]]


STREAMS = (
    Packed(b"\x1f\x8b", (".gz", ".gzip"), lambda stream: gzip.GzipFile(fileobj=stream, mode="rb")),
    Packed(b"BZh", (".bz2",), bz2.BZ2File),
    Packed(b"\xfd7zXZ\x00", (".xz",), lzma.LZMAFile),
    Packed(b"\x28\xb5\x2f\xfd", (".zst", ".zstd"), lambda s: pa.CompressedInputStream(s, "zstd")),
)

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ENDINGS = (*(ending for packed in STREAMS for ending in packed.endings), ".zip")


def plain_name(name: str) -> str:
    """A file's name without the endings of packing."""
    while name.lower().endswith(_ENDINGS):
        name = name.rpartition(".")[0]
    return name


def unpack(
    stored: Stored, readable: Readable, layers: int = 0
) -> tuple[list[Stored], list[Skipped], list[str]]:
    """The tables inside a stored file; what an archive holds besides, skipped or refused.

    Raises
    ------
    DataError
        If it cannot be opened, or is packed too often.
    """
    if layers > MAX_LAYERS:
        raise DataError(f"{stored.shown} must be packed at most {MAX_LAYERS} times. Unpack it.")
    head = stored.head(6)
    if head.startswith(_ZIP):
        return _members(stored, readable, layers)
    for packed in STREAMS:
        if head.startswith(packed.magic):
            return unpack(_streamed(stored, packed), readable, layers + 1)
    return [replace(stored, plain=plain_name(stored.plain))], [], []


def _streamed(stored: Stored, packed: Packed) -> Stored:
    @contextmanager
    def opening() -> Iterator[BinaryIO]:
        with stored.opening() as raw, packed.reader(raw) as stream:
            yield stream

    return replace(stored, opening=opening, is_packed=True)


def _members(
    stored: Stored, readable: Readable, layers: int
) -> tuple[list[Stored], list[Skipped], list[str]]:
    tables, skipped, refused = [], [], []
    members = _infos(stored)
    if not members:
        return [], [Skipped(stored.shown, "an archive without files")], []
    for info in members:
        found = _sorted(info, readable)
        member = _member(stored, info, alone=len(members) == 1)
        if found.decision == "skip":
            skipped.append(Skipped(member.shown, found.why))
        elif found.decision == "refuse" and not readable(member.plain):
            refused.append(f"{member.shown} ({found.why})")
        else:
            inner = unpack(member, readable, layers + 1)
            tables += inner[0]
            skipped += inner[1]
            refused += inner[2]
    return tables, skipped, refused


def _infos(stored: Stored) -> list[zipfile.ZipInfo]:
    with stored.open() as stream, zipfile.ZipFile(stream) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
    if any(info.filename == "[Content_Types].xml" for info in infos):
        raise DataError(f"{stored.shown} is a workbook and no table; save its sheet as CSV.")
    if any(info.flag_bits & 1 for info in infos):
        raise DataError(f"{stored.shown} must not need a password; unpack it.")
    if len(infos) > MAX_MEMBERS:
        raise DataError(
            f"{stored.shown} must hold at most {MAX_MEMBERS:,} files, holds {len(infos):,}. "
            "Unpack it."
        )
    return sorted(infos, key=lambda info: info.filename)


def _sorted(info: zipfile.ZipInfo, readable: Readable) -> Sorted:
    *folders, name = info.filename.split("/")
    for folder in folders:
        if (found := sort_folder(folder)).decision == "skip":
            return found
    return sort_file(name, info.file_size, readable=readable(name))


def _member(stored: Stored, info: zipfile.ZipInfo, *, alone: bool) -> Stored:
    """One member; one that is alone may take the kind of the archive's own name."""

    @contextmanager
    def opening() -> Iterator[BinaryIO]:
        with (
            stored.opening() as raw,
            zipfile.ZipFile(raw) as archive,
            archive.open(info) as stream,
        ):
            yield stream  # type: ignore[misc]

    name = plain_name(info.filename)
    kind_of_archive = alone and "." not in name.rpartition("/")[2]
    return replace(
        stored,
        shown=stored.shown if alone else f"{stored.shown}/{info.filename}",
        plain=plain_name(stored.plain) if kind_of_archive else f"{stored.plain}/{info.filename}",
        size=info.compress_size,
        opening=opening,
        is_packed=True,
    )
