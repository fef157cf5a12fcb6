"""Memory of one process, by name: a store for tests and trials, gone with the process."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fraud_assets.store.storage.objects.client import StoredObject
from fraud_assets.store.storage.objects.place import Objects


def open_storage(url: str) -> Objects:
    """The store of that name, empty at first."""
    return Objects(url, _STORES.setdefault(url, MemoryObjects()))


@dataclass(frozen=True)
class MemoryObjects:
    """Objects in a dictionary, with the moment at which each was created."""

    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, key: str, data: bytes) -> bool:
        """Put it there, if it is absent."""
        with self._lock:
            is_new = key not in self.objects
            if is_new:
                self.objects[key] = data, datetime.now(UTC)
        return is_new

    def chunks(self, key: str) -> Iterator[bytes]:
        """Its bytes."""
        if key not in self.objects:
            raise FileNotFoundError(key)
        yield self.objects[key][0]

    def found(self, prefix: str, after: str = "") -> list[StoredObject]:
        """In the keys' order."""
        with self._lock:
            held = sorted(self.objects.items())
        return [
            StoredObject(key, len(data), hashlib.sha256(data).hexdigest(), modified)
            for key, (data, modified) in held
            if key.startswith(prefix) and key > after
        ]

    def replace(self, key: str, data: bytes) -> None:
        """Put it there."""
        with self._lock:
            self.objects[key] = data, datetime.now(UTC)

    def folders(self, prefix: str) -> list[str]:
        """Whatever stands before a further "/"."""
        rests = [found.key.removeprefix(prefix) for found in self.found(prefix)]
        return sorted({rest.partition("/")[0] for rest in rests if "/" in rest})

    def delete(self, key: str) -> None:
        """Drop it."""
        self.objects.pop(key, None)


_STORES: dict[str, MemoryObjects] = {}
