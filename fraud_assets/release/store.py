"""The model store: immutable signed versions, one pointer to the one that serves, a log of moves.

    models/
      latest.json  promotions.jsonl                 the journal
      fraud_detector_<YYYYmmdd_HHMMSS>/             complete or absent
    refused/                                        beside models/, same shape

Every writer takes the store's lock and first sweeps up what a crash left. Readers take no lock
and need the public key only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fraud_assets.errors import RefusedError, StoreError, TrustError
from fraud_assets.release import staging
from fraud_assets.release.files import flush_folder, one_sentence
from fraud_assets.release.journal import Journal
from fraud_assets.release.keys import Keys
from fraud_assets.release.lock import exclusive
from fraud_assets.release.pointer import FORMAT, Kind, Override, Pointer
from fraud_assets.release.staging import Content, Staged
from fraud_assets.release.version import (
    Verified,
    check_version,
    is_version,
    read_as_of,
    verify_version,
)

_LOCK = ".lock"


def default_root() -> Path:
    """The store named by `FRAUD_ASSETS_MODELS`, else `models/`."""
    return Path(os.environ.get("FRAUD_ASSETS_MODELS") or "models")


@dataclass(frozen=True)
class Store:
    """The store in `root`, signed and verified with `keys`, which must lie outside it."""

    root: Path
    keys: Keys

    def __post_init__(self) -> None:
        inside = self.keys.folder.resolve()
        for folder in (self.root.resolve(), self.refused.resolve()):
            if inside.is_relative_to(folder):
                raise StoreError(
                    f"The signing keys must lie outside the store {folder}, got {inside}: name "
                    "another folder with FRAUD_ASSETS_KEYS."
                )

    @classmethod
    def default(cls, root: Path | None = None) -> Store:
        """The store and keys that the environment names; `root` overrides the former."""
        return cls(root or default_root(), Keys.default())

    @property
    def refused(self) -> Path:
        """Folder of the refused candidates."""
        return self.root.absolute().parent / "refused"

    # Reading

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

    def versions(self) -> list[str]:
        """The versions in the store, oldest first, verified or not."""
        return _versions_in(self.root)

    def refused_versions(self) -> list[str]:
        """The refused candidates, oldest first, verified or not."""
        return _versions_in(self.refused)

    def verify(self, version: str | Pointer) -> Verified:
        """Verify a version's signature, file list and digests; of a pointer also that they agree.

        Raises
        ------
        TrustError
            If anything does not hold; names every file at fault.
        StoreError
            If there is no such version.
        """
        name = version if isinstance(version, str) else version.version
        verified = self._verify_in(self.root, name)
        found = (verified.digest, verified.manifest)
        if isinstance(version, Pointer) and found != (version.digest, version.manifest):
            raise TrustError(
                f"{name} is not the one that was promoted: its files were signed anew since; "
                "publish it as a version of its own."
            )
        return verified

    def verify_refused(self, version: str) -> Verified:
        """Like `verify`, for a refused candidate."""
        return self._verify_in(self.refused, version)

    # Adding

    def stage(
        self, files: Content, metadata: Mapping[str, Any], *, now: datetime | None = None
    ) -> Staged:
        """Write and sign a version beside the store's visible ones; `commit` or `release` shows it.

        `metadata` needs what INTERFACES name except `format`, `version`, `digest` and `files`,
        which are filled in. The caller owes `discard`, `commit` or `release`.

        Raises
        ------
        StoreError
            If a file name or the metadata will not do, or the disk refuses.
        """
        return self._stage_in(self.root, files, metadata, now)

    def restage(self, staged: Staged, files: Content, metadata: Mapping[str, Any]) -> None:
        """Replace what is staged, keeping its version: such as when the proof completes it."""
        staging.seal(staged, files, metadata, self.keys)

    def discard(self, staged: Staged) -> None:
        """Give up what is staged."""
        staging.discard(staged)

    def commit(self, staged: Staged) -> str:
        """Make a staged version visible without promoting it; returns its name."""
        with self._writing():
            verify_version(staged.path, self.keys.public_key())
            self._place(staged)
        staging.discard(staged)
        return staged.version

    def add(
        self, files: Content, metadata: Mapping[str, Any], *, now: datetime | None = None
    ) -> str:
        """Stage and commit: a complete, signed version or none; returns its name."""
        return self.commit(self.stage(files, metadata, now=now))

    def refuse(
        self,
        files: Content,
        metadata: Mapping[str, Any],
        *,
        reason: str,
        now: datetime | None = None,
    ) -> str:
        """Keep a refused candidate under `refused/`, signed with its refusal; returns its name."""
        refusal = {"reason": _said(reason, "reason"), "at": _now()}
        staged = self._stage_in(self.refused, files, {**metadata, "refusal": refusal}, now)
        with self._writing():
            self._place(staged)
        staging.discard(staged)
        return staged.version

    # Moving production

    def release(self, staged: Staged, *, expected: str | None, actor: str, reason: str) -> Pointer:
        """Make a staged version visible and promote it in one step; see `promote`.

        A failure leaves it staged, so that the caller may refuse or discard it.
        """
        with self._writing():
            verified = verify_version(staged.path, self.keys.public_key())
            now = self._expect(expected)
            _refuse_unfit(verified, now)
            pointer = self._move(
                now, verified, staged=staged, kind="promotion", actor=actor, reason=reason
            )
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
            staged = self._copy_of_refused(version) if kind == "override" else None
            try:
                verified = self.verify(version) if staged is None else self._verify_staged(staged)
                if kind == "promotion":
                    _refuse_unfit(verified, now)
                return self._move(
                    now, verified, staged=staged, kind=kind, actor=actor, reason=reason
                )
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
            now, moves = self._mendable(to)
            target = to or _served_before(moves)
            served = [move for move in moves if move.version == target]
            if not served:
                raise StoreError(
                    f"{target} has never served, so nothing can be rolled back to it; "
                    "`fraud-assets models list` names what has."
                )
            verified = self.verify(served[-1])
            return self._move(
                now,
                verified,
                kind="rollback",
                actor=actor,
                reason=reason,
                override=served[-1].override,
            )

    def sweep(self) -> list[str]:
        """Remove or finish what crashes left behind; returns sentences of what was done."""
        with self._writing() as done:
            return done

    # Parts

    @property
    def _journal(self) -> Journal:
        return Journal(self.root, self.keys)

    @contextmanager
    def _writing(self) -> Iterator[list[str]]:
        """The store's lock, with keys at hand and everything swept."""
        self.keys.ensure()
        with one_sentence("write to the store", self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        with exclusive(self.root / _LOCK):
            with one_sentence("sweep the store", self.root):
                done = self._journal.recover(self._is_in_place)
                for folder in (self.root, self.refused):
                    swept = staging.sweep_staging(folder)
                    done += [f"removed the unfinished {version}" for version in swept]
            yield done

    def _is_in_place(self, pointer: Pointer) -> bool:
        try:
            self.verify(pointer)
        except StoreError:
            return False
        return True

    def _verify_in(self, folder: Path, version: str) -> Verified:
        check_version(version)
        if not (folder / version).exists():
            raise StoreError(
                f"There is no {version} in {folder}; `fraud-assets models list` names all."
            )
        return verify_version(folder / version, self.keys.public_key())

    def _verify_staged(self, staged: Staged) -> Verified:
        return verify_version(staged.path, self.keys.public_key())

    def _stage_in(
        self, folder: Path, files: Content, metadata: Mapping[str, Any], now: datetime | None
    ) -> Staged:
        with self._writing():
            with one_sentence("write to the store", folder):
                folder.mkdir(parents=True, exist_ok=True)
            staged = staging.reserve(folder, self._is_taken, now)
        try:
            staging.seal(staged, files, metadata, self.keys)
        except BaseException:
            staging.discard(staged)
            raise
        return staged

    def _is_taken(self, version: str) -> bool:
        names = (version, f".staging-{version}")
        return any((root / name).exists() for root in (self.root, self.refused) for name in names)

    def _copy_of_refused(self, version: str) -> Staged | None:
        """A refused candidate staged for the store as it is; None where the store has it."""
        if not is_version(version) or (self.root / version).exists():
            return None
        if not (self.refused / version).exists():
            return None
        source = self.verify_refused(version)
        staged = staging.reserve_name(self.root, version)
        staging.copy_into(staged, source)
        return staged

    def _place(self, staged: Staged) -> None:
        """Rename a staged version to where it is visible; never over another."""
        target = staged.path.parent.parent / staged.version
        if target.exists():
            raise StoreError(f"{target} exists, and versions are never overwritten: run again.")
        with one_sentence("make visible", target):
            staged.path.rename(target)
            flush_folder(target.parent)

    def _expect(self, expected: str | None) -> Pointer | None:
        now = self.current()
        if (now.version if now else None) != expected:
            raise StoreError(
                f"Production has moved: {expected or 'nothing'} was expected to serve, "
                f"{now.version if now else 'nothing'} does; judge against that and run again."
            )
        return now

    def _mendable(self, to: str | None) -> tuple[Pointer | None, list[Pointer]]:
        """The last move and all moves; from the log alone where the pointer does not hold."""
        try:
            return self.current(), self.history()
        except StoreError:
            if to is None:
                raise
        moves = self._journal.logged()
        return (moves[-1] if moves else None), moves

    def _move(
        self,
        now: Pointer | None,
        verified: Verified,
        *,
        kind: Kind,
        actor: str,
        reason: str,
        staged: Staged | None = None,
        override: Override | None = None,
    ) -> Pointer:
        if kind == "promotion" and now is not None and now.version == verified.version:
            raise StoreError(f"{verified.version} serves already; nothing was changed.")
        who, why, at = _said(actor, "actor"), _said(reason, "reason"), _now()
        draft = Pointer(
            format=FORMAT,
            sequence=now.sequence + 1 if now else 1,
            kind=kind,
            version=verified.version,
            digest=verified.digest,
            manifest=verified.manifest,
            as_of=str(verified.metadata.get("as_of")),
            promoted_at=at,
            actor=who,
            reason=why,
            override=Override(actor=who, reason=why, at=at) if kind == "override" else override,
            previous=now.version if now else None,
            previous_line=now.line_digest() if now else None,
        )
        read_as_of(draft.as_of)
        if staged is None:
            return self._journal.move(draft, _nothing, _nothing)
        target = self.root / staged.version
        return self._journal.move(
            draft, lambda: self._place(staged), lambda: _take_back(target, staged.path)
        )


def _versions_in(folder: Path) -> list[str]:
    with one_sentence("read", folder):
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if is_version(path.name))


def _refuse_unfit(verified: Verified, now: Pointer | None) -> None:
    verdict = verified.metadata.get("verdict")
    decision = verdict.get("decision") if isinstance(verdict, Mapping) else None
    if decision != "promote":
        raise RefusedError(
            f"The verdict of {verified.version} must be 'promote', it is {decision!r}: it may "
            "serve only by `fraud-assets models promote --override`."
        )
    as_of = str(verified.metadata.get("as_of"))
    if now is not None and read_as_of(as_of) < read_as_of(now.as_of):
        raise RefusedError(
            f"as_of must not be older than production's {now.as_of}, {verified.version} has "
            f"{as_of}: a past week never replaces a later one; to go back, roll back."
        )


def _served_before(moves: list[Pointer]) -> str:
    """What served when the current version was last put there by a promotion or override."""
    if not moves:
        raise StoreError("Nothing has ever been promoted, so there is nothing to roll back.")
    version = moves[-1].version
    put = [move for move in moves if move.version == version and move.kind != "rollback"]
    if not put or put[-1].previous is None:
        raise StoreError(f"Nothing served before {version}, so there is nothing to roll back to.")
    return put[-1].previous


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise StoreError(f"The {what} must be said: nobody moves production without a {what}.")
    return text.strip()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _take_back(target: Path, staged: Path) -> None:
    if target.exists() and not staged.exists():
        target.rename(staged)


def _nothing() -> None:
    """What a move of a version already in place has to do beforehand."""
