"""Payments as plain columns: what pools and stories make, and what the export is written from."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Payments:
    """Columns of equal length n.

    `time` and `first_seen` are seconds since 1970 UTC (int64), `sender` a 64-bit key, `amount`
    USD, `gas` the chain's gas price, `chain`, `token` and `country` positions in `world`'s lists
    (-1 where unknown), `is_fraud` bool.
    """

    time: np.ndarray
    sender: np.ndarray
    first_seen: np.ndarray
    amount: np.ndarray
    gas: np.ndarray
    chain: np.ndarray
    token: np.ndarray
    country: np.ndarray
    is_fraud: np.ndarray

    def __len__(self) -> int:
        return len(self.time)

    def take(self, index: np.ndarray) -> Payments:
        """The payments at `index` (positions or mask)."""
        return Payments(*(getattr(self, f.name)[index] for f in fields(self)))


def concatenate(parts: list[Payments]) -> Payments:
    """All parts, one after the other."""
    names = [f.name for f in fields(Payments)]
    return Payments(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
