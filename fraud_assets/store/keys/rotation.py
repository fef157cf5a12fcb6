"""A new pair in place of the old one: introduced by the old key, or adopted where that is lost.

The order of the steps makes each crash one that `finish_rotation` can end: the new private key is
written beside, the record of the succession is appended, then the private and the public key are
replaced. From the record on the new key is trusted; before it nothing has happened.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from fraud_assets.documents.signed.succession import FORMAT, Cause, Succession
from fraud_assets.errors import TrustError
from fraud_assets.store import texts
from fraud_assets.store.clock import timestamp
from fraud_assets.store.files import flush_folder, one_sentence, write_new, write_over
from fraud_assets.store.keys.pem import load_private, load_public, new_private_pem, public_pem
from fraud_assets.store.keys.permissions import read_public, read_secret
from fraud_assets.store.keys.succession import (
    read_successions,
    signed_by,
    succession_line,
)
from fraud_assets.store.lock import exclusive
from fraud_assets.store.storage.port import SUCCESSION_FILE, Storage

_NEXT = ".next-private.pem"
_PRIVATE, _PUBLIC, _LOCK = "private.pem", "public.pem", ".lock"


def rotate(folder: Path, *, actor: str, reason: str, is_lost: bool = False) -> Succession:
    """Let a new pair sign from now on; what older keys signed stays trusted.

    `is_lost` adopts a new pair where the private key is gone: machines that know only the old
    public key do not trust it until they are given the new `public.pem`.

    Raises
    ------
    TrustError
        If there is no public key to follow, or the private one is lost and `is_lost` is not
        said, or the other way round.
    StoreError
        If actor or reason will not do, or the folder cannot be written.
    """
    who, why = texts.actor(actor), texts.reason(reason)
    with one_sentence("rotate the keys in", folder), exclusive(folder / _LOCK):
        _finish(folder)
        old = None if is_lost else _private(folder)
        if is_lost:
            _demand_lost(folder)
        fresh = new_private_pem()
        cause: Cause = "adoption" if is_lost else "rotation"
        bare = Succession(
            format=FORMAT,
            cause=cause,
            old=public_pem(load_public(_public(folder))).decode(),
            new=public_pem(load_private(fresh).public_key()).decode(),
            at=timestamp(),
            actor=who,
            reason=why,
        )
        record = signed_by(bare, None if old is None else load_private(old), load_private(fresh))
        write_new(folder / _NEXT, fresh, 0o600)
        flush_folder(folder)
        _append(folder, record)
        _finish(folder)
    return record


def finish_rotation(folder: Path) -> None:
    """End a rotation that a crash broke off, or withdraw it where nothing had happened yet."""
    if (folder / _NEXT).exists() or _is_halfway(folder):
        with exclusive(folder / _LOCK):
            _finish(folder)


def copy_to(store: Storage, folder: Path) -> None:
    """Bring the records beside the keys to a store, whose readers follow by them."""
    mine, theirs = read_successions(folder), read_successions(store)
    for record in mine:
        if record not in theirs:
            with one_sentence("write", store.where(SUCCESSION_FILE)):
                store.append(
                    SUCCESSION_FILE, b"".join(map(succession_line, theirs)), succession_line(record)
                )
            theirs.append(record)


def _finish(folder: Path) -> None:
    fresh = folder / _NEXT
    if fresh.exists() and not _is_introduced(fresh):
        fresh.unlink()
    elif fresh.exists():
        fresh.replace(folder / _PRIVATE)
        flush_folder(folder)
    if _is_halfway(folder):
        public = public_pem(load_private(_private(folder)).public_key())
        _write(folder / _PUBLIC, public)


def _is_introduced(fresh: Path) -> bool:
    try:
        key = load_private(read_secret(fresh))
    except ValueError:  # half written
        return False
    public = public_pem(key.public_key()).decode()
    return any(record.new == public for record in read_successions(fresh.parent))


def _is_halfway(folder: Path) -> bool:
    """Whether the private key is one that followed the public key."""
    with contextlib.suppress(OSError, ValueError, TrustError):
        records = read_successions(folder)
        if records:
            private = public_pem(load_private(read_secret(folder / _PRIVATE)).public_key()).decode()
            public = public_pem(load_public(read_public(folder / _PUBLIC))).decode()
            return any((record.old, record.new) == (public, private) for record in records)
    return False


def _append(folder: Path, record: Succession) -> None:
    lines = [*map(succession_line, read_successions(folder)), succession_line(record)]
    _write(folder / SUCCESSION_FILE, b"".join(lines))


def _write(path: Path, data: bytes) -> None:
    """Put a finished file in place of the one of that name."""
    beside = path.with_name(f".new-{path.name}")
    with one_sentence("write", path):
        write_over(beside, data)
        beside.replace(path)
        flush_folder(path.parent)


def _private(folder: Path) -> bytes:
    try:
        pem = read_secret(folder / _PRIVATE)
        load_private(pem)
    except (OSError, ValueError) as error:
        raise TrustError(
            f"{folder / _PRIVATE} must be there to introduce the key that follows it, and cannot "
            "be read: restore it; if it is lost for good, say so with --adopt."
        ) from error
    return pem


def _public(folder: Path) -> bytes:
    try:
        return read_public(folder / _PUBLIC)
    except OSError as error:
        raise TrustError(
            f"{folder / _PUBLIC} must be there, as it says whose place the new pair takes: bring "
            "it from a scoring machine."
        ) from error


def _demand_lost(folder: Path) -> None:
    try:
        load_private(read_secret(folder / _PRIVATE))
    except (OSError, ValueError):
        return
    raise TrustError(
        f"Nothing is lost, {folder / _PRIVATE} can be read: rotate without --adopt, so that "
        "services follow by themselves."
    )
