"""Who may ask for what: SHA-256 hashes in a file, compared in constant time.

    gateway:<sha256> scopes=decide,label expires=2027-03-31
    analyst:<sha256> scopes=read
    old:<sha256>

A key without scopes may do everything, one without `expires` lives on. Two lines of one name let
a caller change from one key to the next. `printf %s "$KEY" | sha256sum` gives a key's hash; keys
are long random strings, so that a plain hash suffices.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from fraud_assets.errors import RefusedError
from fraud_assets.service.answers import fault
from fraud_assets.service.api_key_line import ApiKey, Scope, read_line
from fraud_assets.service.faults import FieldFault

_BEARER = b"bearer "
_MOST_SENT = 4
"""Keys of one request that are looked at: a caller's, a proxy's, and each in two headers."""

_MOST_BYTES = 1024 * 1024
_LOOK_SECONDS = 1.0

_log = logging.getLogger("fraud_assets.service")


@dataclass(frozen=True)
class Denied:
    """Why a caller is not let in: a status, and a sentence for him."""

    status: int
    message: str


UNKNOWN = Denied(401, "An API key is needed: X-API-Key: KEY, or Authorization: Bearer KEY")


class ApiKeys:
    """The keys that are let in; with none of them everybody is.

    `used` counts by name who was let in.
    """

    def __init__(self, keys: Iterable[ApiKey] = (), path: Path | None = None) -> None:
        self._keys = tuple(keys)
        self._path, self._stamp = path, _stamp(path)
        self.used: Counter[str] = Counter()

    @property
    def required(self) -> bool:
        """Whether a key must be sent at all; also where all of them have expired."""
        return bool(self._keys)

    def admits(self, headers: Iterable[tuple[bytes, bytes]], scope: Scope) -> bool:
        """Whether an `X-API-Key: KEY` or `Authorization: Bearer KEY` lets its sender do that."""
        return self.denied(headers, scope) is None

    def denied(self, headers: Iterable[tuple[bytes, bytes]], scope: Scope) -> Denied | None:
        """Why not; None where the caller is let in."""
        if not self._keys:
            return None
        digests = [hashlib.sha256(key).digest() for key in islice(_sent(headers), _MOST_SENT)]
        # Every hash is compared, so that the time tells nothing about which one is near.
        known = [key for one in digests for key in self._keys if hmac.compare_digest(one, key.hash)]
        living = [key for key in known if key.expires is None or key.expires > datetime.now(UTC)]
        for key in living:
            if scope in key.scopes:
                self.used[key.name] += 1
                return None
        return _denied(known, living, scope)

    def name(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The name of the first known key that was sent, "" without one."""
        if not self._keys:
            return ""
        digests = [hashlib.sha256(key).digest() for key in islice(_sent(headers), _MOST_SENT)]
        known = [key for one in digests for key in self._keys if hmac.compare_digest(one, key.hash)]
        return known[0].name if known else ""

    async def follow(self) -> None:
        """Read the file again whenever it changed, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.refresh()

    def refresh(self) -> None:
        """Take what the file says now; while it cannot be read, who was let in stays let in."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            found = read_api_keys(self._path)._keys
        except RefusedError as error:
            _log.error("The API keys stay as they were: %s", error)
            return
        before, after = ({key.id for key in keys} for keys in (self._keys, found))
        self._keys = found
        _log.info(
            "The API keys were read again: %d keys, added %s, removed %s.",
            len(found), _listed(after - before), _listed(before - after),
        )  # fmt: skip


def read_api_keys(path: Path | None) -> ApiKeys:
    """Read the file of hashes; None means that no keys are configured.

    Raises
    ------
    RefusedError
        If the file cannot be read, holds no key, others may write it, or a line is no key's.
    """
    if path is None:
        return ApiKeys()
    found = [
        (number, read_line(line.strip()))
        for number, line in enumerate(_lines(path), 1)
        if line.strip() and not line.strip().startswith("#")
    ]
    keys = [key for _, key in found if isinstance(key, ApiKey)]
    # The sentences name numbers and rules, never what a line holds: it may be a key itself.
    faults = [f"line {number} {key}" for number, key in found if isinstance(key, str)]
    if faults or not keys:
        raise RefusedError(
            f"Each line of {path} must be name:sha256, with scopes=decide,label,read and "
            f"expires=2027-03-31 behind it where wanted; {'; '.join(faults) or 'got none'}."
        )
    return ApiKeys(keys, path)


def _lines(path: Path) -> list[str]:
    """The file's lines, where nobody else could have written them."""
    try:
        mode = path.stat().st_mode
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"The API keys {path} must be a readable file: {error}.") from error
    if mode & 0o022:
        raise RefusedError(
            f"The API keys {path} must be closed to other users' writing, the mode is "
            f"{mode & 0o777:04o}: run `chmod go-w {path}`."
        )
    if len(data) > _MOST_BYTES:
        bound = f"{_MOST_BYTES:,} bytes, got more"
        raise RefusedError(f"The API keys {path} must have at most {bound}.")
    return text.splitlines()


def denial(denied: Denied) -> list[FieldFault]:
    """The faults to answer with."""
    kind = "unauthorized" if denied.status == 401 else "forbidden"
    return fault(["header", "x-api-key"], denied.message, kind)


def _denied(known: list[ApiKey], living: list[ApiKey], scope: Scope) -> Denied:
    """Whoever holds a key is told what is wrong with it; nobody else learns that it exists."""
    if living:
        may = ", ".join(sorted(living[0].scopes))
        return Denied(403, f"The API key {living[0].id} may {may}, not {scope}")
    if known and known[0].expires is not None:
        return Denied(
            401, f"The API key {known[0].id} expired at {known[0].expires:%Y-%m-%dT%H:%MZ}"
        )
    return UNKNOWN


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _stamp(path: Path | None) -> tuple[int, int, int] | None:
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return found and (found.st_ino, found.st_mtime_ns, found.st_size)


def _sent(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Every key that was sent: a proxy's own Authorization may stand beside the caller's key."""
    for name, value in headers:
        if name == b"x-api-key":
            yield value.strip()
        elif name == b"authorization" and value.lower().startswith(_BEARER):
            yield value[len(_BEARER) :].strip()
