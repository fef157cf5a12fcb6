from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_signing import signing, verifying

from fraud_assets.errors import TrustError
from fraud_assets.store.keys import Keys
from fraud_assets.store.versions.signing import (
    canonical,
    read_manifest,
    sign_folder,
    sign_record,
    verify_record,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip
NAMES = st.from_regex(r"[a-z][a-z0-9._-]{0,9}", fullmatch=True).filter(lambda n: n != "model.sig")


def _signed(folder: Path, keys: Keys, content: dict[str, bytes] | None = None) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in (content or {"a": b"1", "b.json": b"{}"}).items():
        (folder / name).write_bytes(data)
    sign_folder(folder, keys)
    return folder


def _oracle_accepts(folder: Path, keys: Keys) -> bool:
    config = verifying.Config().use_elliptic_key_verifier(public_key=keys.public)
    try:
        config.verify(folder, folder / "model.sig")
    except Exception:  # noqa: BLE001 - the library raises what its parsers raise
        return False
    return True


def _accepts(bundle: bytes, keys: Keys) -> bool:
    try:
        read_manifest(bundle, keys.trusted())
    except TrustError:
        return False
    return True


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.dictionaries(NAMES, st.binary(max_size=40), min_size=1, max_size=4))
def test_manifest_says_what_the_library_signed(
    tmp_path: Path, keys: Keys, content: dict[str, bytes]
) -> None:
    """For any files our reading of the bundle equals the library's own manifest."""
    folder = _signed(tmp_path / "m", keys, content)

    manifest = read_manifest((folder / "model.sig").read_bytes(), keys.trusted())

    expected = {name: hashlib.sha256(d).hexdigest() for name, d in content.items()}
    assert manifest.files == expected
    assert manifest.name == "m"
    assert _oracle_accepts(folder, keys)


def test_bundle_made_by_the_library_alone_is_accepted(tmp_path: Path, keys: Keys) -> None:
    """A signature made without any of our code, by the library's defaults, verifies."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "a").write_bytes(b"1")
    config = signing.Config().use_elliptic_key_signer(private_key=keys.private)
    config.sign(tmp_path / "m", tmp_path / "m" / "model.sig")

    manifest = read_manifest((tmp_path / "m" / "model.sig").read_bytes(), keys.trusted())

    assert set(manifest.files) == {"a"}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_nothing_refused_by_the_library_is_accepted(
    tmp_path: Path, keys: Keys, place: int, flip: int
) -> None:
    """Whatever byte of a bundle changes, we accept it only where the library does too."""
    folder = _signed(tmp_path / "m", keys)
    bundle = bytearray((folder / "model.sig").read_bytes())
    bundle[place % len(bundle)] ^= flip
    (folder / "model.sig").write_bytes(bundle)

    if _accepts(bytes(bundle), keys):
        assert _oracle_accepts(folder, keys)


def test_foreign_key_is_named(tmp_path: Path, keys: Keys) -> None:
    """A bundle of another key is refused with both fingerprints; the library refuses it too."""
    other = Keys(tmp_path / "other").ensure()
    folder = _signed(tmp_path / "m", other)

    with pytest.raises(TrustError, match="foreign key"):
        read_manifest((folder / "model.sig").read_bytes(), keys.trusted())
    assert not _oracle_accepts(folder, keys)


def test_foreign_key_under_our_fingerprint_is_refused(tmp_path: Path, keys: Keys) -> None:
    """Claiming our key's fingerprint does not make another key's signature hold."""
    ours = json.loads((_signed(tmp_path / "m", keys) / "model.sig").read_bytes())
    foreign_keys = Keys(tmp_path / "other").ensure()
    foreign = json.loads((_signed(tmp_path / "m", foreign_keys) / "model.sig").read_bytes())
    foreign["verificationMaterial"] = ours["verificationMaterial"]

    with pytest.raises(TrustError, match="changed after it was signed"):
        read_manifest(json.dumps(foreign).encode(), keys.trusted())


@pytest.mark.parametrize("bundle", [b"", b"{}", b"[]", b"null", b"\xff", b'{"dsseEnvelope": 1}'])
def test_what_is_no_bundle_is_one_sentence(keys: Keys, bundle: bytes) -> None:
    """Truncated or unrelated content is told as such."""
    with pytest.raises(TrustError, match="is no signature bundle"):
        read_manifest(bundle, keys.trusted())


def test_signed_statement_of_another_kind_is_refused(tmp_path: Path, keys: Keys) -> None:
    """Our key's signature over anything but a version's digests is no version's signature."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    bundle = json.loads((_signed(tmp_path / "m", keys) / "model.sig").read_bytes())
    envelope = bundle["dsseEnvelope"]
    payload = base64.b64decode(envelope["payload"]).replace(b'"sha256"', b'"sha1"')
    kind = envelope["payloadType"]
    message = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    raw = keys.private_key().sign(message, ec.ECDSA(hashes.SHA256()))
    envelope["payload"] = base64.b64encode(payload).decode()
    envelope["signatures"] = [{"sig": base64.b64encode(raw).decode(), "keyid": ""}]

    with pytest.raises(TrustError, match="signs something that is no version"):
        read_manifest(json.dumps(bundle).encode(), keys.trusted())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_record_survives_storage_and_verifies(keys: Keys, record: dict[str, object]) -> None:
    """Any JSON record verifies after it was written and read back."""
    signed = json.loads(canonical(sign_record(record, keys)))

    verify_record(signed, keys.trusted(), "record")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=st.dictionaries(st.text(max_size=8), JSON, max_size=5), value=JSON)
def test_changed_record_is_refused(keys: Keys, record: dict[str, object], value: object) -> None:
    """One value added or changed breaks the signature."""
    signed = sign_record(record, keys)
    changed = {**signed, "version": value}

    if canonical(changed) != canonical(signed):
        with pytest.raises(TrustError, match="record was changed"):
            verify_record(changed, keys.trusted(), "record")


def test_record_does_not_pass_for_a_version(tmp_path: Path, keys: Keys) -> None:
    """A version's signature over the same bytes is no record's: the payload type is signed."""
    bundle = json.loads((_signed(tmp_path / "m", keys) / "model.sig").read_bytes())
    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    record = {**statement, "key": bundle["verificationMaterial"]["publicKey"]["hint"]}
    record["signature"] = bundle["dsseEnvelope"]["signatures"][0]["sig"]

    with pytest.raises(TrustError, match="changed after it was signed"):
        verify_record(record, keys.trusted(), "record")
