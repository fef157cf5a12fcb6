"""Which key followed which: records beside the keys, and copied into each store.

Whoever trusts a key trusts what it introduced, and takes what those had signed that it accepted
as its predecessors. Who may write the store but has no key can add a record, but none that any
trusted key has signed. A predecessor introduces nobody: a key that was replaced because others
may have read it must not bring in a third one.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from fraud_assets.documents.signed.succession import FORMAT, Succession
from fraud_assets.errors import TrustError
from fraud_assets.store.files import one_sentence
from fraud_assets.store.keys.dsse import canonical, holds, sign
from fraud_assets.store.keys.pem import fingerprint, load_public
from fraud_assets.store.keys.trusted import Trusted
from fraud_assets.store.storage.port import SUCCESSION_FILE, Storage, read
from fraud_assets.store.storage.registry import Address, storage_at

_MOST = 1024 * 1024
_TYPE = "application/vnd.fraud-assets.succession+json"


def succession_line(record: Succession) -> bytes:
    """The record as stored, newline included."""
    return canonical(msgspec.to_builtins(record)) + b"\n"


def signed_by(
    record: Succession, old: ec.EllipticCurvePrivateKey | None, new: ec.EllipticCurvePrivateKey
) -> Succession:
    """The record introduced by the old key, unless that is lost, and accepted by the new one."""
    introduced = "" if old is None else sign(_TYPE, _introduction(record), old)
    record = msgspec.structs.replace(record, introduced=introduced)
    accepted = sign(_TYPE, _acceptance(record), new)
    return msgspec.structs.replace(record, accepted=accepted)


def read_successions(place: Address | Storage) -> list[Succession]:
    """The records in a store, or beside keys, oldest first; none where there is no file.

    Raises
    ------
    TrustError
        If a line is no such record.
    """
    storage = storage_at(place)
    where = storage.where(SUCCESSION_FILE)
    with one_sentence("read", where):
        data = read(storage, SUCCESSION_FILE, _MOST) or b""
    return [_parse(line, f"{where} line {n}") for n, line in enumerate(data.splitlines(), start=1)]


def trusted_by(anchor: ec.EllipticCurvePublicKey, records: Sequence[Succession]) -> Trusted:
    """The keys that a machine trusts which was given `anchor`, oldest first.

    Raises
    ------
    TrustError
        If a trusted key introduced two others.
    """
    newer = {fingerprint(anchor): anchor}
    last = anchor
    while (found := _introduced_by(last, records)) is not None:
        if fingerprint(found) in newer:
            break
        newer[fingerprint(found)] = last = found
    older: dict[str, ec.EllipticCurvePublicKey] = {}
    waiting = list(newer.values())
    while waiting:
        for key in _accepted_by(waiting.pop(), records):
            if fingerprint(key) not in older.keys() | newer.keys():
                older[fingerprint(key)] = key
                waiting.append(key)
    return Trusted(dict(reversed(older.items())) | newer)


def _introduced_by(
    key: ec.EllipticCurvePublicKey, records: Sequence[Succession]
) -> ec.EllipticCurvePublicKey | None:
    found = {
        record.new: new
        for record in records
        if (new := _key(record.new)) is not None
        and _same(record.old, key)
        and holds(_TYPE, _introduction(record), record.introduced, key)
        and holds(_TYPE, _acceptance(record), record.accepted, new)
    }
    if len(found) > 1:
        names = " and ".join(sorted(fingerprint(new)[:12] for new in found.values()))
        raise TrustError(
            f"The key {fingerprint(key)[:12]} has introduced both {names}, and one of them is not "
            "yours: bring the right public.pem to this machine by hand."
        )
    return next(iter(found.values()), None)


def _accepted_by(
    key: ec.EllipticCurvePublicKey, records: Sequence[Succession]
) -> list[ec.EllipticCurvePublicKey]:
    return [
        old
        for record in records
        if (old := _key(record.old)) is not None
        and _same(record.new, key)
        and holds(_TYPE, _acceptance(record), record.accepted, key)
    ]


def _same(pem: str, key: ec.EllipticCurvePublicKey) -> bool:
    found = _key(pem)
    return found is not None and fingerprint(found) == fingerprint(key)


def _key(pem: str) -> ec.EllipticCurvePublicKey | None:
    try:
        return load_public(pem.encode())
    except ValueError:
        return None


def _introduction(record: Succession) -> bytes:
    return _acceptance(msgspec.structs.replace(record, introduced=""))


def _acceptance(record: Succession) -> bytes:
    return canonical(msgspec.to_builtins(msgspec.structs.replace(record, accepted="")))


def _parse(line: bytes, what: str) -> Succession:
    try:
        record = msgspec.json.decode(line, type=Succession)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise TrustError(
            f"{what} is no record of a key that followed another; restore it from a backup."
        ) from error
    if record.format != FORMAT:
        raise TrustError(f"{what} has format {record.format}, this release reads {FORMAT}.")
    return record
