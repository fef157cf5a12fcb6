"""Records with a check sum, so that a flipped byte is noticed and never served from."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from zlib import crc32

from fraud_assets.errors import DamagedStateError
from fraud_assets.state.adapter import Transaction

P = ParamSpec("P")
R = TypeVar("R")

_SUM = 4


class Records:
    """A transaction's records, each behind the CRC-32 of its key and value."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction, self._get = transaction, transaction.get
        self.position = transaction.position

    def get(self, key: bytes) -> bytes | None:
        """A record's value.

        Raises
        ------
        DamagedStateError
            If it is not what was written.
        """
        data = self._get(key)
        return None if data is None else opened(key, data)

    def glance(self, key: bytes) -> bytes | None:
        """The same, perhaps a moment old."""
        return opened(key, self._transaction.glance(key))

    def holds(self, key: bytes, record: bytes) -> bool:
        """Whether a record is this one, check sum and all, as `sealed` gave it."""
        return self._transaction.get(key) == record

    def put(self, key: bytes, value: bytes) -> None:
        """Write a record."""
        self._transaction.put(key, sealed(key, value))

    def delete(self, key: bytes) -> None:
        """Take a record away."""
        self._transaction.delete(key)

    @staticmethod
    def trusted(read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `read` makes of a record that must be readable."""
        try:
            return read(*args, **kwargs)
        except (ValueError, IndexError) as error:
            raise DamagedStateError(_sentence(str(error))) from error

    @staticmethod
    def demand(holds: bool, fault: str) -> None:
        """What must hold of records together."""
        if not holds:
            raise DamagedStateError(_sentence(fault))


def sealed(key: bytes, value: bytes) -> bytes:
    """The value behind its check sum."""
    return crc32(value, crc32(key)).to_bytes(_SUM, "little") + value


def opened(key: bytes, data: bytes | None) -> bytes | None:
    """The value behind a check sum that holds.

    Raises
    ------
    DamagedStateError
        If it does not hold.
    """
    if data is None:
        return None
    value = data[_SUM:]
    if crc32(value, crc32(key)) != int.from_bytes(data[:_SUM], "little"):
        raise DamagedStateError(_sentence(f"the record {key.hex()} is not what was written"))
    return value


def _sentence(fault: str) -> str:
    return (
        f"The state must be as it was written, but {fault}. Nothing is answered from it; build it "
        "anew: fraud-assets state build"
    )
