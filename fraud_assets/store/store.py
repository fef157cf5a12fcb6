"""The model store: immutable signed versions, one pointer to the one that serves, a log of moves.

    models/
      latest.json  promotions.jsonl                 the journal
      fraud_detector_<YYYYmmdd_HHMMSS>/             a version
      refused/                                      the refused candidates

Here: which version serves, and how that changes. Which one is its shadow, or waits in it:
`waiting`. The versions themselves: `archive`, `writer`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fraud_assets.documents.signed.move import Move
from fraud_assets.documents.signed.removal import Removal
from fraud_assets.errors import StoreError
from fraud_assets.store import texts
from fraud_assets.store.archive import REFUSED
from fraud_assets.store.files import one_sentence
from fraud_assets.store.journal import moves
from fraud_assets.store.journal.owner import demand_owner
from fraud_assets.store.journal.position import Position
from fraud_assets.store.journal.removals import Removals
from fraud_assets.store.places import default_root, stores_under
from fraud_assets.store.pruning import Keep, refused_to_go, versions_to_go
from fraud_assets.store.storage.port import Staged
from fraud_assets.store.versions import staging
from fraud_assets.store.versions.verified import Verified
from fraud_assets.store.waiting import Judge, ShadowStore

__all__ = ["Judge", "Store", "default_root", "stores_under"]


@dataclass(frozen=True)
class Store(ShadowStore):
    """An archive of versions, of which one serves."""

    def current(self) -> Move | None:
        """What serves now, signature verified; None before the first promotion.

        Raises
        ------
        StoreError
            If pointer and log are damaged, edited, disagree, or were replaced by older ones.
        """
        now = self.position()
        return None if now is None else now.move

    def history(self, *, is_thorough: bool = False) -> list[Move]:
        """Every promotion, rollback and override, oldest first, the whole chain verified.

        The last signature vouches for the records before it; `is_thorough` checks each one's.
        """
        found = self.position()
        if found is not None and is_thorough:
            self._journal.demand_signed(found)
        return [] if found is None else found.moves

    def demand_promotable(self, contract: str, digest: str) -> None:
        """Demand that a candidate of this contract, with this pipeline, could be promoted at all.

        Raises
        ------
        StoreError
            If the store belongs to another contract.
        RefusedError
            If this very pipeline was rolled back, and no person has put it back since.
        """
        now = self.position()
        demand_owner(self._owner(now), contract, self.root)
        moves.refuse_rolled_back(digest, _moves(now))

    def release(
        self, staged: Staged, *, expected: str | None, actor: str, reason: str, judge: Judge
    ) -> Move:
        """Make a staged version visible and promote it, if `expected` serves until now.

        `expected` None means that nothing serves yet. `judge` decides again from the verified
        files; the store itself demands a signed verdict to promote, a week that is neither older
        than production's nor in the future, the store's own contract, and that nobody has rolled
        the pipeline back. A failure leaves it staged, so that the caller may refuse or discard it.

        Raises
        ------
        RefusedError
            If the candidate may not serve.
        TrustError
            If it does not verify.
        StoreError
            If production has moved, or the store belongs to another contract.
        """
        with self._writing():
            verified = self._verify_staged(staged)
            now = self._expect(expected)
            self._demand_own(verified, now)
            moves.refuse_unfit(verified, now)
            moves.refuse_rolled_back(verified.digest, _moves(now))
            judge(verified)
            record = moves.draft(now, verified, kind="promotion", actor=actor, reason=reason)
            move = self._move(record, staged)
            self.storage.discard(staged)
        return move

    def override(self, version: str, *, actor: str, reason: str, is_restored: bool = False) -> Move:
        """Put a version past the gate, on record, whatever serves until now.

        It may be one of the store's, or a refused candidate, which is copied into the store with
        its refusal. `is_restored` accepts a store whose journal is missing or older than seen,
        such as one out of a backup.

        Raises
        ------
        TrustError
            If the version does not verify, or the journal does not hold.
        StoreError
            If the version does not exist or is another contract's.
        """
        with self._writing():
            now = self._journal.position() if is_restored else self.position()
            staged = self._reserved_for_refused(version)
            try:
                verified = self.verify(version) if staged is None else self._copy_refused(staged)
                self._demand_own(verified, now)
                record = moves.draft(now, verified, kind="override", actor=actor, reason=reason)
                return self._move(record, staged)
            finally:
                if staged is not None:
                    self.storage.discard(staged)

    def rollback(
        self,
        to: str | None = None,
        *,
        actor: str,
        reason: str,
        is_restored: bool = False,
        expected: str | None = None,
    ) -> Move:
        """Point production back at `to`, or at what served before the current version did.

        Also mends a pointer that is missing or does not hold, from the log's last line; `to`
        must be named then. `is_restored` accepts a journal that is older than was seen, such as
        one out of a backup. Where `expected` is given, it must be what serves until then.

        Raises
        ------
        StoreError
            If there is nothing to go back to, `to` never served or is another contract's, or
            something else serves than expected.
        TrustError
            If the version does not verify, or the log does not hold.
        """
        with self._writing():
            now = self._mendable(to, is_restored=is_restored)
            if expected is not None:
                moves.refuse_moved(now, expected)
            past = _moves(now)
            last = moves.last_move_to(to or moves.served_before(past), past)
            verified = self.verify(last)
            self._demand_own(verified, now)
            record = moves.draft(
                now, verified, kind="rollback", actor=actor, reason=reason, override=last.override
            )
            return self._move(record, None)

    def removals(self) -> list[Removal]:
        """What was pruned, oldest first, signatures verified."""
        now = self.position()
        return [] if now is None else self._removals.all(now.store)

    def prune(self, keep: Keep, *, actor: str, reason: str, is_trial: bool = False) -> list[str]:
        """Remove what neither serves, nor may be rolled back to, nor is kept otherwise, on record.

        Returns the names, refused candidates as `refused/<version>`; `is_trial` removes nothing.

        Raises
        ------
        StoreError
            If the journal does not hold, actor or reason will not do, or the disk refuses.
        """
        who, why = texts.actor(actor), texts.reason(reason)
        with self._writing():
            now = self.position()
            if (shadow := self.shadow()) is not None:
                keep = replace(keep, named=keep.named | {shadow})
            unneeded = versions_to_go(self.versions(), _moves(now), keep)
            refused = refused_to_go(self.refused_versions(), keep, datetime.now(UTC))
            going = [] if now is None else unneeded
            if not is_trial and now is not None:
                for name in going:
                    self._removals.add(self._models, name, now.store, who, why)
                    self._models.remove(name)
            for name in [] if is_trial else refused:
                self._home_of_refused(name).remove(name)
        return [*going, *(f"{REFUSED}/{name}" for name in refused)]

    @property
    def _removals(self) -> Removals:
        return Removals(self.storage, self.keys)

    def _reserved_for_refused(self, version: str) -> Staged | None:
        """Room for a refused candidate; None where there is none or the store has it already."""
        if version in self.versions() or version not in self.refused_versions():
            return None
        staged = staging.begin_version(self._models, version)
        if staged is None:
            raise StoreError(f"{self.where(version)} is in use by another process: run again.")
        return staged

    def _copy_refused(self, staged: Staged) -> Verified:
        """Stage a refused candidate for the store as it is, signature and refusal included."""
        refused = self.verify_refused(staged.version)
        with one_sentence("write", staged.path):
            refused.copy_to(staged.path)
        return self._verify_staged(staged)

    def _mendable(self, to: str | None, *, is_restored: bool) -> Position | None:
        """Where the journal stands; from the log alone where the pointer does not hold."""
        try:
            return self._journal.position() if is_restored else self.position()
        except StoreError:
            found = None if to is None else self._journal.logged()
            if found is None:
                raise
        if not is_restored:
            self._marks.demand_fresh(found)
        return found


def _moves(position: Position | None) -> list[Move]:
    return [] if position is None else position.moves
