"""Keys: the pair that signs, and the public keys that are trusted to have signed."""

from fraud_assets.store.keys.pair import Keys, default_folder, fingerprint, public_pem
from fraud_assets.store.keys.trusted import Trusted

__all__ = ["Keys", "Trusted", "default_folder", "fingerprint", "public_pem"]
