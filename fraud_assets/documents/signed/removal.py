"""That a version was removed on purpose: a line of `pruned.jsonl`."""

from __future__ import annotations

import msgspec

FORMAT = 1
"""Format of a record; older ones stay in the file, so all are read for ever."""


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """Which version was removed from which store, when (ISO, UTC), by whom and why.

    `manifest` is the SHA-256 of all its files' digests, as the moves name it; "" where the
    version did not verify any more.
    """

    format: int
    store: str
    version: str
    manifest: str
    at: str
    actor: str
    reason: str
    key: str = ""
    signature: str = ""
