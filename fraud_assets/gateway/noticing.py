"""What the daily look says, as far as it is news: an alarm, or one of the warnings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fraud_assets.gateway.factory import Ran


@dataclass(frozen=True)
class DailyLook:
    """The document that `monitor --json` printed, and what it did."""

    document: dict[str, Any]
    done: str

    @classmethod
    def of(cls, ran: Ran) -> DailyLook:
        """From how the command ended."""
        return cls(json.loads(ran.out), " ".join(ran.err.split()))

    @property
    def alarm(self) -> str | None:
        """Which version is called bad, None while none is."""
        now = self.document["versions"][-1] if self.document["versions"] else None
        if now is None:
            return None
        precision = now.get("precision") or {}
        return now["version"] if now["alarm"] or precision.get("alarm") else None

    @property
    def warnings(self) -> dict[str, str]:
        """The warnings' sentences by code; the first of each."""
        found: dict[str, str] = {}
        for warning in self.document["warnings"]:
            found.setdefault(warning["code"], warning["text"])
        return found
