"""One builder of a state in a server at a time, whichever hosts they run on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import redis
from redis.lock import Lock

from fraud_assets.errors import StateError
from fraud_assets.handover.alone import BUSY, LOOK_SECONDS, Telling
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.adapters.remote import LEASE_SECONDS, Remote


@contextmanager
def leased(adapter: Adapter, say: Telling) -> Iterator[Adapter]:
    """The adapter itself, once no builder of any host is at work there.

    Raises
    ------
    StateError
        If the server cannot be reached, or the place is none.
    """
    if not isinstance(adapter, Remote):
        raise StateError("FRAUD_ASSETS_STATE must be a folder or the URL of a server to build in.")
    lock = adapter.builders_lock()
    with adapter.reached():
        if not lock.acquire(blocking=False):
            say(f"{BUSY} in {adapter.shown}; this one waits until it has ended.")
            while not lock.acquire(blocking=False):
                time.sleep(LOOK_SECONDS)
    with _renewed(lock):
        yield adapter


@contextmanager
def _renewed(lock: Lock) -> Iterator[None]:
    """Keep a lock for as long as the work takes.

    One that was lost all the same, as the process stood still, is no danger: whoever has it begins
    the state anew, which nobody else can write into any more.
    """
    ended = Event()

    def renew() -> None:
        while not ended.wait(LEASE_SECONDS / 3):
            with suppress(redis.RedisError):
                lock.reacquire()

    thread = Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with suppress(redis.RedisError):
            lock.release()
