"""Moves as signed records: `latest.json`, and the lines of `promotions.jsonl`.

The pointer is the log's last line, byte for byte. So one atomic replacement of `latest.json` is
the move, and a log that lags behind by a crash can be completed from the pointer without a key.
"""

from __future__ import annotations

import hashlib

import msgspec

from fraud_assets.documents.signed.move import FORMAT, Move
from fraud_assets.errors import TrustError
from fraud_assets.store.keys import Keys, Trusted
from fraud_assets.store.keys.dsse import canonical
from fraud_assets.store.versions.signing import sign_record, verify_record

MOST_OF_LINE = 64 * 1024
"""Bytes of one record; the longest texts allowed, escaped, take a fifth."""


def move_line(move: Move) -> bytes:
    """The record as stored, newline included."""
    return canonical(move.to_dict()) + b"\n"


def move_digest(line: bytes) -> str:
    """SHA-256 of a stored record, which the next one bears."""
    return hashlib.sha256(line).hexdigest()


def sign_move(move: Move, keys: Keys) -> Move:
    """The same record, signed."""
    unsigned = move.to_dict()
    del unsigned["signature"]
    return msgspec.convert(sign_record(unsigned, keys), Move)


def read_move(line: bytes, trusted: Trusted, what: str) -> Move:
    """Parse and verify one record; `what` names it in the message.

    Raises
    ------
    TrustError
        If it is malformed, of another format, or its signature does not hold.
    """
    record = _decoded(line, what)
    verify_record(record, trusted, what)
    return _move(record, line, what)


def parse_move(line: bytes, what: str) -> Move:
    """Parse one record whose bytes are vouched for otherwise, such as by the record after it.

    Raises
    ------
    TrustError
        If it is malformed or of another format.
    """
    return _move(_decoded(line, what), line, what)


def _decoded(line: bytes, what: str) -> dict[str, object]:
    if len(line) > MOST_OF_LINE:
        raise TrustError(f"{what} must have at most {MOST_OF_LINE:,} bytes, got {len(line):,}")
    try:
        return msgspec.json.decode(line, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TrustError(f"{what} is not readable as a record ({error})") from error


def _move(record: dict[str, object], line: bytes, what: str) -> Move:
    if record.get("format") not in range(1, FORMAT + 1):
        raise TrustError(
            f"{what} has format {record.get('format')!a}, this release reads 1 to {FORMAT}"
        )
    try:
        move = msgspec.convert(record, Move)
    except msgspec.ValidationError as error:
        raise TrustError(f"{what} is not readable as a record ({error})") from error
    if move_line(move) != line:
        raise TrustError(f"{what} was changed after it was signed")
    return move
