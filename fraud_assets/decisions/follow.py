"""Reads a log on as it is written, a block at a time, from where the reader stood before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from fraud_assets.decisions.segment import (
    START,
    Block,
    parse,
    parse_on,
    segment_files,
    segment_name,
    writer_folders,
)


class ReadPlace(msgspec.Struct):
    """Up to where a writer's log was read: the number of a segment, a byte in it, the digest."""

    segment: int
    end: int = 0
    digest: str = START.hex()


class Follower:
    """Follows every writer of the log in `folder`; `places` are what was read, by writer.

    A writer that is not in `places` is read from the beginning of its newest segment. What does
    not hold is not read past: whoever verifies the log names it.
    """

    def __init__(self, folder: Path, places: dict[str, ReadPlace] | None = None) -> None:
        self.folder, self.places = folder, places or {}

    def blocks(self) -> Iterator[Block]:
        """Blocks that were written since; each is passed once the next one is asked for."""
        for writer in writer_folders(self.folder) if self.folder.is_dir() else []:
            files = segment_files(writer)
            if files and writer.name not in self.places:
                self.places[writer.name] = ReadPlace(int(files[-1].stem))
            while writer.name in self.places:
                place = self.places[writer.name]
                yield from _read_on(writer, place)
                if not any(path.name > segment_name(place.segment) for path in files):
                    break
                self.places[writer.name] = ReadPlace(place.segment + 1)


def _read_on(writer: Path, place: ReadPlace) -> Iterator[Block]:
    """Blocks of the segment at `place`, which moves on with them."""
    try:
        with (writer / segment_name(place.segment)).open("rb") as file:
            file.seek(place.end)
            data, begun = file.read(), place.end
    except FileNotFoundError:
        return
    segment = parse_on(data, bytes.fromhex(place.digest)) if begun else parse(data)
    for block in segment.blocks:
        yield block
        place.end, place.digest = begun + block.end, block.digest.hex()
