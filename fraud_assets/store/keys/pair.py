"""The key pair that signs versions and moves: made on first use, kept out of the store.

Whoever holds the private key can publish; verifying needs `public.pem` alone, which is all that
a scoring machine should have.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.masking import is_url
from fraud_assets.store.files import flush_folder, one_sentence, write_new
from fraud_assets.store.keys import rotation
from fraud_assets.store.keys.pem import (
    fingerprint,
    load_private,
    load_public,
    new_private_pem,
    public_pem,
)
from fraud_assets.store.keys.permissions import read_public, read_secret
from fraud_assets.store.keys.succession import read_successions, trusted_by
from fraud_assets.store.keys.trusted import Trusted
from fraud_assets.store.storage.port import Storage
from fraud_assets.store.storage.registry import Address


def default_keys_folder() -> Path:
    """The folder named by `FRAUD_ASSETS_KEYS`, else one in the user's own configuration.

    Raises
    ------
    TrustError
        If a URL is named, or this user has no home to keep it in.
    """
    try:
        if named := os.environ.get("FRAUD_ASSETS_KEYS"):
            if is_url(named):
                raise TrustError(
                    "FRAUD_ASSETS_KEYS must be a folder, but is a URL, which is not shown: set it."
                )
            return Path(named).expanduser()
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    except RuntimeError as error:
        raise TrustError(
            "The signing keys need a folder, and this user has no home: name one with "
            "FRAUD_ASSETS_KEYS."
        ) from error
    return Path(home) / "fraud_assets" / "keys"


@dataclass(frozen=True)
class Keys:
    """An EC P-256 key pair in a folder: `private.pem` (mode 0600) and `public.pem`."""

    folder: Path

    @classmethod
    def default(cls) -> Keys:
        """The keys of this machine and user."""
        return cls(default_keys_folder())

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
        StoreError
            If the folder cannot be written.
        """
        try:
            with one_sentence("make the signing keys in", self.folder):
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                rotation.finish_rotation(self.folder)
                if not self.private.exists():
                    self._refuse_public_alone()
                    self._create(self.private, new_private_pem())
                if not self.public.exists():
                    self._create(self.public, public_pem(self.private_key().public_key()))
        except TrustError:
            raise
        except StoreError as error:
            raise StoreError(f"{error} FRAUD_ASSETS_KEYS names another folder.") from error
        if fingerprint(self.private_key().public_key()) != fingerprint(self.public_key()):
            raise TrustError(
                f"{self.public} does not belong to {self.private}: restore the pair together."
            )
        return self

    def demand(self, needed_for: object) -> Keys:
        """The pair that has to be there already, as something was signed with it.

        Raises
        ------
        TrustError
            If it is gone, or like `ensure`.
        """
        if not self.private.exists() and not self.public.exists():
            raise TrustError(
                f"{needed_for} was signed with keys that are not in {self.folder}: restore "
                "private.pem and public.pem there, or name their folder with FRAUD_ASSETS_KEYS. If "
                "the private key is lost for good, bring public.pem there from a scoring machine "
                "and run `fraud-assets keys rotate --adopt --actor NAME --reason TEXT`."
            )
        return self.ensure()

    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The signing key.

        Raises
        ------
        TrustError
            If it is missing, open to others, or no EC P-256 key.
        """
        try:
            return load_private(read_secret(self.private))
        except (OSError, ValueError) as error:
            raise TrustError(_unreadable(self.private, "private")) from error

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The verifying key.

        Raises
        ------
        TrustError
            If it is missing, others may exchange it, or it is no EC P-256 key.
        """
        try:
            return load_public(read_public(self.public))
        except (OSError, ValueError) as error:
            raise TrustError(_unreadable(self.public, "public")) from error

    def trusted(self, store: Address | Storage | None = None) -> Trusted:
        """The public keys whose signatures count in `store`; all that is needed to read it.

        Read anew at each call, so that whoever keeps running follows a rotation. What followed
        this machine's key is read from beside it and from the store.

        Raises
        ------
        TrustError
            If a key is missing, others may exchange it, or the records of rotations do not hold.
        """
        records = read_successions(self.folder)
        if store is not None:
            records += [record for record in read_successions(store) if record not in records]
        return trusted_by(self.public_key(), records)

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
                "with FRAUD_ASSETS_KEYS. If the private key is lost for good: `fraud-assets keys "
                "rotate --adopt --actor NAME --reason TEXT`."
            )


def _unreadable(path: Path, half: str) -> str:
    return (
        f"{path} is no readable EC P-256 {half} key: restore it, or name the folder that has it "
        "with FRAUD_ASSETS_KEYS."
    )
