"""The key pair that signs versions and promotions: made on first use, kept out of the store.

Whoever holds the private key can publish; verifying needs `public.pem` alone, which is all that
a scoring machine should have.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fraud_assets.errors import TrustError
from fraud_assets.store.files import flush_folder, one_sentence, write_new
from fraud_assets.store.keys.trusted import Trusted

_OTHERS = 0o077
_OTHERS_WRITE = 0o022


def default_folder() -> Path:
    """The folder named by `FRAUD_ASSETS_KEYS`, else one in the user's own configuration."""
    if named := os.environ.get("FRAUD_ASSETS_KEYS"):
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "fraud_assets" / "keys"


def public_pem(key: ec.EllipticCurvePublicKey) -> bytes:
    """The public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the public key's PEM, hexadecimal: the name by which signatures call it."""
    return hashlib.sha256(public_pem(key)).hexdigest()


@dataclass(frozen=True)
class Keys:
    """An EC P-256 key pair in a folder: `private.pem` (mode 0600) and `public.pem`."""

    folder: Path

    @classmethod
    def default(cls) -> Keys:
        """The keys of this machine and user."""
        return cls(default_folder())

    @property
    def private(self) -> Path:
        """Path of the private key."""
        return self.folder / "private.pem"

    @property
    def public(self) -> Path:
        """Path of the public key."""
        return self.folder / "public.pem"

    def ensure(self) -> Keys:
        """Make the pair unless there is one; of processes that try at once, all use the first's.

        Raises
        ------
        TrustError
            If the pair is open to others, does not match, or lacks its private half.
        """
        with one_sentence("make the signing keys in", self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.private.exists():
                self._refuse_public_alone()
                self._create(self.private, _new_private_pem())
            if not self.public.exists():
                self._create(self.public, public_pem(self.private_key().public_key()))
        if fingerprint(self.private_key().public_key()) != fingerprint(self.public_key()):
            raise TrustError(
                f"{self.public} does not belong to {self.private}: restore the pair together."
            )
        return self

    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The signing key.

        Raises
        ------
        TrustError
            If it is missing, open to others, or no EC P-256 key.
        """
        self._refuse_open_to_others()
        try:
            key = serialization.load_pem_private_key(self.private.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise TrustError(_unreadable(self.private, "private")) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise TrustError(_unreadable(self.private, "private"))
        return key

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The verifying key; all that is needed to read a store.

        Raises
        ------
        TrustError
            If it is missing or no EC P-256 key.
        """
        try:
            key = serialization.load_pem_public_key(self.public.read_bytes())
        except (OSError, ValueError) as error:
            raise TrustError(_unreadable(self.public, "public")) from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise TrustError(_unreadable(self.public, "public"))
        return key

    def trusted(self) -> Trusted:
        """The public keys whose signatures count; all that is needed to read a store.

        Raises
        ------
        TrustError
            If a key is missing or no EC P-256 key.
        """
        key = self.public_key()
        return Trusted({fingerprint(key): key})

    def _create(self, path: Path, pem: bytes) -> None:
        """Link a finished file into place, which fails where another process was first."""
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".new-") as folder:
            fresh = Path(folder) / path.name
            write_new(fresh, pem, 0o600 if path == self.private else 0o644)
            try:
                os.link(fresh, path)
            except FileExistsError:
                return
        flush_folder(self.folder)

    def _refuse_public_alone(self) -> None:
        # In this order: of a pair being made by another process the private half is there first.
        if self.public.exists() and not self.private.exists():
            raise TrustError(
                f"{self.folder} holds a public key without its private one, so this machine may "
                f"verify but not sign: publish where {self.private.name} is, or name other keys "
                "with FRAUD_ASSETS_KEYS."
            )

    def _refuse_open_to_others(self) -> None:
        for path, forbidden, mode in (
            (self.folder, _OTHERS_WRITE, "700"),
            (self.private, _OTHERS, "600"),
        ):
            try:
                found = path.stat().st_mode & 0o777
            except OSError as error:
                raise TrustError(_unreadable(self.private, "private")) from error
            if found & forbidden:
                raise TrustError(
                    f"{path} must be closed to other users, its mode is {found:04o}: run "
                    f"`chmod {mode} {path}`, and make a new pair if others may have read it."
                )


def _new_private_pem() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _unreadable(path: Path, half: str) -> str:
    return (
        f"{path} is no readable EC P-256 {half} key: restore it, or name the folder that has it "
        "with FRAUD_ASSETS_KEYS."
    )
