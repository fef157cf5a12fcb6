"""Which version is the shadow, by a person: a line of `shadows.jsonl`; the last one holds."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

FORMAT = 1
"""Format of a record; older ones stay in the file, so all are read for ever."""


class ShadowNaming(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of which store scores beside the one that serves, since when, by whom and why.

    `version` is "" where the newest that does not serve is meant again; `manifest` is the SHA-256
    of all its files' digests, as the moves name it. With `days` it passed the gate, and waits for
    its promotion until it has scored live payments for so long; unset, it is a shadow alone.
    """

    format: int
    store: str
    version: str
    manifest: str
    at: str
    actor: str
    reason: str
    days: int | msgspec.UnsetType = msgspec.UNSET
    key: str = ""
    signature: str = ""

    @property
    def waits_days(self) -> int:
        """Days of live payments that it waits for; 0 where it waits for nothing."""
        return 0 if isinstance(self.days, msgspec.UnsetType) else self.days


def earliest(naming: ShadowNaming) -> str:
    """When a version that waits may serve at the earliest (ISO, UTC)."""
    until = datetime.fromisoformat(naming.at) + timedelta(days=naming.waits_days)
    return until.isoformat(timespec="seconds")


def waits_until(naming: ShadowNaming) -> str:
    """That a version waits, and until when at the earliest, in one sentence."""
    return (
        f"It waits in shadow until {earliest(naming)} at the earliest, when it "
        f"has scored {naming.waits_days} days of live payments; production stays as it is."
    )
