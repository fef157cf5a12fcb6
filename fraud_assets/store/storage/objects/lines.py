"""Ledgers of a store of objects: one object for each line."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass, field

from fraud_assets.store.storage.objects.client import Client, StoredObject
from fraud_assets.store.storage.port import LOG_FILE

LINES = ".jsonl"
"""How a ledger's name ends; the folder of its lines has the name without it."""

_MOST_OF_LINE = 1024 * 1024


@dataclass(frozen=True)
class Lines:
    """The lines that a client's ledgers hold, each read once: it never changes under one tag."""

    client: Client
    _kept: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def read(self, ledger: str) -> Iterator[bytes]:
        """Every line, in order."""
        for found in self._found(ledger):
            yield self._content(found)

    def last(self, ledger: str) -> bytes | None:
        """The last line, None where there is none."""
        last = self._found(ledger)[-1:]
        return self._content(last[0]) if last else None

    def ends(self, ledger: str) -> tuple[tuple[str, str], ...]:
        """Key and tag of the last lines seen, and of whatever came after them."""
        prefix = _folder(ledger)
        known = sorted(key for key, _ in self._kept if key.startswith(prefix))
        before = known[-2] if len(known) > 1 else ""
        return tuple((found.key, found.tag) for found in self.client.found(prefix, before))

    def has_move(self, part: bytes) -> bool:
        """Whether a line of the log of moves holds these bytes."""
        return any(part in line for line in self.read(LOG_FILE))

    def _found(self, ledger: str) -> list[StoredObject]:
        return self.client.found(_folder(ledger))

    def _content(self, found: StoredObject) -> bytes:
        if found.size > _MOST_OF_LINE:
            raise OSError(errno.EFBIG, f"it has more than {_MOST_OF_LINE:,} bytes", found.key)
        kept = found.key, found.tag
        if kept not in self._kept:
            self._kept[kept] = b"".join(self.client.chunks(found.key))
        return self._kept[kept]


def line_key(ledger: str, number: int) -> str:
    """The key of a ledger's line; the first has the number 1."""
    return f"{_folder(ledger)}{number:06d}.json"


def is_line(name: str) -> bool:
    """Whether an object of this name is a line of a ledger."""
    return name.endswith(".json") and name.removesuffix(".json").isdigit()


def _folder(ledger: str) -> str:
    return f"{ledger.removesuffix(LINES)}/"
