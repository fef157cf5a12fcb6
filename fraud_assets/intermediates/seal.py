"""The seal over a step's parts: what they are, whose, of which run, and a code only we can make.

Who may write the folder but has no signing key can neither change a value nor bring his own.
HMAC-SHA256 under a key derived from the private key (HKDF, RFC 5869): the same machine that
writes reads.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fraud_assets.errors import TrustError
from fraud_assets.store.keys import Keys

FORMAT = 1
"""Raise it when a value of an older shape would be misread."""

_INFO = b"fraud_assets intermediates"
LARGEST_SEAL = 64 * 1024
"""Most bytes of a seal: a few parts' names and digests."""


class Seal(msgspec.Struct, frozen=True):
    """Which step's value, of which contract, run and week, and its parts' SHA-256."""

    format: int
    contract: str
    step: str
    run: str
    week: str
    written_at: str
    parts: dict[str, str]
    code: str = ""


def seal(unsealed: Seal, keys: Keys) -> bytes:
    """The seal as JSON, with the code over all of it."""
    named = msgspec.structs.replace(unsealed, code="")
    return msgspec.json.encode(msgspec.structs.replace(named, code=_code(named, keys)))


def open_seal(data: bytes, keys: Keys, where: str) -> Seal:
    """The seal, verified; `where` names it in messages.

    Raises
    ------
    TrustError
        If it is none, of another format, or was not made with this machine's key.
    """
    try:
        found = msgspec.json.decode(data, type=Seal)
    except msgspec.MsgspecError as error:
        raise TrustError(f"{where} is no seal of a step's value; {_AGAIN}") from error
    bare = msgspec.structs.replace(found, code="")
    if not hmac.compare_digest(found.code, _code(bare, keys)):
        raise TrustError(f"{where} was not written by a run with this machine's key; {_AGAIN}")
    if found.format != FORMAT:
        raise TrustError(
            f"{where} has format {found.format}, this release reads {FORMAT}; {_AGAIN}"
        )
    return found


def require_parts(sealed: Seal, parts: Mapping[str, bytes], where: str) -> None:
    """Demand exactly the sealed parts.

    Raises
    ------
    TrustError
        If one is missing or differs; names each.
    """
    faults = [
        f"{where}/{name}"
        for name, digest in sealed.parts.items()
        if name not in parts or hashlib.sha256(parts[name]).hexdigest() != digest
    ]
    if faults:
        raise TrustError(f"{', '.join(faults)} is not what the run wrote; {_AGAIN}")


_AGAIN = "nothing of it was read. Remove it and run that step again."


def _code(bare: Seal, keys: Keys) -> str:
    secret = keys.private_key().private_numbers().private_value.to_bytes(32, "big")
    derived = HKDF(hashes.SHA256(), 32, None, _INFO).derive(secret)
    return hmac.new(derived, msgspec.json.encode(bare, order="deterministic"), "sha256").hexdigest()
