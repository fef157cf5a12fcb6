"""Which versions may go. Pure: touches no file; `Store.prune` removes them, on record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError
from fraud_assets.store.journal.moves import put_in_place_of
from fraud_assets.store.versions.version import PREFIX, check_version

KEPT = 12
"""Versions kept that served last: more than the champions that a candidate is compared with."""

KEPT_REFUSED = 12
"""Refused candidates kept, the newest."""


@dataclass(frozen=True)
class Keep:
    """What stays beside what serves: how many that served, how many refused, and whatever is named.

    `refused_days` lets go of refused candidates that are older, also among the newest.
    """

    served: int = KEPT
    refused: int = KEPT_REFUSED
    refused_days: int | None = None
    named: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in self.named:
            check_version(name)
        if self.served < 1 or self.refused < 0 or (self.refused_days or 0) < 0:
            raise StoreError(
                f"At least 1 version that served must be kept and no negative number of anything, "
                f"got {self.served}, {self.refused} refused, {self.refused_days} days."
            )


def versions_to_go(versions: Iterable[str], moves: Sequence[Move], keep: Keep) -> list[str]:
    """The store's versions that neither serve, nor may be rolled back to, nor are named."""
    staying = wanted_by_rollback(moves, keep.served) | keep.named
    return sorted(set(versions) - staying)


def wanted_by_rollback(moves: Sequence[Move], most: int) -> set[str]:
    """What serves, what served last, and what as many rollbacks in a row would lead to."""
    last = list(dict.fromkeys(move.version for move in reversed(moves)))
    wanted = set(last[:most])
    back = last[0] if last else None
    for _ in range(most):
        back = None if back is None else put_in_place_of(back, moves)
        wanted |= set() if back is None else {back}
    return wanted


def refused_to_go(refused: Iterable[str], keep: Keep, now: datetime) -> list[str]:
    """The refused candidates beyond the newest ones, or older than they may be."""
    newest = sorted(refused, reverse=True)
    going = set(newest[keep.refused :])
    if keep.refused_days is not None:
        oldest = now - timedelta(days=keep.refused_days)
        going |= {version for version in newest if _made_at(version) < oldest}
    return sorted(going - keep.named)


def _made_at(version: str) -> datetime:
    stamp = version.removeprefix(PREFIX)
    try:
        return datetime.strptime(stamp, "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
