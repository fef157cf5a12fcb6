"""Which version is the shadow, and which one waits in it for its promotion.

A version that passed the gate may have to score live payments beside production first. It then
lies in the store and is named as the shadow with its days, signed; it serves by a later move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from fraud_assets.documents.signed.move import Move
from fraud_assets.documents.signed.shadow_naming import ShadowNaming
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store import texts
from fraud_assets.store.files import one_sentence
from fraud_assets.store.journal import moves
from fraud_assets.store.journal.position import Position
from fraud_assets.store.journal.shadows import ShadowNamings
from fraud_assets.store.storage.port import Staged
from fraud_assets.store.versions.verified import Verified
from fraud_assets.store.writer import ArchiveWriter

Judge: TypeAlias = Callable[[Verified], None]
"""Decides again, from a version's own verified files, whether it may serve; raises if not."""


@dataclass(frozen=True)
class ShadowStore(ArchiveWriter):
    """An archive with a version that serves and one that may be its shadow."""

    def shadow(self) -> str | None:
        """The version that a person named as the shadow; None where the newest is meant.

        Raises
        ------
        StoreError
            If the journal or the namings do not hold.
        """
        now = self.position()
        named = None if now is None else self._shadows.last(now.store)
        return None if named is None else named.version or None

    def name_shadow(self, version: str | None, *, actor: str, reason: str) -> ShadowNaming:
        """Let a version of the store, or a refused one, be the shadow; None: the newest again.

        Raises
        ------
        TrustError
            If the version does not verify, or the journal does not hold.
        StoreError
            If it does not exist or serves, or nothing serves yet.
        """
        who, why = texts.actor(actor), texts.reason(reason)
        with self._writing():
            now = self.position()
            if now is None or version == now.move.version:
                raise StoreError(
                    "A shadow scores beside another version that serves, and "
                    f"{'none serves yet' if now is None else f'{version} serves itself'}: name "
                    "another, `fraud-assets models list` shows all."
                )
            verified = None if version is None else self._verify_any(version)
            return self._shadows.add(verified, now.store, who, why)

    def waiting(self) -> ShadowNaming | None:
        """What waits in shadow for its promotion; None where nothing does.

        It waits no longer once it served, another version is named, or a newer one was promoted.

        Raises
        ------
        StoreError
            If the journal or the namings do not hold.
        """
        now = self.position()
        named = None if now is None else self._shadows.last(now.store)
        if now is None or named is None or not named.waits_days:
            return None
        ended = any(
            move.manifest == named.manifest
            or (move.kind == "promotion" and move.promoted_at > named.at)
            for move in now.moves
        )
        return None if ended else named

    def hold(
        self, staged: Staged, *, days: int, expected: str, actor: str, reason: str, judge: Judge
    ) -> ShadowNaming:
        """Make a staged version visible as the shadow that waits `days`, if `expected` serves.

        Demands all that `Store.release` demands, and moves nothing. Whatever waited before waits
        no longer. Killed in between, the version lies in the store and never serves.

        Raises
        ------
        RefusedError
            If the candidate may not serve.
        TrustError
            If it does not verify.
        StoreError
            If production has moved, or the store belongs to another contract.
        """
        who, why = texts.actor(actor), texts.reason(reason)
        with self._writing():
            verified = self._verify_staged(staged)
            now = self._expect(expected)
            assert now is not None  # `expected` serves
            self._demand_fit(verified, now)
            judge(verified)
            with one_sentence("make visible", self.where(staged.version)):
                self.storage.publish(staged)
            naming = self._shadows.add(verified, now.store, who, why, days)
            self.storage.discard(staged)
        return naming

    def promote_waiting(self, version: str, *, expected: str, actor: str, reason: str) -> Move:
        """Promote what waits in shadow, if it is `version` and `expected` serves until now.

        Raises
        ------
        RefusedError
            If it may not serve.
        TrustError
            If it does not verify, or is not what was named.
        StoreError
            If something else waits or serves.
        """
        with self._writing():
            now, waits = self._expect(expected), self._demand_waiting(version)
            assert now is not None  # `expected` serves
            verified = self.verify(version)
            if verified.manifest != waits.manifest:
                raise TrustError(
                    f"{version} must be what was named to wait in shadow, {waits.manifest[:12]}, "
                    f"it is {verified.manifest[:12]}: restore it from a backup."
                )
            self._demand_fit(verified, now)
            return self._move(
                moves.draft(now, verified, kind="promotion", actor=actor, reason=reason), None
            )

    def stop_waiting(self, version: str, *, actor: str, reason: str) -> ShadowNaming:
        """Let a version wait no longer: it stays in the store, and serves by an override alone.

        Raises
        ------
        StoreError
            If something else waits.
        """
        with self._writing():
            store = self._demand_waiting(version).store
            return self._shadows.add(None, store, texts.actor(actor), texts.reason(reason))

    def _demand_waiting(self, version: str) -> ShadowNaming:
        waits = self.waiting()
        if waits is None or waits.version != version:
            raise StoreError(
                f"{version} must wait in shadow, {waits.version if waits else 'nothing'} does: "
                "look again."
            )
        return waits

    def _demand_fit(self, verified: Verified, now: Position) -> None:
        self._demand_own(verified, now)
        moves.refuse_unfit(verified, now)
        moves.refuse_rolled_back(verified.digest, now.moves)

    @property
    def _shadows(self) -> ShadowNamings:
        return ShadowNamings(self.storage, self.keys)

    def _verify_any(self, version: str) -> Verified:
        """A version of the store, or else a refused one."""
        return self.verify(version) if version in self.versions() else self.verify_refused(version)

    def _expect(self, expected: str | None) -> Position | None:
        now = self.position()
        moves.refuse_moved(now, expected)
        return now

    def _move(self, record: Move, staged: Staged | None) -> Move:
        moved = self._journal.move(record, staged)
        self._marks.remember(moved)
        return moved.move
