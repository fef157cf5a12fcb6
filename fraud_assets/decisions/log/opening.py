"""Opening a log: one service a folder, one writer a worker, what a crash left is mended."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

import msgspec
from filelock import BaseFileLock

from fraud_assets.decisions.log.clock import Clock
from fraud_assets.decisions.log.counter import Counter
from fraud_assets.decisions.log.decision_log import DecisionLog
from fraud_assets.decisions.log.flusher import Guard
from fraud_assets.decisions.log.recovery import recover
from fraud_assets.decisions.log.settings import LogSettings
from fraud_assets.errors import RecordError
from fraud_assets.store.files import flush_folder, one_sentence, read_file, write_new
from fraud_assets.store.lock import take

FORMAT = 1
"""Format of a log's folder."""

MOST_WRITERS = 256
"""Workers that may write to one folder at once."""

IDENTITY = "log.json"
_MOST_OF_IDENTITY = 4096

_log = logging.getLogger("fraud_assets.decisions")


class Identity(msgspec.Struct, frozen=True):
    """Which log this is; its ids open with it, so that logs of several hosts may be joined."""

    format: int
    log: str


def claim(folder: Path) -> BaseFileLock:
    """Make `folder` this service's own until the lock is released or the process ends.

    Raises
    ------
    RecordError
        If another service writes there.
    StoreError
        If the folder cannot be made or written.
    """
    with one_sentence("keep decisions in", folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = take(folder / "service.lock")
    if lock is None:
        raise RecordError(
            f"Another service keeps its decisions in {folder}: give each service a folder of its "
            "own with FRAUD_ASSETS_DECISIONS, or stop the other one."
        )
    return lock


def open_log(
    folder: Path,
    settings: LogSettings | None = None,
    guard: Guard | None = None,
    clock: Clock | None = None,
) -> DecisionLog:
    """The log in `folder`, for one worker; takes up the first writer's place that is free.

    Raises
    ------
    StoreError
        If the folder cannot be made, read or written.
    RecordError
        If it is of a format to come, or too many workers write there.
    """
    with one_sentence("keep decisions in", folder):
        folder.mkdir(parents=True, exist_ok=True)
        identity = _identity(folder)
        number, lock = _place(folder)
    writer = folder / f"w{number}"
    try:
        found = recover(writer, identity.log, number)
        for note in found.notes:
            _log.warning("%s", note)
        with one_sentence("keep decisions in", writer):
            counter = Counter(writer / "counter")
        clock = clock or Clock()
        clock.hold(found.newest)
        chosen = settings or LogSettings()
        return DecisionLog(
            folder,
            writer,
            found=found,
            counter=counter,
            lock=lock,
            settings=chosen,
            guard=guard,
            clock=clock,
        )
    except BaseException:
        lock.release()
        raise


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


def _identity(folder: Path) -> Identity:
    """The folder's identity, drawn by the first who writes there."""
    found = read_identity(folder)
    if found is not None:
        return found
    drawn = msgspec.json.encode(Identity(FORMAT, secrets.token_hex(4)))
    beside = folder / f".{IDENTITY}.{secrets.token_hex(4)}"
    write_new(beside, drawn, 0o644)
    try:
        (folder / IDENTITY).hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    flush_folder(folder)
    return _identity(folder)


def _place(folder: Path) -> tuple[int, BaseFileLock]:
    for number in range(MOST_WRITERS):
        writer = folder / f"w{number}"
        writer.mkdir(mode=0o700, exist_ok=True)
        lock = take(writer / "writer.lock")
        if lock is not None:
            return number, lock
    raise RecordError(
        f"{MOST_WRITERS} workers write to {folder} already: give this service another folder with "
        "FRAUD_ASSETS_DECISIONS."
    )
