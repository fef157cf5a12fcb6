"""What of the log is not yet copied: for each segment the blocks behind a byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fraud_assets.decisions.reading import read_segments
from fraud_assets.documents.decision import Decision, Label, Shadowed


class Origin(msgspec.Struct, frozen=True):
    """A segment of a writer of a log."""

    log: str
    writer: int
    number: int

    @property
    def name(self) -> str:
        """For file names."""
        return f"{self.log}-w{self.writer}-{self.number:08d}"


@dataclass(frozen=True)
class Piece:
    """Blocks of a segment from byte `start` up to byte `end`, after which its chain is `digest`.

    Labels and shadows come with their number among the segment's entries.
    """

    origin: Origin
    start: int
    end: int
    digest: str
    decisions: list[Decision]
    labels: list[tuple[int, Label]]
    shadows: list[tuple[int, Shadowed]]


class Copied(msgspec.Struct, frozen=True):
    """How much was copied now."""

    decisions: int
    labels: int


def pieces(folder: Path, done: Callable[[Origin], int]) -> Iterator[Piece]:
    """The pieces that are to be copied, where `done` says up to which byte a segment is.

    Raises
    ------
    RecordError
        If there is no log, or a segment does not hold.
    """
    for _, segment, _ in read_segments(folder):
        header = segment.header
        if header is None:
            continue
        origin = Origin(header.log, header.writer, header.number)
        start = done(origin)
        fresh = [block for block in segment.blocks if block.start >= start]
        if not fresh:
            continue
        number = sum(block.count for block in segment.blocks if block.start < start)
        decisions, labels, shadows = [], [], []
        for block in fresh:
            for at, entry in enumerate(block.entries(), number):
                if isinstance(entry, Decision):
                    decisions.append(entry)
                elif isinstance(entry, Label):
                    labels.append((at, entry))
                elif isinstance(entry, Shadowed):
                    shadows.append((at, entry))
            number += block.count
        last = fresh[-1]
        yield Piece(origin, start, last.end, last.digest.hex(), decisions, labels, shadows)
