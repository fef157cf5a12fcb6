"""Golden rows: payments with the answers that a version must give before it may serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from fraud_assets.documents.reason import Reason
from fraud_assets.errors import StoreError
from fraud_assets.profiles import ADDITIVITY_TOLERANCE, PARITY_TOLERANCE
from fraud_assets.scoring.encode import Encoder, Value
from fraud_assets.scoring.spec import FORMAT, GOLDEN, READABLE


class GoldenRow(msgspec.Struct, frozen=True):
    """One payment and its answer: `probability` is pipeline.joblib's, reasons the scorer's."""

    values: dict[str, Value]
    probability: float
    is_flagged: bool
    reasons: tuple[Reason, ...]


class Golden(msgspec.Struct, frozen=True):
    """All golden rows of a version."""

    format: int
    rows: tuple[GoldenRow, ...]


class RowScorer(Protocol):
    """What can be asked for golden answers."""

    threshold: float
    encoder: Encoder

    def probability(self, row: tuple[Value, ...]) -> float:
        """Probability of fraud."""
        ...

    def row_reasons(self, row: tuple[Value, ...], flagged: bool) -> list[Reason]:
        """At most four reasons."""
        ...


def read_golden(data: bytes) -> Golden:
    """Parse `golden.json`.

    Raises
    ------
    StoreError
        If it holds no golden rows of a format that is read.
    """
    try:
        golden = msgspec.json.decode(data, type=Golden)
    except msgspec.MsgspecError as error:
        raise StoreError(f"{GOLDEN} must hold golden rows: {error}; publish again.") from error
    if golden.format not in READABLE or not golden.rows:
        raise StoreError(
            f"{GOLDEN} must hold at least one row in format {' or '.join(map(str, READABLE))}, "
            f"got {len(golden.rows)} in format {golden.format}; publish again."
        )
    return golden


def write_golden(rows: Sequence[GoldenRow]) -> bytes:
    """Bytes of `golden.json`."""
    return msgspec.json.encode(Golden(FORMAT, tuple(rows)))


def self_test(scorer: RowScorer, golden: Golden) -> None:
    """Ask for every golden row, flagged ones' reasons included; this also warms the scorer.

    Raises
    ------
    StoreError
        At the first answer that differs, naming row, expected and found.
    """
    for number, expected in enumerate(golden.rows):
        row = scorer.encoder.row(expected.values)
        probability = scorer.probability(row)
        _compare(number, "probability", expected.probability, probability)
        flagged = probability >= scorer.threshold
        if flagged != expected.is_flagged:
            raise StoreError(_differs(number, "flag", expected.is_flagged, flagged))
        gap = reasons_gap(expected.reasons, scorer.row_reasons(row, flagged))
        if not gap <= ADDITIVITY_TOLERANCE:
            raise StoreError(_differs(number, "reasons", expected.reasons, f"a gap of {gap:.1e}"))


def reasons_gap(expected: Sequence[Reason], found: Sequence[Reason]) -> float:
    """Largest difference of a contribution; infinite where codes, values or texts differ.

    Relative to the contribution where that exceeds 1: an absurd input moves a linear margin by
    millions, whose last digits float64 does not hold.
    """
    pairs = list(zip(_by_code(expected), _by_code(found), strict=False))
    same = len(expected) == len(found) and all(
        (a.code, a.feature, a.value, a.text) == (b.code, b.feature, b.value, b.text)
        for a, b in pairs
    )
    if not same:
        return float("inf")
    return max((_gap(a.contribution, b.contribution) for a, b in pairs), default=0.0)


def _gap(expected: float, found: float) -> float:
    return abs(expected - found) / max(1.0, abs(expected))


def _by_code(reasons: Sequence[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda reason: reason.code)


def _compare(number: int, what: str, expected: float, found: float) -> None:
    if not abs(expected - found) <= PARITY_TOLERANCE:
        raise StoreError(_differs(number, what, expected, found))


def _differs(number: int, what: str, expected: object, found: object) -> str:
    return (
        f"Golden row {number} must give {what} {expected}, got {found}; this version is not served."
    )
