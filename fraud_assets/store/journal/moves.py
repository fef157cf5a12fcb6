"""Which moves of production are allowed, and what their record says. Pure: touches no file."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fraud_assets.documents.signed.move import FORMAT, Move, MoveKind, Override
from fraud_assets.documents.unread import readable
from fraud_assets.errors import RefusedError, StoreError
from fraud_assets.store import texts
from fraud_assets.store.clock import timestamp
from fraud_assets.store.journal.owner import contract_of
from fraud_assets.store.journal.position import Position
from fraud_assets.store.versions.verified import Verified
from fraud_assets.store.versions.version import read_as_of

AHEAD = timedelta(days=1)
"""How far `as_of` may lie ahead of this machine's clock: zones and clocks differ by hours."""


def draft(
    now: Position | None,
    verified: Verified,
    *,
    kind: MoveKind,
    actor: str,
    reason: str,
    override: Override | None = None,
) -> Move:
    """The unsigned record of the move from `now` to a verified version.

    Raises
    ------
    StoreError
        If actor or reason will not do, `as_of` is no date, or a promotion names what serves.
    """
    last = None if now is None else now.move
    if kind == "promotion" and last is not None and last.version == verified.version:
        raise StoreError(f"{verified.version} serves already; nothing was changed.")
    who, why, at = texts.actor(actor), texts.reason(reason), timestamp()
    as_of = str(verified.metadata.as_of)
    read_as_of(as_of)
    return Move(
        format=FORMAT,
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        version=verified.version,
        digest=verified.digest,
        manifest=verified.manifest,
        as_of=as_of,
        promoted_at=at,
        actor=who,
        reason=why,
        override=Override(actor=who, reason=why, at=at) if kind == "override" else override,
        previous=last.version if last else None,
        previous_line=now.mark.line if now else None,
        store=now.store if now else secrets.token_hex(16),
        contract=contract_of(verified),
    )


def refuse_unfit(verified: Verified, now: Position | None) -> None:
    """Refuse to promote what was not judged fit, or is of a week before production's.

    Raises
    ------
    RefusedError
        If so, or if its week lies in the future.
    """
    decision = readable(lambda: verified.metadata.verdict.decision)
    if decision != "promote":
        raise RefusedError(
            f"The verdict of {verified.version} must be 'promote', it is {decision!r}: it may "
            f"serve only by {texts.override_of(verified.version)}."
        )
    as_of, clock = str(verified.metadata.as_of), datetime.now(UTC)
    if read_as_of(as_of) > clock + AHEAD:
        raise RefusedError(
            f"as_of must not lie ahead of this machine's clock, {clock:%Y-%m-%dT%H:%M}Z, by more "
            f"than a day, {verified.version} has {as_of}: look for event times in the future."
        )
    standing = None if now is None else standing_as_of(now.move)
    if standing is not None and read_as_of(as_of) < read_as_of(standing):
        raise RefusedError(
            f"as_of must not be older than production's {standing}, {verified.version} has "
            f"{as_of}: a past week never replaces a later one; to go back, roll back."
        )


def standing_as_of(move: Move) -> str:
    """The week of what serves, ISO, as far as it binds later weeks.

    A week that lay in the future when it was promoted counts as the moment of its promotion, so
    that a wrong clock or event time cannot lock production out.
    """
    is_ahead = read_as_of(move.as_of) > read_as_of(move.promoted_at) + AHEAD
    return move.promoted_at if is_ahead else move.as_of


def refuse_rolled_back(digest: str, moves: Sequence[Move]) -> None:
    """Refuse to promote by itself what a person has rolled back.

    Raises
    ------
    RefusedError
        If these very bytes were rolled back and no person has put them back since.
    """
    left: dict[str, tuple[Move, Move]] = {}
    for before, move in itertools.pairwise(moves):
        if move.kind == "rollback" and before.digest != move.digest:
            left[before.digest] = before, move
        if move.kind != "promotion":
            left.pop(move.digest, None)
    if digest in left:
        served, back = left[digest]
        raise RefusedError(
            f"These very bytes served as {served.version} until {texts.printable(back.actor)} "
            f"rolled them back at {back.promoted_at} ({texts.printable(back.reason)}): they return "
            f"only by a person, {texts.override_of(served.version)}."
        )


def refuse_moved(now: Position | None, expected: str | None) -> None:
    """Refuse to move production from where the caller did not expect it.

    Raises
    ------
    StoreError
        If another version serves than `expected`; None means that none does.
    """
    serving = now.move.version if now else None
    if serving != expected:
        raise StoreError(
            f"Production has moved: {expected or 'nothing'} was expected to serve, "
            f"{serving or 'nothing'} does; judge against that and run again."
        )


def served_before(moves: Sequence[Move]) -> str:
    """What served when the current version was last put there by a promotion or override.

    Raises
    ------
    StoreError
        If nothing did.
    """
    if not moves:
        raise StoreError("Nothing has ever been promoted, so there is nothing to roll back.")
    version = moves[-1].version
    before = put_in_place_of(version, moves)
    if before is None:
        raise StoreError(f"Nothing served before {version}, so there is nothing to roll back to.")
    return before


def put_in_place_of(version: str, moves: Sequence[Move]) -> str | None:
    """What served when a version was last promoted or overridden; None where nothing did."""
    put = [move for move in moves if move.version == version and move.kind != "rollback"]
    return put[-1].previous if put else None


def last_move_to(version: str, moves: Sequence[Move]) -> Move:
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
        f"{texts.printable(version)} has never served, so nothing can be rolled back to it; "
        "`fraud-assets models list` names what has."
    )
