"""Names of things as short numbers: what is kept of an entity or a value is never its text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

_BYTES, _KEY_BYTES = 8, 16


def digest(value: str) -> int:
    """64 bits that stand for a value, never 0; of a million values two agree once in 10^7 times."""
    return int.from_bytes(blake2b(value.encode(), digest_size=_BYTES).digest(), "little") or 1


def key_of(*parts: str) -> bytes:
    """128 bits that stand for texts in order."""
    if len(parts) == 1:
        raw = parts[0].encode()
        return blake2b(b"%d:%b" % (len(raw), raw), digest_size=_KEY_BYTES).digest()
    whole = b"".join([b"%d:%b" % (len(raw), raw) for raw in map(str.encode, parts)])
    return blake2b(whole, digest_size=_KEY_BYTES).digest()


def entity_key(columns: tuple[str, ...], values: Sequence[str]) -> bytes:
    """The key of one entity's track: 4 bytes for its columns, 16 for its values."""
    return _columns_key(columns) + key_of(*values)


@cache
def _columns_key(columns: tuple[str, ...]) -> bytes:
    return key_of(*columns)[:4]
