"""The signing keys: a folder that can be found, a pair that can be used or made."""

from __future__ import annotations

from collections.abc import Iterator

from fraud_assets.errors import FraudAssetsError
from fraud_assets.preflight.place import Workplace, why_not_writable
from fraud_assets.store.keys import Keys, fingerprint

CODE = "keys"


def faults(place: Workplace) -> Iterator[str]:
    """What keeps this user from signing."""
    folder = place.keys_folder
    try:
        keys = place.keys()
        folder = keys.folder
        yield from _pair(keys)
    except FraudAssetsError as error:
        yield str(error)
    except OSError as error:
        yield (
            f"The signing keys in {folder} must be readable, but are not "
            f"({error.strerror or error}): see who owns them, or name others with "
            "FRAUD_ASSETS_KEYS."
        )


def _pair(keys: Keys) -> Iterator[str]:
    if keys.private.exists():
        private = keys.private_key()
        if keys.public.exists() and fingerprint(private.public_key()) != fingerprint(
            keys.public_key()
        ):
            yield f"{keys.public} does not belong to {keys.private}: restore the pair together."
    elif keys.public.exists():
        yield (
            f"{keys.folder} holds a public key without its private one, so this machine may verify "
            f"but not sign: publish where {keys.private.name} is, or name other keys with "
            "FRAUD_ASSETS_KEYS."
        )
    elif why := why_not_writable(keys.folder):
        yield (
            f"New signing keys must be made in {keys.folder}, but cannot be: {why}. Name a folder "
            "that this user may write with FRAUD_ASSETS_KEYS."
        )
