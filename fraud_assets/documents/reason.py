"""One reason for a score, in numbers and words."""

from __future__ import annotations

import msgspec


class Reason(msgspec.Struct, frozen=True):
    """Why a payment scored as it did.

    The contract's stable code, the feature and its value, how far it moved the margin, its
    place among legitimate payments (0 to 100), and the sentence.
    """

    code: str
    feature: str
    value: float | str | None
    contribution: float
    percentile: float
    text: str
