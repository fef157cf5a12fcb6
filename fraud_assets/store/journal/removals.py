"""What was removed on purpose: `pruned.jsonl`, signed lines, written before anything goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from fraud_assets.documents.signed.removal import FORMAT, Removal
from fraud_assets.errors import TrustError
from fraud_assets.store.clock import timestamp
from fraud_assets.store.files import one_sentence
from fraud_assets.store.keys import Keys
from fraud_assets.store.keys.dsse import canonical
from fraud_assets.store.storage.port import Storage, read
from fraud_assets.store.versions.collection import Collection
from fraud_assets.store.versions.signing import sign_record, verify_record

REMOVALS_FILE = "pruned.jsonl"
_MOST = 64 * 1024 * 1024
_KIND = "application/vnd.fraud-assets.removal+json"


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
        found = [
            self._parse(line, number)
            for number, line in enumerate(self._data().splitlines(), start=1)
        ]
        return [removal for removal in found if removal.store == store]

    def add(self, among: Collection, version: str, store: str, actor: str, reason: str) -> None:
        """Sign and record that a version is removed, and read it back, before it goes."""
        try:
            manifest = among.look_at(version).manifest
        except TrustError:
            manifest = ""
        unsigned = msgspec.to_builtins(
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
        del unsigned["signature"]
        line = canonical(sign_record(unsigned, self.keys, _KIND)) + b"\n"
        data = self._data()
        self._parse(line, data.count(b"\n") + 1)
        with one_sentence("record a removal in", self.storage.where()):
            self.storage.append(REMOVALS_FILE, data, line)

    def _data(self) -> bytes:
        with one_sentence("read", self.storage.where(REMOVALS_FILE)):
            return read(self.storage, REMOVALS_FILE, _MOST) or b""

    def _parse(self, line: bytes, number: int) -> Removal:
        what = f"{REMOVALS_FILE} line {number}"
        try:
            record = msgspec.json.decode(line, type=dict[str, Any])
            removal = msgspec.convert(record, Removal)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise TrustError(f"{what} is no record of a removal; restore it.") from error
        verify_record(record, self.keys.trusted(self.storage), what, _KIND)
        if removal.format != FORMAT:
            raise TrustError(f"{what} has format {removal.format}, this release reads {FORMAT}.")
        return removal
