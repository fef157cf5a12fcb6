"""What a version makes of payments as the state met them: scores, reasons, draws.

Payments that came together are scored in one call, which gives the bits of single ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fraud_assets.contract import Contract
from fraud_assets.decisions.release import Release
from fraud_assets.documents.reason import Reason
from fraud_assets.payments.reader import ReadPayment
from fraud_assets.scoring.encode import Value
from fraud_assets.service.versions.version import Served
from fraud_assets.state.meeting import Found
from fraud_assets.values.number import number


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A raw payment, what was read of it, whether reasons are wanted always, and since when.

    `body` is the payment as it was sent, empty where it was no request of its own.
    """

    raw: Mapping[str, Any]
    read: ReadPayment
    always: bool
    api_key: str
    started: float
    body: bytes = b""


class JudgedPayment(msgspec.Struct, frozen=True, gc=False):
    """What was found of a payment, before it is written anywhere."""

    decision_id: str
    features: dict[str, Value]
    probability: float
    is_flagged: bool
    reasons: list[Reason]
    chance: float | None
    released: bool


@dataclass(frozen=True)
class Judging:
    """Judges payments with one version; `release` draws who passes, None where nobody does."""

    served: Served
    contract: Contract
    release: Release | None

    def judged(
        self, those: Sequence[tuple[Asked, Found]], decision_ids: Sequence[str]
    ) -> list[JudgedPayment]:
        """What is made of each payment, whose decisions will have these ids."""
        features = [self._features(asked, found) for asked, found in those]
        scores = self.served.scorer.score_each([tuple(one.values()) for one in features])
        parts = zip(those, features, scores, decision_ids, strict=True)
        return [self._judged(asked, *rest) for (asked, _), *rest in parts]  # type: ignore[arg-type]

    def chance(self, asked: Asked) -> float | None:
        """With which probability a payment passes if flagged; None where nothing is stopped."""
        return self._released(asked, "")[0]

    def _features(self, asked: Asked, found: Found) -> dict[str, Value]:
        """The model's features in its order, None for missing."""
        values = {**asked.read.features, **found.features}
        return {
            name: None if (value := values[name]) != value else value  # NaN is not itself
            for name in self.served.scorer.encoder.names
        }

    def _judged(
        self, asked: Asked, features: dict[str, Value], probability: float, decision_id: str
    ) -> JudgedPayment:
        flagged, reasons = probability >= self.served.threshold, []
        if flagged or asked.always:
            reasons = self.served.scorer.row_reasons(tuple(features.values()), flagged)
        chance, passes = self._released(asked, decision_id)
        return JudgedPayment(
            decision_id, features, probability, flagged, reasons, chance, flagged and passes
        )

    def _released(self, asked: Asked, decision_id: str) -> tuple[float | None, bool]:
        """With which probability the payment passes if flagged, and whether it was drawn."""
        if self.release is None:
            return None, False
        column, decimal = self.contract.columns.amount, self.contract.source.decimal
        amount = None if column is None else number(asked.raw.get(column), decimal)
        drawn = self.release.passes(asked.read.payment.id or decision_id, amount)
        return self.release.probability(amount), drawn
