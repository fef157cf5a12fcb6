"""Signed checkpoints of the record: whoever rewrites a chain afterwards contradicts a signature.

A chain of digests shows that one byte was changed, not that all of it was written anew by somebody
who can write the files. A checkpoint is signed by a host that holds the store's key, not by the
service. As the checkpoints of Certificate Transparency's logs (RFC 6962, signed tree heads).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from fraud_assets.decisions.log.identity import read_identity
from fraud_assets.decisions.reading import read_segments
from fraud_assets.decisions.verify import demand_writers
from fraud_assets.documents.signed.checkpoint import FORMAT, Checkpoint, Head
from fraud_assets.errors import TrustError
from fraud_assets.store.clock import timestamp
from fraud_assets.store.files import flush_folder, one_sentence, write_over
from fraud_assets.store.keys import Keys
from fraud_assets.store.keys.dsse import canonical
from fraud_assets.store.lock import exclusive
from fraud_assets.store.versions.signing import sign_record, verify_record

CHECKPOINTS = "checkpoints.jsonl"
_KIND = "application/vnd.fraud-assets.checkpoint+json"


def sign_checkpoint(folder: Path, keys: Keys) -> Checkpoint | None:
    """Sign up to where the record holds now; None where nothing is new since the last one.

    Raises
    ------
    RecordError
        If there is no log, or it does not hold.
    TrustError
        If the key is missing, or an earlier checkpoint does not verify.
    StoreError
        If the disk refuses.
    """
    log, heads = _log_of(folder), heads_of(folder)
    with exclusive(folder / ".checkpoints.lock"):
        earlier = read_checkpoints(folder, keys)
        if not heads or (earlier and earlier[-1].heads == heads):
            return None
        made = Checkpoint(format=FORMAT, log=log, at=timestamp(), heads=heads)
        unsigned = msgspec.to_builtins(made)
        del unsigned["signature"]
        record = sign_record(unsigned, keys, _KIND)
        _append(folder, canonical(record) + b"\n")
    return msgspec.convert(record, Checkpoint)


def read_checkpoints(folder: Path, keys: Keys) -> list[Checkpoint]:
    """Every checkpoint of the log at `folder`, oldest first; none where none was signed.

    Raises
    ------
    TrustError
        If a line does not hold, or is another log's; names it. If the keys are missing.
    """
    log, found = _log_of(folder), []
    lines = _data(folder).splitlines()
    if not lines:
        return []
    trusted = keys.trusted()
    for number, line in enumerate(lines, start=1):
        what = f"{folder / CHECKPOINTS} line {number}"
        try:
            record = msgspec.json.decode(line, type=dict[str, object])
            checkpoint = msgspec.convert(record, Checkpoint)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise TrustError(f"{what} is no checkpoint; put it back from a backup.") from error
        verify_record(record, trusted, what, _KIND)
        if checkpoint.format > FORMAT:
            raise TrustError(
                f"{what} has format {checkpoint.format}, this release reads 1 to {FORMAT}: use a "
                "newer release."
            )
        if checkpoint.log != log:
            raise TrustError(
                f"{what} is of log {checkpoint.log}, and this one is {log}: one of the two was put "
                "here later."
            )
        found.append(checkpoint)
    return found


def heads_of(folder: Path) -> tuple[Head, ...]:
    """The newest block of each writer; raises as `read_segments`."""
    heads: dict[int, Head] = {}
    for _, segment, _ in read_segments(folder):
        if segment.header is not None and segment.blocks:
            last, header = segment.blocks[-1], segment.header
            heads[header.writer] = Head(header.writer, header.number, last.end, last.digest.hex())
    return tuple(heads[writer] for writer in sorted(heads))


def signed_heads(checkpoints: Sequence[Checkpoint]) -> list[Head]:
    """Every block that a checkpoint names."""
    return [head for one in checkpoints for head in one.heads]


def _log_of(folder: Path) -> str:
    demand_writers(folder)
    identity = read_identity(folder)
    return "" if identity is None else identity.log


def _data(folder: Path) -> bytes:
    path = folder / CHECKPOINTS
    with one_sentence("read", path):
        return path.read_bytes() if path.exists() else b""


def _append(folder: Path, line: bytes) -> None:
    path, beside = folder / CHECKPOINTS, folder / f".{CHECKPOINTS}"
    with one_sentence("sign a checkpoint in", folder):
        write_over(beside, _data(folder) + line)
        beside.replace(path)
        flush_folder(folder)
