"""The proof that the real service gives what was judged: section `proof` of report.json."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import NonNegative


class RawProof(msgspec.Struct, frozen=True, kw_only=True):
    """What the service answered for raw payments of the judged window.

    `compared` payments, after `past` ones that their features look at; `differences` counts the
    fields that are not the report's, `first` tells the first of them. `rewritten` are columns of
    times that were not sent as exported. `why_not` says why none could be sent, else nothing.
    """

    compared: NonNegative
    past: NonNegative
    differences: NonNegative
    first: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    why_not: str = ""


class Proof(msgspec.Struct, frozen=True):
    """What the service answered for the golden rows; `error` says why it did not.

    `p95_ms` is the 95th percentile over `n` one-row requests, in milliseconds; the differences
    are the largest from the pipeline's own probabilities, and from additive reasons.
    """

    served: bool
    p95_ms: float | None
    n: NonNegative
    max_probability_difference: float | None
    flags_different: NonNegative | None
    max_reason_gap: float | None
    error: str | None
    raw: RawProof | msgspec.UnsetType = msgspec.UNSET


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
