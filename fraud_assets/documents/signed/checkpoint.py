"""That the record held up to here at a time: a line of `checkpoints.jsonl` beside its segments."""

from __future__ import annotations

import msgspec

FORMAT = 1
"""Format of a checkpoint; older ones stay in the file, so all are read for ever."""


class Head(msgspec.Struct, frozen=True):
    """A block of a writer's segment: where it ends, and the digest of the chain up to there."""

    writer: int
    segment: int
    end: int
    digest: str


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The newest block of each writer of the log of this identity, at an instant (ISO, UTC)."""

    format: int
    log: str
    at: str
    heads: tuple[Head, ...]
    key: str = ""
    signature: str = ""
