"""Whether an entry can be read back once it is written: what cannot would spoil its whole block.

Decoding each line would tell as well, at four times the cost of writing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from fraud_assets.documents.decision import Decision, Label, Shadow, Shadowed
from fraud_assets.errors import RecordError

_PLAIN = frozenset((str, float, int, bool, type(None)))


def demand_sound(entry: Decision | Shadowed | Label) -> None:
    """Demand numbers that are numbers, whole instants, and single values in payment and features.

    Raises
    ------
    RecordError
        If something else stands there; names the field.
    """
    if type(entry) is Label:
        fault = _not_whole(entry, ("known_at", "received_at"))
    elif type(entry) is Shadowed:
        fault = _unsound(entry.shadow) or _not_whole(entry, ("scored_at",))
    else:
        fault = _fault(entry)  # type: ignore[arg-type]
    if fault:
        raise _unsound_entry(fault)


def demand_numbers(name: str, found: Sequence[float]) -> None:
    """Demand that a field of entries is a number; raises RecordError, which names it."""
    if not all(map(isfinite, found)):
        raise _unsound_entry(f"{name} {next(one for one in found if not isfinite(one))}")


def _unsound_entry(fault: str) -> RecordError:
    return RecordError(
        f"An entry of the decision log must be one that can be read back, got {fault}: this is a "
        "fault of the software that made it."
    )


def _fault(entry: Decision) -> str:
    if not (isfinite(entry.probability) and isfinite(entry.threshold)):
        return f"probability {entry.probability} and threshold {entry.threshold}"
    for values in (entry.payment, entry.features):
        if not _PLAIN.issuperset(map(type, values.values())):
            return f"values {values!r:.200}"
    for reason in entry.reasons:
        if not (isfinite(reason.contribution) and isfinite(reason.percentile)):
            return f"reason {reason!r:.200}"
    for shadow in entry.shadow:
        if fault := _unsound(shadow):
            return fault
    return _not_whole(entry, ("decided_at", "latency_us"))


def _unsound(shadow: Shadow) -> str:
    return "" if isfinite(shadow.probability) else f"shadow {shadow!r:.200}"


def _not_whole(entry: Decision | Shadowed | Label, names: tuple[str, ...]) -> str:
    for name in names:
        if type(getattr(entry, name)) is not int:
            return f"{name} {getattr(entry, name)!r}"
    return ""
