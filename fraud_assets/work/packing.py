"""A unit as bytes that name its data by digest: what a unit sends is small, however large they are.

Values of a class derived from `WorkData`, and arrays of more than `LEAST_BYTES`, are left out of
the pickled unit and kept apart once; the worker puts them in again.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST_BYTES = 64 * 1024
"""An array below is sent with its unit."""

_LETTERS = 32
"""Of a SHA-256 in hexadecimal: 128 bits tell the data of one run apart."""


class WorkData:
    """Base of large values that many units read: each worker fetches one once, by its digest.

    Such a value is never changed after a unit has named it.
    """


@dataclass(frozen=True)
class WorkUnit:
    """Function and arguments pickled, and the digests of the data that they name."""

    call: bytes
    data: tuple[str, ...]


class Packing:
    """Packs units; `keep` gets the bytes of each datum once for as long as the datum lives.

    `forget` gets its digest when the last value of that content is gone.
    """

    def __init__(
        self, keep: Callable[[str, bytes], None], forget: Callable[[str], None] | None = None
    ) -> None:
        self._keep, self._forget = keep, forget
        self._digests: dict[int, str] = {}
        self._holders: dict[str, int] = {}

    def pack(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> WorkUnit:
        """The call as a unit whose data are kept."""
        named: dict[str, None] = {}
        call = _dumped((function, arguments), lambda value: self._named(value, named))
        return WorkUnit(call, tuple(named))

    def _named(self, value: object, named: dict[str, None]) -> str | None:
        """The digest by which the unit names the value; None where it is sent with the unit."""
        if not isinstance(value, WorkData) and not _is_large(value):
            return None
        digest = self._digests.get(id(value)) or self._met(value)
        named[digest] = None
        return digest

    def _met(self, value: object) -> str:
        data = pickle.dumps(value, protocol=5)
        digest = hashlib.sha256(data).hexdigest()[:_LETTERS]
        if not self._holders.get(digest):
            self._keep(digest, data)
        self._holders[digest] = self._holders.get(digest, 0) + 1
        self._digests[id(value)] = digest
        weakref.finalize(value, self._gone, id(value), digest).atexit = False
        return digest

    def _gone(self, identity: int, digest: str) -> None:
        del self._digests[identity]
        self._holders[digest] -= 1
        if not self._holders[digest] and self._forget is not None:
            self._forget(digest)


def unpacked(unit: WorkUnit, data: Mapping[str, Any]) -> Any:
    """Do the unit, with the values that its digests stand for."""
    unpickler = pickle.Unpickler(io.BytesIO(unit.call))  # noqa: S301 - what this run packed
    unpickler.persistent_load = data.__getitem__  # type: ignore[method-assign]
    function, arguments = unpickler.load()
    return function(*arguments)


def unpickled(data: bytes) -> Any:
    """A datum out of the bytes that `Packing` kept."""
    return pickle.loads(data)  # noqa: S301 - what this run packed


def _is_large(value: object) -> bool:
    return (
        isinstance(value, np.ndarray) and value.nbytes >= LEAST_BYTES and not value.dtype.hasobject
    )


def _dumped(value: object, named: Callable[[object], str | None]) -> bytes:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.persistent_id = named  # type: ignore[method-assign]
    pickler.dump(value)
    return buffer.getvalue()
