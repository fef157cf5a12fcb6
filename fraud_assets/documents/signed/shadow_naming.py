"""Which version is the shadow, by a person: a line of `shadows.jsonl`; the last one holds."""

from __future__ import annotations

import msgspec

FORMAT = 1
"""Format of a record; older ones stay in the file, so all are read for ever."""


class ShadowNaming(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of which store scores beside the one that serves, since when, by whom and why.

    `version` is "" where the newest that does not serve is meant again; `manifest` is the SHA-256
    of all its files' digests, as the moves name it.
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
