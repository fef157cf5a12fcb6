"""EC P-256 keys as PEM and back, and the names by which signatures call them."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

_CURVE = "secp256r1"


def new_private_pem() -> bytes:
    """A fresh private key."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def load_private(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """The private key in a PEM.

    Raises
    ------
    ValueError
        If there is none of this kind.
    """
    try:
        key = serialization.load_pem_private_key(pem, None)
    except TypeError as error:  # it asks for a password
        raise ValueError(str(error)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != _CURVE:
        raise ValueError("it is no EC P-256 key")
    return key


def load_public(pem: bytes) -> ec.EllipticCurvePublicKey:
    """The public key in a PEM; raises like `load_private`."""
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != _CURVE:
        raise ValueError("it is no EC P-256 key")
    return key


def public_pem(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the public key's PEM, hexadecimal: the name by which signatures call it."""
    return hashlib.sha256(public_pem(key)).hexdigest()
