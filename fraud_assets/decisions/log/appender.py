"""Appends blocks to a writer's newest segment: each is there whole and flushed, or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from fraud_assets.decisions.line import Chunk, Frame
from fraud_assets.decisions.log.recovery import ResumePoint
from fraud_assets.decisions.segment import (
    Header,
    digest_after_header,
    header_line,
    sealed_block,
    segment_name,
)
from fraud_assets.store.files import flush_folder, one_sentence

_sync = getattr(os, "fdatasync", os.fsync)


class Appender:
    """The one who writes in `writer`; `found` is how its newest segment was left.

    `frames` are those of its brief lines, by their numbers; it only grows, from any thread.
    """

    def __init__(self, writer: Path, found: ResumePoint) -> None:
        self._writer, self._found = writer, found
        self._number, self._digest, self._end = found.number, found.digest, found.end
        self._began = time.monotonic()
        self._blocks = found.blocks
        self._descriptor: int | None = None
        self.frames: list[Frame] = []

    @property
    def size(self) -> int:
        """Bytes of the segment that is open."""
        return self._end

    @property
    def age(self) -> float:
        """Seconds since the segment that is open was begun or taken up again."""
        return time.monotonic() - self._began

    @property
    def has_blocks(self) -> bool:
        """Whether the segment that is open holds anything."""
        return self._blocks > 0

    def append(self, chunks: Sequence[Chunk], accounted: int, now: int) -> None:
        """Write one block and flush it; `accounted` entries came before it.

        Raises
        ------
        StoreError
            If the disk refuses; the segment ends where it did before then.
        """
        with one_sentence("keep decisions in", self._writer):
            if self._descriptor is None:
                self._open(accounted, now)
            block = sealed_block(self._digest, chunks, self.frames)
            self._write(block.head, block.lines)
            self._digest, self._blocks = block.digest, self._blocks + 1

    def rotate(self) -> None:
        """Close the segment; the next block begins another one."""
        self.close()
        self._number, self._end, self._blocks = self._number + 1, 0, 0

    def close(self) -> None:
        """Let the file go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self, accounted: int, now: int) -> None:
        path = self._writer / segment_name(self._number)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._began = time.monotonic()
        if self._end:
            return
        try:
            self._begin(accounted, now)
        except OSError:
            self.close()
            self._end = 0
            raise

    def _begin(self, accounted: int, now: int) -> None:
        """Write the header of a segment that is new."""
        header = Header(
            log=self._found.log,
            writer=self._found.writer,
            number=self._number,
            first=accounted,
            previous=self._digest.hex(),
            opened_at=now,
        )
        line = header_line(header)
        self._write(line)
        flush_folder(self._writer)
        self._digest = digest_after_header(header, line)

    def _write(self, *parts: bytes) -> None:
        """Write and flush; what was written of it goes where the disk does not take it all.

        After a failed flush the kernel may have dropped what it held, so all is written again.
        """
        descriptor = self._descriptor
        if descriptor is None:
            raise OSError("the segment is closed")
        at = self._end
        try:
            for part in parts:
                view = memoryview(part)
                while view:
                    written = os.pwrite(descriptor, view, at)
                    at, view = at + written, view[written:]
            _sync(descriptor)
        except OSError:
            os.ftruncate(descriptor, self._end)
            raise
        self._end = at
