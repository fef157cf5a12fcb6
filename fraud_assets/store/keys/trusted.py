"""The public keys whose signatures count, by fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from fraud_assets.errors import TrustError


@dataclass(frozen=True)
class Trusted:
    """Public keys by fingerprint, oldest first; the last one signs now."""

    by_fingerprint: Mapping[str, ec.EllipticCurvePublicKey]

    @property
    def newest(self) -> str:
        """The fingerprint of the key that signs now."""
        return list(self.by_fingerprint)[-1]

    def key(self, fingerprint: str, what: str) -> ec.EllipticCurvePublicKey:
        """The key that signed `what`, which claims this fingerprint.

        Raises
        ------
        TrustError
            If it is none of the trusted ones.
        """
        found = self.by_fingerprint.get(fingerprint)
        if found is None:
            trusted = ", ".join(name[:12] for name in self.by_fingerprint)
            raise TrustError(
                f"{what} was signed with the foreign key {fingerprint[:12]!a}, this machine trusts "
                f"{trusted} (FRAUD_ASSETS_KEYS names the folder of the keys)"
            )
        return found

    def rank(self, fingerprint: str) -> int:
        """How late a key came; -1 for one that is not trusted."""
        names = list(self.by_fingerprint)
        return names.index(fingerprint) if fingerprint in names else -1
