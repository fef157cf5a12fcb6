"""A transaction on values that were read before, which counts only if they still hold."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Generic, NamedTuple, Protocol

from fraud_assets.state.adapter import T

VERSION_BYTES = 8
"""How many bytes of a stored value are its version."""


class Remembering(Protocol):
    """Where a transaction's values come from, each behind its version."""

    def held(self, key: bytes) -> bytes:
        """Version and value as last seen; empty where there was none."""

    def glanced(self, key: bytes) -> bytes:
        """The same, at most a moment old."""


class Optimistic:
    """A transaction on remembered values; notes what it read."""

    position = 0

    def __init__(self, remote: Remembering) -> None:
        self._remote = remote
        self.read: dict[bytes, bytes] = {}
        self.written: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        """See `Transaction`."""
        if key in self.written:
            return self.written[key]
        held = self._remote.held(key)
        self.read.setdefault(
            key, held[:VERSION_BYTES]
        )  # of two moments the first one is asked about
        return held[VERSION_BYTES:] or None

    def glance(self, key: bytes) -> bytes | None:
        """See `Transaction`; the script is not asked about it."""
        if key in self.written:
            return self.written[key]
        return self._remote.glanced(key)[VERSION_BYTES:] or None

    def put(self, key: bytes, value: bytes) -> None:
        """See `Transaction`."""
        self.written[key] = value

    def delete(self, key: bytes) -> None:
        """See `Transaction`."""
        self.written[key] = None

    def named(self) -> tuple[list[bytes], list[bytes]]:
        """Its keys and what the script is told of them; `stored` as they will be."""
        read, stored = self.read, self.stored
        keys = [key for key in read if key not in stored]
        first = len(keys)
        keys += [key for key in stored if key in read]
        seen = [read[key] for key in keys]
        keys += [key for key in stored if key not in read]
        counts = b"%d" % len(seen), b"%d" % (first + 1)
        return keys, [*counts, *seen, *(stored[key] for key in keys[first:])]

    @cached_property
    def stored(self) -> dict[bytes, bytes]:
        """What will be written, behind a new version; empty for what will be gone."""
        version = os.urandom(VERSION_BYTES)
        return {k: b"" if v is None else version + v for k, v in self.written.items()}


class Tried(NamedTuple, Generic[T]):
    """A transaction that has run: which one, and what it gave, or what it raised."""

    at: int
    attempt: Optimistic
    result: T | Exception

    @property
    def is_asked(self) -> bool:
        """Whether the server must say that it takes effect, or that it rightly raised."""
        return bool(self.attempt.read or self.attempt.written)
