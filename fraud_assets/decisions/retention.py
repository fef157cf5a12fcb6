"""Retention: whole segments go when everything in them is older than may be kept.

What was dropped is noted in the writer's folder before it goes, with the digest that the next
segment follows: the chain of what is left verifies, and nobody takes the rest for lost.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from fraud_assets.decisions.segment import (
    DROPPED,
    Dropped,
    Segment,
    parse,
    segment_files,
    writer_folders,
)
from fraud_assets.documents.decision import Decision, Entry, Gap, Shadowed
from fraud_assets.store.files import flush_folder, one_sentence, write_over


def oldest_kept(now: int, keep: timedelta) -> int:
    """The instant before which nothing is kept, microseconds."""
    return now - keep // timedelta(microseconds=1)


def drop_older(folder: Path, before: int) -> int:
    """Drop each writer's first segments in which nothing is from `before` on; how many went.

    The newest segment of a writer stays, whatever its age. One that does not hold stays too:
    it is evidence, and so is what follows it.

    Raises
    ------
    StoreError
        If the disk refuses.
    """
    gone = 0
    with one_sentence("drop old decisions in", folder):
        for writer in writer_folders(folder) if folder.is_dir() else []:
            for path in segment_files(writer)[:-1]:
                segment = parse(path.read_bytes())
                if segment.damage is not None or newest_of(segment) >= before:
                    break
                _drop(writer, path, segment)
                gone += 1
    return gone


def newest_of(segment: Segment) -> int:
    """The latest instant of any entry in a segment."""
    opened = segment.header.opened_at if segment.header else 0
    times = (_time(entry) for block in segment.blocks for entry in block.entries())
    return max(times, default=opened)


def _time(entry: Entry) -> int:
    if isinstance(entry, Decision):
        return entry.decided_at
    if isinstance(entry, Shadowed):
        return entry.scored_at
    return entry.noticed_at if isinstance(entry, Gap) else entry.received_at


def _drop(writer: Path, path: Path, segment: Segment) -> None:
    number = segment.header.number if segment.header else 0
    note = msgspec.json.encode(Dropped(number, segment.digest.hex()))
    beside = writer / f".{DROPPED}"
    write_over(beside, note)
    beside.replace(writer / DROPPED)
    flush_folder(writer)
    path.unlink()
    flush_folder(writer)
