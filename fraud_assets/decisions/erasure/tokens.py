"""A personal value as text that its subject's key alone opens (AES-256-GCM).

    ~1:<key id>:<nonce and ciphertext>          both in base64url

The decision's id and the value's place are authenticated with it, so that no token can be moved
to another decision or field. NIST SP 800-38D; nonces are random, 96 bits, and a key covers far
fewer than the 2^32 values that it allows.
"""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fraud_assets.documents.decision import JsonValue
from fraud_assets.errors import RecordError

KEY_BYTES, ID_BYTES = 32, 12
_NONCE = 12
_TOKEN = re.compile(r"~1:([A-Za-z0-9_-]{16}):([A-Za-z0-9_=-]+)")


def new_key_id() -> bytes:
    """An id that names a key and says nothing of its subject."""
    return os.urandom(ID_BYTES)


def covered(cipher: AESGCM, key_id: bytes, decision_id: str, where: str, value: JsonValue) -> str:
    """The token of a value at its place in a decision."""
    nonce = os.urandom(_NONCE)
    text = cipher.encrypt(nonce, msgspec.json.encode(value), _place(decision_id, where))
    return f"~1:{urlsafe_b64encode(key_id).decode()}:{urlsafe_b64encode(nonce + text).decode()}"


def key_id_of(value: JsonValue) -> bytes | None:
    """The id of the key that opens a token; None where the value is no token."""
    found = _TOKEN.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else urlsafe_b64decode(found[1])


def open_token(cipher: AESGCM, decision_id: str, where: str, token: str) -> JsonValue:
    """The value of a token at its place in a decision.

    Raises
    ------
    RecordError
        If it was changed or stood elsewhere.
    """
    found = _TOKEN.fullmatch(token)
    sealed = urlsafe_b64decode(found[2]) if found else b""
    try:
        text = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(decision_id, where))
    except (InvalidTag, ValueError) as error:
        raise RecordError(
            f"The value {where} of {decision_id} was not covered at this place: the record was "
            "changed; `fraud-assets decisions verify` tells more."
        ) from error
    return msgspec.json.decode(text, type=JsonValue)


def _place(decision_id: str, where: str) -> bytes:
    return f"{decision_id}\n{where}".encode()
