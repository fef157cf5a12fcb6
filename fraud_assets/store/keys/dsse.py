"""Signatures over records: ECDSA P-256 with SHA-256 over the payload's type and bytes.

The encoding is DSSE's (https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md), so
that no record passes for one of another kind.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def canonical(record: Mapping[str, Any]) -> bytes:
    """The one way to write a record: keys sorted, no spaces, ASCII, finite numbers only."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def sign(payload_type: str, payload: bytes, key: ec.EllipticCurvePrivateKey) -> str:
    """The signature, base64."""
    raw = key.sign(_encoded(payload_type, payload), ec.ECDSA(hashes.SHA256()))
    return base64.b64encode(raw).decode("ascii")


def holds(
    payload_type: str, payload: bytes, signature: str, key: ec.EllipticCurvePublicKey
) -> bool:
    """Whether the signature is the key's over this very payload."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, _encoded(payload_type, payload), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _encoded(payload_type: str, payload: bytes) -> bytes:
    return f"DSSEv1 {len(payload_type)} {payload_type} {len(payload)} ".encode() + payload
