"""What was removed on purpose: `pruned.jsonl`, signed lines, written before anything goes."""

from __future__ import annotations

from dataclasses import dataclass

from fraud_assets.documents.signed.removal import FORMAT, Removal
from fraud_assets.errors import TrustError
from fraud_assets.store.clock import timestamp
from fraud_assets.store.journal.signed_lines import RecordKind, SignedLines
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.port import Storage
from fraud_assets.store.versions.collection import Collection

_KIND = RecordKind(
    "pruned.jsonl", "application/vnd.fraud-assets.removal+json", "a removal", Removal, FORMAT
)


@dataclass(frozen=True)
class Removals:
    """The removals recorded in a storage."""

    storage: Storage
    keys: Keys

    def all(self, store: str) -> list[Removal]:
        """Every removal from the store of this identity, oldest first.

        Raises
        ------
        TrustError
            If a line does not hold; names it.
        """
        return self._lines.all(store)

    def add(self, among: Collection, version: str, store: str, actor: str, reason: str) -> None:
        """Sign and record that a version is removed, and read it back, before it goes."""
        try:
            manifest = among.look_at(version).manifest
        except TrustError:
            manifest = ""
        self._lines.add(
            Removal(
                format=FORMAT,
                store=store,
                version=version,
                manifest=manifest,
                at=timestamp(),
                actor=actor,
                reason=reason,
            )
        )

    @property
    def _lines(self) -> SignedLines[Removal]:
        return SignedLines(self.storage, self.keys, _KIND)
