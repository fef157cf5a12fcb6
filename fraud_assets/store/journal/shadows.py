"""Which version a person named as the shadow: `shadows.jsonl`, signed lines, the last one holds."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import UNSET

from fraud_assets.documents.signed.shadow_naming import FORMAT, ShadowNaming
from fraud_assets.store.clock import timestamp
from fraud_assets.store.journal.signed_lines import RecordKind, SignedLines
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.port import Storage
from fraud_assets.store.versions.verified import Verified

_KIND = RecordKind(
    "shadows.jsonl",
    "application/vnd.fraud-assets.shadow+json",
    "a shadow's naming",
    ShadowNaming,
    FORMAT,
)


@dataclass(frozen=True)
class ShadowNamings:
    """The namings recorded in a storage."""

    storage: Storage
    keys: Keys

    def last(self, store: str) -> ShadowNaming | None:
        """What holds in the store of this identity; None where nobody ever named one.

        Raises
        ------
        TrustError
            If a line does not hold; names it.
        """
        found = self._lines.all(store)
        return found[-1] if found else None

    def add(
        self, named: Verified | None, store: str, actor: str, reason: str, days: int = 0
    ) -> ShadowNaming:
        """Sign and record that a version is the shadow from now on, None: the newest again.

        With `days` it waits for its promotion.
        """
        record = ShadowNaming(
            format=FORMAT,
            store=store,
            version="" if named is None else named.version,
            manifest="" if named is None else named.manifest,
            at=timestamp(),
            actor=actor,
            reason=reason,
            days=days or UNSET,
        )
        self._lines.add(record)
        return record

    @property
    def _lines(self) -> SignedLines[ShadowNaming]:
        return SignedLines(self.storage, self.keys, _KIND)
