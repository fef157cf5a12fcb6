"""Who may ask for scores: SHA-256 hashes in a file, compared in constant time.

A line of the file is `name:hash`; `printf %s "$KEY" | sha256sum` gives a key's hash. Keys are
long random strings, so that a plain hash suffices.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from fraud_assets.errors import RefusedError

_LINE = re.compile(r"[^:\s]+:[0-9a-fA-F]{64}")
_BEARER = b"bearer "
_MOST_SENT = 4
"""Keys of one request that are looked at: a caller's, a proxy's, and each in two headers."""

_LOOK_SECONDS = 1.0

_log = logging.getLogger("fraud_assets.service")


class ApiKeys:
    """The keys that are let in; with none of them everybody is."""

    def __init__(self, hashes: Iterable[str] = (), path: Path | None = None) -> None:
        self._hashes = tuple(bytes.fromhex(text) for text in hashes)
        self._path, self._stamp = path, _stamp(path)

    @property
    def required(self) -> bool:
        """Whether a key must be sent at all."""
        return bool(self._hashes)

    def admits(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether an `X-API-Key: KEY` or `Authorization: Bearer KEY` is there and known."""
        if not self._hashes:
            return True
        digests = [hashlib.sha256(key).digest() for key in islice(_sent(headers), _MOST_SENT)]
        # Every hash is compared, so that the time tells nothing about which one is near.
        found = [hmac.compare_digest(one, known) for one in digests for known in self._hashes]
        return True in found

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
            self._hashes = read_api_keys(self._path)._hashes
        except RefusedError as error:
            _log.error("The API keys stay as they were: %s", error)
        else:
            _log.info("The API keys were read again: %d keys.", len(self._hashes))


def read_api_keys(path: Path | None) -> ApiKeys:
    """Read the file of hashes; None means that no keys are configured.

    Raises
    ------
    RefusedError
        If the file cannot be read, holds no key, or a line is not `name:hash`.
    """
    if path is None:
        return ApiKeys()
    try:
        mode = path.stat().st_mode
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"The API keys {path} must be a readable file: {error}.") from error
    if mode & 0o022:
        raise RefusedError(
            f"The API keys {path} must be closed to other users' writing, the mode is "
            f"{mode & 0o777:04o}: run `chmod go-w {path}`."
        )
    lines = [line for line in lines if line and not line.startswith("#")]
    wrong = [number for number, line in enumerate(lines, 1) if not _LINE.fullmatch(line)]
    if wrong or not lines:
        raise RefusedError(
            f"Each line of {path} must be name:sha256, and there must be one; "
            f"got {len(lines)} lines, wrong ones: {wrong}."
        )
    return ApiKeys((line.rpartition(":")[2] for line in lines), path)


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
