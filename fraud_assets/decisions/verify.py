"""Whether the log holds: each writer's chain from its first segment to its last block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fraud_assets.decisions.damaged import whole_or
from fraud_assets.decisions.line import count_kind
from fraud_assets.decisions.log.identity import IDENTITY, Identity, read_identity
from fraud_assets.decisions.segment import (
    Dropped,
    Header,
    Segment,
    dropped_of,
    parse,
    segment_files,
    segment_name,
    writer_folders,
)
from fraud_assets.documents.decision import Gap
from fraud_assets.documents.signed.checkpoint import Head
from fraud_assets.errors import RecordError
from fraud_assets.store.files import one_sentence


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What a log holds, and the first thing in it that does not hold, "" where all does.

    `missing` are the entries that it declares missing, `unfinished` the bytes of a block that is
    being written, or that a crash left.
    """

    segments: int
    decisions: int
    labels: int
    missing: int
    unfinished: int
    difference: str


@dataclass
class _Tally:
    """Counts as they grow, over all writers."""

    segments: int = 0
    decisions: int = 0
    labels: int = 0
    missing: int = 0
    unfinished: int = 0
    stranger: str = ""

    def add(self, segment: Segment) -> int:
        """Count a segment's entries; how many of them, or declared missing, it accounts for."""
        self.segments += 1
        accounted = 0
        for block in segment.blocks:
            labels, gaps, shadows = (
                count_kind(block.lines, kind) for kind in ("label", "gap", "shadow")
            )
            missing = sum(e.missing for e in block.entries() if isinstance(e, Gap)) if gaps else 0
            self.labels += labels
            self.decisions += block.count - labels - shadows - gaps
            self.missing += missing
            accounted += block.count - gaps + missing
        return accounted


def verify_log(folder: Path, signed: Sequence[Head] = ()) -> Verification:
    """Read the whole log and name the first difference, also from the `signed` heads of its chains.

    Raises
    ------
    RecordError
        If there is no log.
    StoreError
        If a file cannot be read.
    """
    tally = _Tally()
    difference = ""
    with one_sentence("read the decisions in", folder):
        writers = demand_writers(folder)
        identity = read_identity(folder)
        if identity is None:
            difference = f"{folder / IDENTITY} is gone: put it back from a backup."
        for writer in writers:
            heads = [head for head in signed if f"w{head.writer}" == writer.name]
            found = [*_differences(writer, identity, tally, heads)]  # all of it is counted
            difference = difference or next(iter(found), "")
    gone = {f"w{head.writer}" for head in signed} - {writer.name for writer in writers}
    if gone and not difference:
        difference = f"{folder / min(gone)} is gone, and a signed checkpoint names its decisions."
    return Verification(
        segments=tally.segments,
        decisions=tally.decisions,
        labels=tally.labels,
        missing=tally.missing,
        unfinished=tally.unfinished,
        difference=difference or tally.stranger,
    )


def demand_writers(folder: Path) -> list[Path]:
    """The writers of a log.

    Raises
    ------
    RecordError
        If there is none.
    """
    writers = writer_folders(folder) if folder.is_dir() else []
    if not writers:
        raise RecordError(
            f"There is no log of decisions in {folder}: name its folder with "
            "FRAUD_ASSETS_DECISIONS; `fraud-assets serve` writes one."
        )
    return writers


def _differences(
    writer: Path, identity: Identity | None, tally: _Tally, signed: Sequence[Head]
) -> Iterator[str]:
    """What does not hold in one writer's chain, in its order."""
    files = segment_files(writer)
    before: Segment | None = None
    accounted = 0
    for path in files:
        segment = parse(path.read_bytes())
        named = [head.end for head in signed if segment_name(head.segment) == path.name]
        if broken := whole_or(
            path, segment, is_closed=path != files[-1], signed_to=max(named, default=0)
        ):
            yield broken
        yield from _linked(path, segment, before, accounted)
        yield from _unlike(path, segment, signed)
        tally.stranger = tally.stranger or _of_another_log(path, segment, identity)
        first = segment.header.first if segment.header else accounted
        accounted = first + tally.add(segment)
        if segment.damage is not None and segment.damage.is_torn and path == files[-1]:
            tally.unfinished += path.stat().st_size - segment.damage.at
        before = segment
    newest, dropped = max((head.segment for head in signed), default=0), dropped_of(writer).number
    if newest > dropped and segment_name(newest) not in {path.name for path in files}:
        yield f"{writer / segment_name(newest)} is gone, and a signed checkpoint names it."


def _of_another_log(path: Path, segment: Segment, identity: Identity | None) -> str:
    if not (segment.header and identity) or segment.header.log == identity.log:
        return ""
    return (
        f"{path} is of log {segment.header.log} by its own header, and {IDENTITY} names "
        f"{identity.log}: one of them was changed, or lies in another log's folder."
    )


def _unlike(path: Path, segment: Segment, signed: Sequence[Head]) -> Iterator[str]:
    """Where a segment does not hold the blocks that signed checkpoints name."""
    blocks = {block.end: block.digest.hex() for block in segment.blocks}
    for head in signed:
        if segment_name(head.segment) != path.name or blocks.get(head.end) == head.digest:
            continue
        yield (
            f"{path} does not hold the block up to byte {head.end:,} that a checkpoint was signed "
            "for: it was written anew, or cut, after that."
        )


def _first(path: Path, header: Header, dropped: Dropped) -> Iterator[str]:
    """What does not hold between the first segment and what retention dropped before it."""
    if header.number != dropped.number + 1:
        yield f"{path} is the first segment, and those before it are gone and not noted as dropped."
    elif header.previous != dropped.digest:
        yield f"{path} does not follow what was dropped before it."


def _linked(path: Path, segment: Segment, before: Segment | None, accounted: int) -> Iterator[str]:
    """What does not hold between a segment and the one before it."""
    header = segment.header
    if header is None:
        return
    if path.name != segment_name(header.number) or path.parent.name != f"w{header.writer}":
        yield f"{path} is segment {header.number} of writer {header.writer} by its own header."
    if before is None:
        yield from _first(path, header, dropped_of(path.parent))
        return
    if before.header is None:
        return
    if header.number != before.header.number + 1:
        yield f"{path} follows segment {before.header.number}: those between are gone."
    elif header.previous != before.digest.hex():
        yield f"{path} does not follow the last block of the segment before it."
    elif header.first < accounted:
        yield f"{path} says that {header.first:,} entries came before it, there are {accounted:,}."
