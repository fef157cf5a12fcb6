"""Which flagged payments pass on purpose, so that their labels will be known.

The draw is a keyed hash of the payment's id: the same payment is drawn alike again, and nobody
without the key can foresee it. Weighting by one over the probability follows Horvitz and Thompson
(1952).
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from fraud_assets.contract.sections.live import Live
from fraud_assets.errors import RecordError

KEY_BYTES = 32
_SCALE = 2.0**64


@dataclass(frozen=True)
class Release:
    """The contract's [live] with the key of its draw."""

    live: Live
    key: bytes

    def probability(self, amount: float | None) -> float:
        """With which probability a payment of that amount passes if it is flagged.

        Where the contract names a largest amount, an unknown one does not pass.
        """
        most = self.live.release_up_to
        if most is not None and (amount is None or not amount <= most):
            return 0.0
        return self.live.release_share

    def passes(self, payment_id: str, amount: float | None) -> bool:
        """Whether the draw lets this payment pass if it is flagged."""
        drawn = hmac.digest(self.key, payment_id.encode("utf-8", "surrogatepass"), "sha256")
        return int.from_bytes(drawn[:8], "big") / _SCALE < self.probability(amount)


def key_file(log: Path) -> Path:
    """Where the key of a record's draws lies: beside it, so that a copy of it foresees none."""
    return log.with_name(f"{log.name}.release")


def release_key(log: Path) -> bytes:
    """The key of a record's draws, made at the first call.

    Raises
    ------
    RecordError
        If it can be neither read nor made, or is none.
    """
    path = key_file(log)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(os.urandom(KEY_BYTES))
        found = path.read_bytes()
    except OSError as error:
        raise RecordError(
            f"The key {path} of the release draws cannot be read: {error}."
        ) from error
    if len(found) != KEY_BYTES:
        raise RecordError(
            f"The key {path} of the release draws must have {KEY_BYTES} bytes, got "
            f"{len(found)}; put it back from a backup, or remove it to draw by a new one."
        )
    return found
