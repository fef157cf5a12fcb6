"""Keys: the pair that signs, the public keys that are trusted, and how one follows another."""

from fraud_assets.store.keys.pair import Keys, default_keys_folder
from fraud_assets.store.keys.pem import fingerprint, public_pem
from fraud_assets.store.keys.trusted import Trusted

__all__ = ["Keys", "Trusted", "default_keys_folder", "fingerprint", "public_pem"]
