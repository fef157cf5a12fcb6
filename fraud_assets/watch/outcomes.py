"""Decisions with what became known of them: the rows that everything else here counts."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from fraud_assets.watch.episodes import MaturedFrauds


@dataclass(frozen=True)
class Outcomes:
    """Decisions of one contract (n,) in order of event time.

    Attributes
    ----------
    time
        Event time, datetime64[us], UTC.
    decided
        When it was decided, likewise.
    version
        The version that decided, text.
    flagged
        Whether the payment reached the threshold.
    release
        The probability with which the payment would pass if flagged: 1 where nothing is blocked,
        0 where it never would, such as above the amount that may be let through.
    blocked
        Whether the payment was stopped, so that its label will never come.
    fraud
        Whether the label known at the age of maturity says fraud; False without one.
    sender
        Integer code of who paid; each unknown one its own.
    amount
        Amounts in the contract's currency, NaN where unknown.
    probability
        The probability of fraud that was answered; NaN where unknown.
    """

    time: np.ndarray
    decided: np.ndarray
    version: np.ndarray
    flagged: np.ndarray
    release: np.ndarray
    blocked: np.ndarray
    fraud: np.ndarray
    sender: np.ndarray
    amount: np.ndarray
    probability: np.ndarray

    def __len__(self) -> int:
        return len(self.time)

    def where(self, keep: np.ndarray) -> Outcomes:
        """The rows of a mask or of positions."""
        return Outcomes(**{field.name: getattr(self, field.name)[keep] for field in fields(self)})

    @property
    def frauds(self) -> MaturedFrauds:
        """The frauds whose label came, each weighing for those that were blocked like it.

        Payments that would never pass are left out, caught or missed: of theirs no recall is known.
        """
        seen = self.where(self.fraud & ~self.blocked & (self.release > 0))
        weight = np.where(seen.flagged, 1 / seen.release, 1.0)
        return MaturedFrauds(seen.time, seen.flagged, weight, seen.sender)

    @property
    def alerts(self) -> MaturedFrauds:
        """The alerts whose label came or would have: frauds as caught, false alarms as missed."""
        seen = self.where(self.flagged & ~self.blocked)
        return MaturedFrauds(seen.time, seen.fraud, 1 / seen.release, seen.sender)

    @property
    def least_release(self) -> float:
        """The smallest release probability of payments that may pass; 1 where there is none."""
        passing = self.release[self.release > 0]
        return float(passing.min()) if len(passing) else 1.0
