"""The model store: immutable signed versions, one pointer to the one that serves, a log of moves.

    models/
      latest.json  promotions.jsonl                 the journal
      fraud_detector_<YYYYmmdd_HHMMSS>/             a version
    refused/                                        beside models/, the refused candidates

Here: which version serves, and how that changes. The versions themselves: `archive`.
"""

from __future__ import annotations

from dataclasses import dataclass

from fraud_assets.errors import StoreError
from fraud_assets.store import moves, staging
from fraud_assets.store.archive import Archive, default_root
from fraud_assets.store.pointer import Kind, Pointer
from fraud_assets.store.staging import Staged
from fraud_assets.store.version import Verified

__all__ = ["Store", "default_root"]


@dataclass(frozen=True)
class Store(Archive):
    """An archive of versions, of which one serves."""

    def current(self) -> Pointer | None:
        """What serves now, signature verified; None before the first promotion.

        Raises
        ------
        StoreError
            If pointer and log are damaged, edited, or disagree.
        """
        return self._journal.current()

    def history(self) -> list[Pointer]:
        """Every promotion, rollback and override, oldest first; the whole chain is verified."""
        return self._journal.history()

    def release(self, staged: Staged, *, expected: str | None, actor: str, reason: str) -> Pointer:
        """Make a staged version visible and promote it in one step; see `promote`.

        A failure leaves it staged, so that the caller may refuse or discard it.
        """
        with self._writing():
            verified = self._verify_staged(staged)
            now = self._expect(expected)
            moves.refuse_unfit(verified, now)
            record = moves.draft(now, verified, kind="promotion", actor=actor, reason=reason)
            pointer = self._move(record, staged)
            staging.discard(staged)
        return pointer

    def promote(
        self,
        version: str,
        *,
        expected: str | None,
        actor: str,
        reason: str,
        kind: Kind = "promotion",
    ) -> Pointer:
        """Point production at a version of the store, if `expected` serves until now.

        `expected` None means that nothing serves yet. A promotion demands a signed verdict to
        promote and an `as_of` not older than production's; an override demands neither and may
        name a refused candidate, which is copied into the store with its refusal.

        Raises
        ------
        RefusedError
            If the verdict is another, or `as_of` is older than production's.
        TrustError
            If the version does not verify.
        StoreError
            If production has moved, the version serves already or does not exist.
        """
        if kind == "rollback":
            return self.rollback(version, actor=actor, reason=reason)
        with self._writing():
            now = self._expect(expected)
            staged = self._reserved_for_refused(version) if kind == "override" else None
            try:
                verified = self.verify(version) if staged is None else self._copy_refused(staged)
                if kind == "promotion":
                    moves.refuse_unfit(verified, now)
                record = moves.draft(now, verified, kind=kind, actor=actor, reason=reason)
                return self._move(record, staged)
            finally:
                if staged is not None:
                    staging.discard(staged)

    def rollback(self, to: str | None = None, *, actor: str, reason: str) -> Pointer:
        """Point production back at `to`, or at what served before the current version did.

        Also mends a pointer that is missing or does not hold, from the log's last line; `to`
        must be named then.

        Raises
        ------
        StoreError
            If there is nothing to go back to, or `to` never served.
        TrustError
            If the version does not verify, or the log does not hold.
        """
        with self._writing():
            now, past = self._mendable(to)
            last = moves.last_move_to(to or moves.served_before(past), past)
            verified = self.verify(last)
            record = moves.draft(
                now, verified, kind="rollback", actor=actor, reason=reason, override=last.override
            )
            return self._move(record, None)

    def _reserved_for_refused(self, version: str) -> Staged | None:
        """Room for a refused candidate; None where there is none or the store has it already."""
        if (self.root / version).exists() or version not in self.refused_versions():
            return None
        return staging.reserve_name(self.root, version)

    def _copy_refused(self, staged: Staged) -> Verified:
        """Stage a refused candidate for the store as it is, signature and refusal included."""
        staging.copy_into(staged, self.verify_refused(staged.version))
        return self._verify_staged(staged)

    def _expect(self, expected: str | None) -> Pointer | None:
        now = self.current()
        moves.refuse_moved(now, expected)
        return now

    def _mendable(self, to: str | None) -> tuple[Pointer | None, list[Pointer]]:
        """The last move and all moves; from the log alone where the pointer does not hold."""
        try:
            return self.current(), self.history()
        except StoreError:
            if to is None:
                raise
        past = self._journal.logged()
        return (past[-1] if past else None), past

    def _move(self, record: Pointer, staged: Staged | None) -> Pointer:
        if staged is None:
            return self._journal.move(record, _nothing, _nothing)
        return self._journal.move(
            record,
            lambda: self._models.place(staged),
            lambda: self._models.take_back(staged),
        )


def _nothing() -> None:
    """What a move of a version already in place has to do beforehand."""
