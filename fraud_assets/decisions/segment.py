r"""A segment's bytes: a header, then blocks, each chained to all that came before it.

    {"kind":"segment",...}\n                      the header, with the digest before it
    =<entries> <bytes> <sha256>\n<lines>          a block: its entries, a line each (see `line`)

A block's digest is the SHA-256 of the digest before it, of its own counts and of its lines; the
first one follows SHA-256(previous digest, header line). One flipped byte anywhere breaks the
chain there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from fraud_assets.decisions.line import (
    Chunk,
    Frame,
    count_entries,
    encode,
    entries_of,
    lines_of,
)
from fraud_assets.decisions.torn import is_torn_block, is_torn_head, is_torn_line
from fraud_assets.documents.decision import Entry
from fraud_assets.errors import RecordError

FORMAT = 2
"""Format of a segment; readers take every one up to it. In format 1 each line is a document."""

START = bytes(32)
"""The digest before a writer's first segment."""

DROPPED = "dropped.json"
"""A writer's note of what retention dropped."""

_HEAD = re.compile(rb"=([0-9]{1,9}) ([0-9]{1,12}) ([0-9a-f]{64})\n")
_NAME = re.compile(r"[0-9]{8}\.log")


class Header(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="segment"):
    """Whose segment it is, its number, the entries before it and the digest that it follows."""

    format: int = FORMAT
    log: str
    writer: int
    number: int
    first: int
    previous: str
    opened_at: int


class Dropped(msgspec.Struct, frozen=True):
    """The last segment that retention dropped, and the digest that the next one follows."""

    number: int
    digest: str


@dataclass(frozen=True)
class Block:
    """Where a block lies in its segment, how many entries it holds, its digest, its lines."""

    start: int
    end: int
    count: int
    digest: bytes
    lines: bytes

    def entries(self, holding: bytes = b"") -> Iterator[Entry]:
        """The entries, decoded; with `holding` those alone whose lines hold these bytes.

        Raises
        ------
        RecordError
            If one is of a format that this release does not read.
        """
        return entries_of(self.lines, holding)


@dataclass(frozen=True)
class Damage:
    """Where a segment stops holding, and why; a torn tail is what a crash leaves at its end."""

    at: int
    why: str
    is_torn: bool


@dataclass(frozen=True)
class Segment:
    """What could be read of a segment; `end` is where the last good block ends."""

    header: Header | None
    blocks: Sequence[Block]
    damage: Damage | None
    digest: bytes
    end: int

    @property
    def count(self) -> int:
        """Entries in the good blocks."""
        return sum(block.count for block in self.blocks)


def header_line(header: Header) -> bytes:
    """The first line of a segment."""
    return encode(header) + b"\n"


def digest_after_header(header: Header, line: bytes) -> bytes:
    """The digest that the segment's first block follows."""
    return hashlib.sha256(bytes.fromhex(header.previous) + line).digest()


class SealedBlock(NamedTuple):
    """A block as it is written, the head before the lines, and its digest."""

    head: bytes
    lines: bytes
    digest: bytes


def sealed_block(
    previous: bytes, chunks: Sequence[Chunk], frames: Sequence[Frame] = ()
) -> SealedBlock:
    """A block of chunks that follows a digest; `frames` by their numbers."""
    count, lines = sum(one.entries for one in chunks), lines_of(chunks, frames)
    digest = _digest(previous, count, lines)
    head = b"=%d %d %b\n" % (count, len(lines), digest.hex().encode())
    return SealedBlock(head, lines, digest)


def _digest(previous: bytes, count: int, lines: bytes) -> bytes:
    digest = hashlib.sha256(previous)
    digest.update(b"%d %d\n" % (count, len(lines)))
    digest.update(lines)
    return digest.digest()


def parse(data: bytes) -> Segment:
    """Read a segment up to its end or the first byte that does not hold; raises nothing."""
    header, start = _header(data)
    if header is None:
        why = "its header does not read"
        return Segment(None, (), Damage(0, why, is_torn_line(data)), START, 0)
    return _blocks(header, data, start, digest_after_header(header, data[:start]))


def parse_on(data: bytes, digest: bytes) -> Segment:
    """Read on after a block of that digest, whose end is the beginning of `data`."""
    return _blocks(None, data, 0, digest)


def _blocks(header: Header | None, data: bytes, at: int, digest: bytes) -> Segment:
    blocks: list[Block] = []
    while at < len(data):
        found = _block(data, at, digest)
        if isinstance(found, Damage):
            return Segment(header, blocks, found, digest, at)
        blocks.append(found)
        at, digest = found.end, found.digest
    return Segment(header, blocks, None, digest, at)


def _header(data: bytes) -> tuple[Header | None, int]:
    end = data.find(b"\n") + 1
    if not end:
        return None, 0
    try:
        header = msgspec.json.decode(data[: end - 1], type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None, 0
    is_ours = 1 <= header.format <= FORMAT and re.fullmatch(r"[0-9a-f]{64}", header.previous)
    return (header, end) if is_ours and header_line(header) == data[:end] else (None, 0)


def _block(data: bytes, at: int, previous: bytes) -> Block | Damage:
    head = _HEAD.match(data, at)
    if head is None:
        return Damage(at, "no block begins", is_torn_head(data[at:]))
    count, size, start = int(head[1]), int(head[2]), head.end()
    end = start + size
    lines = data[start:end]
    holds = _digest(previous, count, lines).hex().encode() == head[3]
    if len(lines) < size:
        # Where those hold that are there, none was cut off: the head was changed.
        is_torn = not holds and is_torn_block(data[at:], is_cut=True)
        return Damage(at, f"a block of {size:,} bytes has {len(lines):,}", is_torn)
    if not holds or count_entries(lines) != count:
        why = f"a block of {count:,} entries does not hold its digest"
        return Damage(at, why, is_torn_block(data[at:], is_cut=False))
    return Block(at, end, count, bytes.fromhex(head[3].decode()), lines)


def segment_files(writer: Path) -> list[Path]:
    """A writer's segments, oldest first; those that retention has noted as gone are gone."""
    first = segment_name(dropped_of(writer).number + 1)
    names = (path for path in writer.iterdir() if _NAME.fullmatch(path.name))
    return sorted(path for path in names if path.name >= first)


def dropped_of(writer: Path) -> Dropped:
    """Up to where retention has dropped a writer's segments; number 0 where nowhere."""
    try:
        return msgspec.json.decode((writer / DROPPED).read_bytes(), type=Dropped)
    except FileNotFoundError:
        return Dropped(0, START.hex())
    except msgspec.MsgspecError as error:
        raise RecordError(
            f"{writer / DROPPED} must say which segments were dropped, got {error}: put it back "
            "from a backup."
        ) from error


def segment_name(number: int) -> str:
    """The file of a writer's segment."""
    return f"{number:08d}.log"


def writer_folders(folder: Path) -> list[Path]:
    """The writers' folders of a log, in the order of their numbers."""
    found = [path for path in folder.glob("w*") if path.name[1:].isdigit() and path.is_dir()]
    return sorted(found, key=lambda path: int(path.name[1:]))
