"""The signed record of one move of production: `latest.json`, and a line of `promotions.jsonl`.

The pointer is the log's last line, byte for byte. So one atomic replacement of `latest.json` is
the move, and a log that lags behind by a crash can be completed from the pointer without a key.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from fraud_assets.errors import TrustError
from fraud_assets.store.keys import Keys
from fraud_assets.store.signing import canonical, sign_record, verify_record

Kind = Literal["promotion", "rollback", "override"]
FORMAT = 1
"""Format of a record. Whoever bumps it keeps reading the older ones: they stay in the log."""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Who put a version past the gate, why, and when (ISO, UTC)."""

    actor: str
    reason: str
    at: str


class Pointer(msgspec.Struct, frozen=True, kw_only=True):
    """Which version serves since when, by whom and why, and what served before it.

    `digest` is the SHA-256 of its `pipeline.joblib`, `manifest` that of all its files' digests,
    `previous_line` that of the record before this one. `override` stays for as long as a version
    serves that was put past the gate.
    """

    format: int
    sequence: int
    kind: Kind
    version: str
    digest: str
    manifest: str
    as_of: str
    promoted_at: str
    actor: str
    reason: str
    override: Override | None
    previous: str | None
    previous_line: str | None
    key: str = ""
    signature: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        built: dict[str, Any] = msgspec.to_builtins(self)
        return built

    def line(self) -> bytes:
        """The record as stored, newline included."""
        return canonical(self.to_dict()) + b"\n"

    def line_digest(self) -> str:
        """SHA-256 of the stored record, which the next one bears."""
        return hashlib.sha256(self.line()).hexdigest()


def sign_pointer(pointer: Pointer, keys: Keys) -> Pointer:
    """The same record, signed."""
    unsigned = pointer.to_dict()
    del unsigned["signature"]
    return msgspec.convert(sign_record(unsigned, keys), Pointer)


def read_pointer(data: bytes, key: ec.EllipticCurvePublicKey, what: str) -> Pointer:
    """Parse and verify one record; `what` names it in the message.

    Raises
    ------
    TrustError
        If it is malformed, of another format, or its signature does not hold.
    """
    try:
        record = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TrustError(f"{what} is not readable as a record ({error})") from error
    verify_record(record, key, what)
    if record.get("format") != FORMAT:
        raise TrustError(f"{what} has format {record.get('format')}, this release reads {FORMAT}")
    try:
        pointer = msgspec.convert(record, Pointer)
    except msgspec.ValidationError as error:
        raise TrustError(f"{what} is not readable as a record ({error})") from error
    if pointer.line() != data:
        raise TrustError(f"{what} was changed after it was signed")
    return pointer
