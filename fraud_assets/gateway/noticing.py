"""What the daily look says, as far as it is news: an alarm, or one of the warnings."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from fraud_assets.documents.production import Production
from fraud_assets.gateway.factory import Ran


@dataclass(frozen=True)
class DailyLook:
    """The document that `monitor --json` printed, and what it did."""

    document: Production
    done: str

    @classmethod
    def of(cls, ran: Ran) -> DailyLook:
        """From how the command ended."""
        document = msgspec.json.decode(ran.out, type=Production)
        return cls(document, " ".join(ran.err.split()))

    @property
    def alarm(self) -> str | None:
        """Which version is called bad, None while none is."""
        return self.document.versions[-1].version if self.document.is_broken else None

    @property
    def warnings(self) -> dict[str, str]:
        """The warnings' sentences by code; the first of each."""
        return {warning.code: warning.text for warning in reversed(self.document.warnings)}
