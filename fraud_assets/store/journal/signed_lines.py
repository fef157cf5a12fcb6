"""A ledger of signed records of one kind, such as what was pruned: lines are only added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

from fraud_assets.errors import TrustError
from fraud_assets.store.files import one_sentence
from fraud_assets.store.keys import Keys
from fraud_assets.store.keys.dsse import canonical
from fraud_assets.store.storage.port import Storage, read
from fraud_assets.store.versions.signing import sign_record, verify_record

_MOST = 64 * 1024 * 1024


class SignedRecord(Protocol):
    """A record that says its format and its store, and bears a signature."""

    @property
    def format(self) -> int:
        """The format that it was written in."""

    @property
    def store(self) -> str:
        """The identity of the store that it is about."""


Record = TypeVar("Record", bound=SignedRecord)


@dataclass(frozen=True)
class RecordKind(Generic[Record]):
    """The ledger's `file`, the `payload` type that is signed, a record in `words` and as a type."""

    file: str
    payload: str
    words: str
    record: type[Record]
    format: int


@dataclass(frozen=True)
class SignedLines(Generic[Record]):
    """The records of one kind in a storage."""

    storage: Storage
    keys: Keys
    kind: RecordKind[Record]

    def all(self, store: str) -> list[Record]:
        """Every record about the store of this identity, oldest first.

        Raises
        ------
        TrustError
            If a line does not hold; names it.
        """
        lines = self._data().splitlines()
        found = [self._parse(line, number) for number, line in enumerate(lines, start=1)]
        return [record for record in found if record.store == store]

    def add(self, record: Record) -> None:
        """Sign a record, read it back, and add it."""
        unsigned: dict[str, object] = msgspec.to_builtins(record)
        del unsigned["signature"]
        line = canonical(sign_record(unsigned, self.keys, self.kind.payload)) + b"\n"
        data = self._data()
        self._parse(line, data.count(b"\n") + 1)
        with one_sentence(f"record {self.kind.words} in", self.storage.where()):
            self.storage.append(self.kind.file, data, line)

    def _data(self) -> bytes:
        with one_sentence("read", self.storage.where(self.kind.file)):
            return read(self.storage, self.kind.file, _MOST) or b""

    def _parse(self, line: bytes, number: int) -> Record:
        what = f"{self.kind.file} line {number}"
        try:
            plain = msgspec.json.decode(line, type=dict[str, object])
            record = msgspec.convert(plain, self.kind.record)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise TrustError(f"{what} is no record of {self.kind.words}; restore it.") from error
        verify_record(plain, self.keys.trusted(self.storage), what, self.kind.payload)
        if record.format != self.kind.format:
            raise TrustError(
                f"{what} has format {record.format}, this release reads {self.kind.format}."
            )
        return record
