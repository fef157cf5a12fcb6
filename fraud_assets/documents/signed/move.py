"""The record of one move of production: `latest.json`, and a line of `promotions.jsonl`."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from fraud_assets.documents.formats import to_plain

MoveKind: TypeAlias = Literal["promotion", "rollback", "override"]

FORMAT = 2
"""Format of a record that is written. Older ones stay in the log, so all are read for ever:
format 1 names neither the store nor the contract that owns it."""

_SINCE_2 = ("store", "contract")


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Who put a version past the gate, why, and when (ISO, UTC)."""

    actor: str
    reason: str
    at: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Which version serves since when, by whom and why, and what served before it.

    `store` is the identity of the store, drawn with its first move, and `contract` the name of
    the contract that owns it; both are "" in format 1. `digest` is the SHA-256 of the version's
    `pipeline.joblib`, `manifest` that of all its files' digests, `previous_line` that of the
    record before this one. `override` stays for as long as a version serves that was put past
    the gate. `key` is the fingerprint of the key that signed.
    """

    format: int
    sequence: int
    kind: MoveKind
    version: str
    digest: str
    manifest: str
    as_of: str
    promoted_at: str
    actor: str
    reason: str
    override: Override | None
    previous: str | None
    previous_line: str | None
    store: str = ""
    contract: str = ""
    key: str = ""
    signature: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the record's own format has them."""
        plain: dict[str, Any] = to_plain(self)
        if self.format < FORMAT:
            for name in _SINCE_2:
                del plain[name]
        return plain
