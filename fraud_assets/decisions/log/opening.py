"""Opening a log: one service a folder, one writer a worker, what a crash left is mended."""

from __future__ import annotations

import logging
from pathlib import Path

from filelock import BaseFileLock

from fraud_assets.decisions.log.clock import Clock
from fraud_assets.decisions.log.counter import Counter
from fraud_assets.decisions.log.decision_log import DecisionLog
from fraud_assets.decisions.log.flusher import Guard
from fraud_assets.decisions.log.identity import take_identity
from fraud_assets.decisions.log.recovery import recover
from fraud_assets.decisions.log.settings import LogSettings
from fraud_assets.errors import RecordError
from fraud_assets.store.files import one_sentence
from fraud_assets.store.lock import SharedHold, take, take_shared

MOST_WRITERS = 256
"""Workers that may write to one folder at once."""

_log = logging.getLogger("fraud_assets.decisions")


def claim(folder: Path, *, is_shared: bool = False) -> BaseFileLock | SharedHold:
    """Make `folder` this service's own until the lock is released or the process ends.

    One that `is_shared` is so with others that share it too.

    Raises
    ------
    RecordError
        If another service writes there.
    StoreError
        If the folder cannot be made or written.
    """
    with one_sentence("keep decisions in", folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "service.lock"
        lock = take_shared(path) if is_shared else take(path)
    if lock is None and is_shared:
        raise RecordError(
            f"Another service has {folder} for itself: start it with --record-shared as well, or "
            "give each service a folder of its own with FRAUD_ASSETS_DECISIONS."
        )
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
    contract: str = "",
) -> DecisionLog:
    """The log in `folder`, for one worker; takes up the first writer's place that is free.

    It belongs to the first `contract` of which it is opened.

    Raises
    ------
    StoreError
        If the folder cannot be made, read or written.
    RecordError
        If it is of a format to come or another contract's, or too many workers write there.
    """
    with one_sentence("keep decisions in", folder):
        folder.mkdir(parents=True, exist_ok=True)
        identity = take_identity(folder, contract)
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
