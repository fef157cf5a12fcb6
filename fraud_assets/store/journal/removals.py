"""What was removed on purpose: `pruned.jsonl`, signed lines, written before anything goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from fraud_assets.documents.removal import FORMAT, Removal
from fraud_assets.errors import TrustError
from fraud_assets.store.files import flush_folder, one_sentence, read_file, write_over
from fraud_assets.store.keys import Keys
from fraud_assets.store.keys.dsse import canonical
from fraud_assets.store.signing import sign_record, verify_record

REMOVALS_FILE = "pruned.jsonl"
_MOST = 64 * 1024 * 1024
_KIND = "application/vnd.fraud-assets.removal+json"


@dataclass(frozen=True)
class Removals:
    """The removals recorded in the store at `root`."""

    root: Path
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

    def add(self, removal: Removal) -> None:
        """Sign and record it, and read it back, before the version goes."""
        unsigned = msgspec.to_builtins(removal)
        del unsigned["signature"]
        line = canonical(sign_record(unsigned, self.keys, _KIND)) + b"\n"
        data = self._data()
        self._parse(line, data.count(b"\n") + 1)
        beside = self.root / f".new-{REMOVALS_FILE}"
        with one_sentence("record a removal in", self.root):
            write_over(beside, data + line)
            beside.replace(self.root / REMOVALS_FILE)
            flush_folder(self.root)

    def _data(self) -> bytes:
        with one_sentence("read", self.root / REMOVALS_FILE):
            try:
                return read_file(self.root / REMOVALS_FILE, _MOST)
            except FileNotFoundError:
                return b""

    def _parse(self, line: bytes, number: int) -> Removal:
        what = f"{REMOVALS_FILE} line {number}"
        try:
            record = msgspec.json.decode(line, type=dict[str, Any])
            removal = msgspec.convert(record, Removal)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise TrustError(f"{what} is no record of a removal; restore it.") from error
        verify_record(record, self.keys.trusted(self.root), what, _KIND)
        if removal.format != FORMAT:
            raise TrustError(f"{what} has format {removal.format}, this release reads {FORMAT}.")
        return removal
