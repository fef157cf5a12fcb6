"""Which moves of production are allowed, and what their record says. Pure: touches no file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from fraud_assets.errors import RefusedError, StoreError
from fraud_assets.store.pointer import FORMAT, Kind, Override, Pointer
from fraud_assets.store.version import Verified, read_as_of


def draft(
    now: Pointer | None,
    verified: Verified,
    *,
    kind: Kind,
    actor: str,
    reason: str,
    override: Override | None = None,
) -> Pointer:
    """The unsigned record of the move from `now` to a verified version.

    Raises
    ------
    StoreError
        If actor or reason are blank, `as_of` is no date, or a promotion names what serves.
    """
    if kind == "promotion" and now is not None and now.version == verified.version:
        raise StoreError(f"{verified.version} serves already; nothing was changed.")
    who, why, at = said(actor, "actor"), said(reason, "reason"), timestamp()
    as_of = str(verified.metadata.get("as_of"))
    read_as_of(as_of)
    return Pointer(
        format=FORMAT,
        sequence=now.sequence + 1 if now else 1,
        kind=kind,
        version=verified.version,
        digest=verified.digest,
        manifest=verified.manifest,
        as_of=as_of,
        promoted_at=at,
        actor=who,
        reason=why,
        override=Override(actor=who, reason=why, at=at) if kind == "override" else override,
        previous=now.version if now else None,
        previous_line=now.line_digest() if now else None,
    )


def refuse_unfit(verified: Verified, now: Pointer | None) -> None:
    """Refuse to promote what was not judged fit, or is of a week before production's.

    Raises
    ------
    RefusedError
        If so.
    """
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


def refuse_moved(now: Pointer | None, expected: str | None) -> None:
    """Refuse to move production from where the caller did not expect it.

    Raises
    ------
    StoreError
        If another version serves than `expected`; None means that none does.
    """
    serving = now.version if now else None
    if serving != expected:
        raise StoreError(
            f"Production has moved: {expected or 'nothing'} was expected to serve, "
            f"{serving or 'nothing'} does; judge against that and run again."
        )


def served_before(moves: list[Pointer]) -> str:
    """What served when the current version was last put there by a promotion or override.

    Raises
    ------
    StoreError
        If nothing did.
    """
    if not moves:
        raise StoreError("Nothing has ever been promoted, so there is nothing to roll back.")
    version = moves[-1].version
    put = [move for move in moves if move.version == version and move.kind != "rollback"]
    if not put or put[-1].previous is None:
        raise StoreError(f"Nothing served before {version}, so there is nothing to roll back to.")
    return put[-1].previous


def last_move_to(version: str, moves: list[Pointer]) -> Pointer:
    """The last record under which a version served.

    Raises
    ------
    StoreError
        If it never did.
    """
    for move in reversed(moves):
        if move.version == version:
            return move
    raise StoreError(
        f"{version} has never served, so nothing can be rolled back to it; "
        "`fraud-assets models list` names what has."
    )


def said(text: str, what: str) -> str:
    """A text that must not be blank, trimmed."""
    if not text.strip():
        raise StoreError(f"The {what} must be said: nobody moves production without a {what}.")
    return text.strip()


def timestamp() -> str:
    """Now, ISO, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
