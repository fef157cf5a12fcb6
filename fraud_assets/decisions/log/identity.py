"""Which log lies in a folder, and whose it is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from fraud_assets.errors import RecordError
from fraud_assets.store.files import flush_folder, read_file, write_new

FORMAT = 1
"""Format of a log's folder."""

IDENTITY = "log.json"
_MOST_OF_IDENTITY = 4096


class Identity(msgspec.Struct, frozen=True):
    """Which log this is; its ids open with it, so that logs of several hosts may be joined.

    `contract` is the name of the contract that it belongs to, "" where none has been said yet.
    """

    format: int
    log: str
    contract: str = ""


def read_identity(folder: Path) -> Identity | None:
    """Which log lies in `folder`; None where there is none.

    Raises
    ------
    RecordError
        If it is of a format to come.
    """
    try:
        data = read_file(folder / IDENTITY, _MOST_OF_IDENTITY)
    except FileNotFoundError:
        return None
    try:
        found = msgspec.json.decode(data, type=Identity)
    except msgspec.MsgspecError as error:
        raise RecordError(
            f"{folder / IDENTITY} must say which log this is, got {error}: put it back from a "
            "backup."
        ) from error
    if found.format > FORMAT:
        raise RecordError(
            f"{folder} has format {found.format}, this release reads 1 to {FORMAT}: use a newer "
            "release."
        )
    return found


def take_identity(folder: Path, contract: str) -> Identity:
    """The folder's identity, drawn by the first who writes there; who it belongs to by the first.

    Raises
    ------
    RecordError
        If it is of a format to come, or belongs to another contract.
    """
    found = read_identity(folder)
    if found is None:
        drawn = Identity(FORMAT, secrets.token_hex(4), contract)
        with _written(folder, drawn) as beside, suppress(FileExistsError):
            (folder / IDENTITY).hardlink_to(beside)
        flush_folder(folder)
        return take_identity(folder, contract)
    if contract and not found.contract:
        found = msgspec.structs.replace(found, contract=contract)
        with _written(folder, found) as beside:
            beside.replace(folder / IDENTITY)
        flush_folder(folder)
    _demand_own(folder, found, contract)
    return found


def demand_free(folder: Path, contract: str) -> None:
    """Demand that the log in `folder` is a contract's, or nobody's yet; raises RecordError."""
    found = read_identity(folder)
    if found is not None:
        _demand_own(folder, found, contract)


def _demand_own(folder: Path, found: Identity, contract: str) -> None:
    if contract and found.contract not in {"", contract}:
        raise RecordError(
            f"The record of decisions in {folder} belongs to contract {found.contract} and takes "
            f"nothing of {contract}: give each contract a record of its own, such as "
            f"FRAUD_ASSETS_DECISIONS={folder.with_name(f'{folder.name}-{contract}')}."
        )


@contextmanager
def _written(folder: Path, identity: Identity) -> Iterator[Path]:
    """A file beside the identity's own that holds this one; it is gone afterwards."""
    beside = folder / f".{IDENTITY}.{secrets.token_hex(4)}"
    write_new(beside, msgspec.json.encode(identity), 0o644)
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)
