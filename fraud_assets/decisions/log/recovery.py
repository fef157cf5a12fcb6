"""How a writer's newest segment was left: a torn tail is cut, damage is left as it lies."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from fraud_assets.decisions.damaged import damage_sentence
from fraud_assets.decisions.line import count_kind, entries_of
from fraud_assets.decisions.segment import FORMAT, START, Header, Segment, parse, segment_files
from fraud_assets.documents.decision import Gap
from fraud_assets.store.files import one_sentence


@dataclass(frozen=True)
class ResumePoint:
    """Where a writer goes on: segment `number` at byte `end`, after `digest`.

    `accounted` entries are on record, or declared missing. `newest` is the latest time on record
    and `notes` say what was mended.
    """

    log: str
    writer: int
    number: int = 1
    end: int = 0
    blocks: int = 0
    digest: bytes = START
    accounted: int = 0
    newest: int = 0
    notes: tuple[str, ...] = ()


def recover(writer: Path, log: str, number: int) -> ResumePoint:
    """Look at the newest segment of a writer, and cut what a crash left of a block.

    Raises
    ------
    StoreError
        If it cannot be read or cut.
    """
    with one_sentence("keep decisions in", writer):
        files = segment_files(writer)
        notes: list[str] = []
        while files:
            path = files.pop()
            segment = parse(path.read_bytes())
            if segment.header is not None:
                return _found(path, segment, segment.header, ResumePoint(log, number), notes)
            if segment.damage is not None and not segment.damage.is_torn:
                notes.append(f"{path} was left as it is: {segment.damage.why}.")
                return ResumePoint(log, number, _number(path) + 1, notes=tuple(notes))
            # A crash came between the file and its header: nothing was in it.
            path.unlink()
            notes.append(f"{path} was begun and never written; it is gone.")
    return ResumePoint(log, number, notes=tuple(notes))


def _found(
    path: Path, segment: Segment, header: Header, whose: ResumePoint, notes: list[str]
) -> ResumePoint:
    damage = segment.damage
    accounted, newest = header.first, header.opened_at
    for block in segment.blocks:
        accounted += _accounted(block.lines, block.count)
    if segment.blocks:
        newest = max(newest, _newest(segment.blocks[-1].lines))
    number, end, blocks = _number(path), segment.end, len(segment.blocks)
    if damage is not None and damage.is_torn:
        cut = path.stat().st_size - damage.at
        os.truncate(path, damage.at)
        notes.append(f"{path} ended in half a block; {cut:,} bytes were cut.")
    elif damage is not None:
        notes.append(
            f"{damage_sentence(path, damage)} It was left as it is and "
            "another segment begun; `fraud-assets decisions verify` tells more."
        )
    if header.format < FORMAT or (damage is not None and not damage.is_torn):
        # What this release writes would not be what the segment's header says, or not be read.
        number, end, blocks = number + 1, 0, 0
    return replace(
        whose,
        number=number,
        end=end,
        blocks=blocks,
        digest=segment.digest,
        accounted=accounted,
        newest=newest,
        notes=tuple(notes),
    )


def _accounted(lines: bytes, count: int) -> int:
    """Entries of a block, and those that it declares missing."""
    if not count_kind(lines, "gap"):
        return count
    gaps = [entry for entry in entries_of(lines) if isinstance(entry, Gap)]
    return count - len(gaps) + sum(gap.missing for gap in gaps)


def _newest(lines: bytes) -> int:
    found = 0
    for entry in entries_of(lines):
        times = ("decided_at", "scored_at", "received_at", "noticed_at")
        found = max(found, *(getattr(entry, name, 0) for name in times))
    return found


def _number(path: Path) -> int:
    return int(path.name.partition(".")[0])
