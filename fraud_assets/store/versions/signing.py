"""Signatures over what is stored: of a whole version, and of one record.

Both are DSSE (see `keys.dsse`), so that no record passes for another kind. Versions are signed by
the OpenSSF `model-signing` library, which verifies them too. Reading a store checks the same
bundle with `cryptography` alone: importing the library costs 0.8 s and 40 MiB, which a scoring
worker would pay at each start.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.keys import Keys, Trusted, dsse, fingerprint
from fraud_assets.store.keys.dsse import canonical

SIGNATURE_FILE = "model.sig"
_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_STATEMENT = "application/vnd.in-toto+json"
_STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://model_signing/signature/v1.0"
MOVE = "application/vnd.fraud-assets.promotion+json"
"""Kind of a record of one move of production."""


@dataclass(frozen=True)
class Manifest:
    """What a signature covers: the version's name, SHA-256 of each file and of them all."""

    name: str
    files: Mapping[str, str]
    root: str


def sign_folder(folder: Path, keys: Keys) -> None:
    """Write `model.sig` over every file of `folder` and the folder's name, with `model-signing`.

    Raises
    ------
    StoreError
        If the library is not installed.
    """
    try:
        from model_signing import hashing, signing  # noqa: PLC0415 - heavy, and only signers have it
    except ImportError as error:
        raise StoreError(
            'Signing a version needs model-signing: pip install "fraud-assets[chain]".'
        ) from error
    signature = folder / SIGNATURE_FILE
    hasher: Any = hashing.Config
    signer: Any = signing.Config
    ignoring = hasher().set_ignored_paths(paths=[SIGNATURE_FILE], ignore_git_paths=False)
    config = signer().use_elliptic_key_signer(private_key=keys.private)
    config.set_hashing_config(ignoring).sign(folder, signature)


def read_manifest(bundle: bytes, trusted: Trusted) -> Manifest:
    """Verify a `model.sig` and return what it covers.

    Raises
    ------
    TrustError
        If it is malformed, made with another key, or its signature does not hold.
    """
    try:
        parts = json.loads(bundle)
        envelope = parts["dsseEnvelope"]
        hint = parts["verificationMaterial"]["publicKey"]["hint"]
        (signature,) = envelope["signatures"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        raw = base64.b64decode(signature["sig"], validate=True)
        sealed = envelope["payload"], signature["sig"]
        is_ours = parts == _bundle(str(hint), *sealed)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TrustError(f"{SIGNATURE_FILE} is no signature bundle") from error
    if not is_ours or sealed != (_base64(payload), _base64(raw)):
        raise TrustError(f"{SIGNATURE_FILE} is no signature of a model")
    made = {"key": str(hint), "kind": _STATEMENT, "signature": signature["sig"]}
    _demand_signed(trusted, SIGNATURE_FILE, payload=payload, **made)
    return _read_statement(payload)


def _bundle(hint: str, payload: str, signature: str) -> dict[str, object]:
    """What model-signing writes; anything more, less or else was not written by it."""
    return {
        "mediaType": _BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": hint}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": payload,
            "payloadType": _STATEMENT,
            "signatures": [{"sig": signature, "keyid": ""}],
        },
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def sign_record(record: Mapping[str, Any], keys: Keys, kind: str = MOVE) -> dict[str, object]:
    """The record with the key's fingerprint and a `signature` over all of it and its kind."""
    key = keys.private_key()
    named = {**record, "key": fingerprint(key.public_key())}
    return {**named, "signature": dsse.sign(kind, canonical(named), key)}


def verify_record(record: Mapping[str, Any], trusted: Trusted, what: str, kind: str = MOVE) -> None:
    """Check the `signature` of a record; `what` names it in the message.

    Raises
    ------
    TrustError
        If it is missing, made with another key, or does not hold.
    """
    unsigned = {name: value for name, value in record.items() if name != "signature"}
    signature = record.get("signature")
    if not isinstance(signature, str):
        raise TrustError(f"{what} bears no signature")
    try:
        payload = canonical(unsigned)
    except ValueError as error:
        raise TrustError(f"{what} bears no signature") from error
    key = str(record.get("key"))
    _demand_signed(trusted, what, key=key, kind=kind, payload=payload, signature=signature)


def _demand_signed(
    trusted: Trusted, what: str, *, key: str, kind: str, payload: bytes, signature: str
) -> None:
    if not dsse.holds(kind, payload, signature, trusted.key(key, what)):
        raise TrustError(f"{what} was changed after it was signed")


def _read_statement(payload: bytes) -> Manifest:
    """What a verified in-toto statement says; anything we would not have signed is refused."""
    try:
        statement = json.loads(payload)
        (subject,) = statement["subject"]
        predicate = statement["predicate"]
        resources = {item["name"]: item for item in predicate["resources"]}
        algorithms = {item["algorithm"] for item in resources.values()}
        digests = [bytes.fromhex(item["digest"]) for item in predicate["resources"]]
        root = hashlib.sha256(b"".join(digests)).hexdigest()
        sound = (
            statement["_type"] == _STATEMENT_TYPE
            and statement["predicateType"] == _PREDICATE
            and predicate["serialization"]["method"] == "files"
            and algorithms == {"sha256"}
            and len(resources) == len(predicate["resources"])
            and subject["digest"]["sha256"] == root
        )
        files = {name: str(item["digest"]) for name, item in resources.items()}
        name = str(subject["name"])
    except (ValueError, KeyError, TypeError) as error:
        raise TrustError(f"{SIGNATURE_FILE} signs something that is no version") from error
    if not sound:
        raise TrustError(f"{SIGNATURE_FILE} signs something that is no version")
    return Manifest(name, files, root)
