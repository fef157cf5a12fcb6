"""The proof that the real service gives what was judged: section `proof` of report.json."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import Count


class Proof(msgspec.Struct, frozen=True):
    """What the service answered for the golden rows; `error` says why it did not.

    `p95_ms` is the 95th percentile over `n` one-row requests, in milliseconds; the differences
    are the largest from the pipeline's own probabilities, and from additive reasons.
    """

    served: bool
    p95_ms: float | None
    n: Count
    max_probability_difference: float | None
    flags_different: Count | None
    max_reason_gap: float | None
    error: str | None


def not_served(error: str) -> Proof:
    """The proof of a service that did not start, or broke off."""
    return Proof(
        served=False,
        p95_ms=None,
        n=0,
        max_probability_difference=None,
        flags_different=None,
        max_reason_gap=None,
        error=error,
    )
