"""One contract among several: its own application, or why there is none yet."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fraud_assets.errors import FraudAssetsError
from fraud_assets.service.app import Front

_log = logging.getLogger("fraud_assets.service")


class Member:
    """A contract's name and application; `why` says what keeps it from being served."""

    def __init__(self, name: str, make: Callable[[], Front]) -> None:
        self.name, self._make = name, make
        self.front: Front | None = None
        self.why: str | None = None

    def attempt(self) -> Front | None:
        """Make the application; None where that fails, whatever the reason."""
        try:
            self.front, self.why = self._make(), None
        except Exception as error:  # noqa: BLE001 - one contract's fault must hinder no other's service
            known = isinstance(error, FraudAssetsError)
            why = str(error) if known else f"{type(error).__name__}: {error}"
            if why != self.why:
                _log.error("Contract %s is not served: %s", self.name, why)
            self.why = why
        return self.front
