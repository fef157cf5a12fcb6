"""What a version answers to a record, and where the record says otherwise."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from fraud_assets.documents.reason import Reason
from fraud_assets.scoring.encode import Encoder


class Deviation(msgspec.Struct, frozen=True):
    """A field of the record, what it says, and what the replay says."""

    field: str
    recorded: Any
    replayed: Any

    def __str__(self) -> str:
        return f"{self.field}: recorded {self.recorded!r}, replayed {self.replayed!r}"


class ReplayScorer(Protocol):
    """A version's scorer, as the service has it."""

    threshold: float
    encoder: Encoder

    def probability(self, row: tuple[Any, ...]) -> float:
        """Probability of fraud of a row."""
        ...

    def row_reasons(self, row: tuple[Any, ...], flagged: bool) -> list[Reason]:
        """At most four reasons."""
        ...


class Answered(Protocol):
    """What was answered for a payment, as a record or a service holds it."""

    @property
    def features(self) -> Mapping[str, Any]:
        """The values that were scored."""
        ...

    @property
    def probability(self) -> float:
        """Probability of fraud."""
        ...

    @property
    def threshold(self) -> float:
        """At or above which it is flagged."""
        ...

    @property
    def is_flagged(self) -> bool:
        """Whether it was."""
        ...

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """At most four."""
        ...


def differences(decision: Answered, scorer: ReplayScorer) -> Iterator[Deviation]:
    """Every field in which an answer differs from what its version answers to its features."""
    names = scorer.encoder.names
    if set(decision.features) != set(names):
        yield Deviation("features", sorted(decision.features), sorted(names))
        return
    row = scorer.encoder.row(decision.features)
    probability = scorer.probability(row)
    flagged = probability >= scorer.threshold
    yield from _unequal("probability", decision.probability, probability)
    yield from _unequal("threshold", decision.threshold, scorer.threshold)
    yield from _unequal("is_flagged", decision.is_flagged, flagged)
    if decision.reasons or flagged:
        yield from _reasons(decision.reasons, scorer.row_reasons(row, flagged))


def _reasons(recorded: Sequence[Reason], replayed: Sequence[Reason]) -> Iterator[Deviation]:
    if len(recorded) != len(replayed):
        codes = [[reason.code for reason in reasons] for reasons in (recorded, replayed)]
        yield Deviation("reasons", *codes)
        return
    for at, (one, other) in enumerate(zip(recorded, replayed, strict=True)):
        for name in Reason.__struct_fields__:
            yield from _unequal(f"reasons[{at}].{name}", getattr(one, name), getattr(other, name))


def _unequal(field: str, recorded: Any, replayed: Any) -> Iterator[Deviation]:
    if not same_bits(recorded, replayed):
        yield Deviation(field, recorded, replayed)


def same_bits(one: object, other: object) -> bool:
    """Whether two values are the same; numbers to the last bit and the sign of zero."""
    if isinstance(one, float) and isinstance(other, (float, int)):
        return struct.pack("<d", one) == struct.pack("<d", other)
    if isinstance(other, float) and isinstance(one, int):
        return same_bits(other, one)
    return one == other
