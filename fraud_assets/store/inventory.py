"""Every version of a store with its state: what serves, what served, what was refused or is gone.

Looks at signatures and metadata only, so that thousands of versions take well under a second;
`Store.verify` compares every byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from fraud_assets.documents.signed.move import Move
from fraud_assets.documents.signed.shadow_naming import earliest
from fraud_assets.documents.unread import readable
from fraud_assets.errors import StoreError
from fraud_assets.store.keys import Trusted
from fraud_assets.store.store import Store
from fraud_assets.store.texts import ROLL_BACK
from fraud_assets.store.versions.verified import Verified


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One version; what its metadata says is None where it cannot be believed or is gone."""

    version: str
    state: str
    as_of: str | None = None
    family: str | None = None
    recall: float | None = None
    precision: float | None = None
    verdict: str | None = None
    fault: str | None = None


@dataclass(frozen=True)
class Inventory:
    """All versions, every move, and what is wrong with the journal, if anything."""

    versions: tuple[Listed, ...]
    moves: tuple[Move, ...]
    fault: str | None

    @property
    def serving(self) -> str | None:
        """The version in force, as far as the journal holds."""
        return self.moves[-1].version if self.moves else None

    @property
    def gravest(self) -> str | None:
        """What must be seen to now: the journal's fault, else that of what serves."""
        faults = [row.fault for row in self.versions if row.version == self.serving]
        return self.fault or next(filter(None, faults), None)


def take_inventory(store: Store) -> Inventory:
    """List a store; a fault of one version, or of the journal, hides no other."""
    trusted = _trusted(store)
    moves, fault = _moves(store)
    waits, fault = _waiting(store, fault)
    present, states = store.versions(), states_of(moves) | waits
    rows = [
        _look(store.look_at, trusted, v, "unknown" if fault else states.get(v, "never served"))
        for v in present
    ]
    pruned, fault = _pruned(store, fault)
    rows += _gone(moves, present, pruned)
    refused = sorted(set(store.refused_versions()) - set(present))
    rows += [_look(store.look_at_refused, trusted, version, "refused") for version in refused]
    return Inventory(tuple(rows), tuple(moves), fault)


def states_of(moves: Sequence[Move]) -> dict[str, str]:
    """Of each version that ever served, whether it does now, and whether by an override."""
    last = {move.version: move for move in moves}
    serving = moves[-1].version if moves else None
    return {
        version: ("serves" if version == serving else "served")
        + (" by override" if move.override else "")
        for version, move in last.items()
    }


def _trusted(store: Store) -> Trusted | None:
    """The keys, read once; where they cannot be read each version says so."""
    try:
        return store.trusted()
    except StoreError:
        return None


def _moves(store: Store) -> tuple[list[Move], str | None]:
    try:
        return store.history(), None
    except StoreError as error:
        return [], str(error)


def _waiting(store: Store, fault: str | None) -> tuple[dict[str, str], str | None]:
    try:
        waits = None if fault else store.waiting()
    except StoreError as error:
        return {}, str(error)
    if waits is None:
        return {}, fault
    return {waits.version: f"waits in shadow until {earliest(waits)[:10]}"}, fault


def _pruned(store: Store, fault: str | None) -> tuple[set[str], str | None]:
    try:
        return ({removal.version for removal in store.removals()} if not fault else set()), fault
    except StoreError as error:
        return set(), str(error)


def _gone(moves: Sequence[Move], present: Sequence[str], pruned: set[str]) -> Iterator[Listed]:
    last, states = {move.version: move for move in moves}, states_of(moves)
    for version in sorted((last.keys() | pruned) - set(present)):
        if version in pruned and (not moves or version != moves[-1].version):
            as_of = last[version].as_of if version in last else None
            yield Listed(version=version, state="pruned", as_of=as_of)
            continue
        state, act = states[version], "restore it from a backup"
        if version == moves[-1].version:
            act += f", or roll back with {ROLL_BACK}"
        fault = f"{version} is missing, though it {state}: {act}."
        yield Listed(version=version, state="missing", as_of=last[version].as_of, fault=fault)


def _look(
    look_at: Callable[[str, Trusted | None], Verified],
    trusted: Trusted | None,
    version: str,
    state: str,
) -> Listed:
    try:
        metadata = look_at(version, trusted).metadata
    except StoreError as error:
        return Listed(version=version, state=state, fault=str(error))
    return Listed(
        version=version,
        state=state,
        as_of=readable(lambda: metadata.as_of),
        family=readable(lambda: metadata.model.family),
        recall=readable(lambda: metadata.recall),
        precision=readable(lambda: metadata.precision),
        verdict=readable(lambda: metadata.verdict.decision),
    )
