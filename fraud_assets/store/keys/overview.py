"""What a machine's keys are, and whether they will do for the stores that they signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from fraud_assets.documents.signed.succession import Succession
from fraud_assets.errors import FraudAssetsError
from fraud_assets.store.keys.pem import fingerprint, load_public
from fraud_assets.store.keys.succession import read_successions
from fraud_assets.store.storage.registry import Address

if TYPE_CHECKING:
    from fraud_assets.store.keys.pair import Keys


class TrustedKey(msgspec.Struct, frozen=True, kw_only=True):
    """One trusted public key, and how it came; the first one's origin is not on record."""

    fingerprint: str
    role: str
    since: str | None = None
    cause: str | None = None
    actor: str | None = None
    reason: str | None = None


def list_keys(keys: Keys, store: Address) -> list[TrustedKey]:
    """The keys trusted here, oldest first; the last one signs.

    Raises
    ------
    TrustError
        If they cannot be read.
    """
    trusted = keys.trusted(store)
    records: dict[str, Succession] = {}
    for record in [*read_successions(keys.folder), *read_successions(store)]:
        records.setdefault(fingerprint(load_public(record.new.encode())), record)
    return [
        TrustedKey(
            fingerprint=name,
            role="signs" if name == trusted.newest else "trusted",
            since=None if name not in records else records[name].at,
            cause=None if name not in records else records[name].cause,
            actor=None if name not in records else records[name].actor,
            reason=None if name not in records else records[name].reason,
        )
        for name in trusted.by_fingerprint
    ]


def check_keys(
    keys: Keys, journals: Sequence[tuple[Address, Callable[[], object]]]
) -> Iterator[tuple[str, str | None]]:
    """What was checked and its fault, None where it holds.

    `journals` are the stores that these keys should read, each with a reading of its journal.
    """
    if keys.private.exists() or not keys.public.exists():
        yield str(keys.private), _fault(keys.private_key)
    yield str(keys.public), _fault(keys.public_key)
    if keys.private.exists() and keys.public.exists():
        yield "the pair belongs together", _fault(keys.ensure)
    yield "which key followed which", _fault(keys.trusted)
    for store, read in journals:
        yield str(store), _fault(read)


def _fault(check: Callable[[], object]) -> str | None:
    try:
        check()
    except FraudAssetsError as error:
        return str(error)
    return None
