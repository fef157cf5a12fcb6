"""Whether a place keeps the laws of the port under a race: several on the market do not.

Many writers create the same object, or move the same journal, at the same moment, each by a
client of its own; over and over one of them must win, and everybody must read what he wrote.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import msgspec

from fraud_assets.errors import StoreError
from fraud_assets.store.files import one_sentence
from fraud_assets.store.storage.objects.place import Objects
from fraud_assets.store.storage.port import LOG_FILE, Storage, read
from fraud_assets.store.storage.registry import Address, open_anew, within

WRITERS = 32
ROUNDS = 4
"""A place that looks before it writes fails the first; SeaweedFS takes some 5 s for each."""

_READERS = 4
_MOST = 1024 * 1024
_TREE = "fraud_detector_20000101_000000"

Race: TypeAlias = Callable[[Storage, int, bytes], str | None]
"""What one writer does in a round, having read the log; None if it won, else what it heard."""


class Checked(msgspec.Struct, frozen=True):
    """For what so many writers raced, how many rounds exactly one won, and what went wrong."""

    what: str
    writers: int
    rounds: int
    held: int
    fault: str | None


def check_place(address: Address, writers: int = WRITERS, rounds: int = ROUNDS) -> list[Checked]:
    """Race writers on a scratch part of the place, which is removed afterwards.

    Raises
    ------
    StoreError
        If the place cannot be reached, or refuses every writer.
    """
    with one_sentence("check the store", address), _scratch(address) as part:
        clients = [open_anew(part) for _ in range(writers)]
        with ThreadPoolExecutor(writers) as pool:
            return [
                _raced("moves of the journal", _move, clients, rounds, pool),
                _raced("reservations of a version", _reserve, clients, rounds, pool),
            ]


def demand_atomic(address: Address, checks: list[Checked]) -> None:
    """Demand that every race was won by one.

    Raises
    ------
    StoreError
        If a law was broken; says which.
    """
    faults = [f"{one.what}: {one.fault}" for one in checks if one.fault is not None]
    if faults:
        raise StoreError(
            f"{address} is not atomic, and must hold no store: {'; '.join(faults)}. Two weeks "
            "could be promoted at once there and one of them be lost; name a store that keeps "
            "If-None-Match, or a folder."
        )


def _raced(
    what: str, race: Race, clients: list[Storage], rounds: int, pool: ThreadPoolExecutor
) -> Checked:
    held, fault = 0, None
    for number in range(rounds):
        seen = read(clients[0], LOG_FILE, _MOST) or b""
        start = threading.Barrier(len(clients))

        def run(client: Storage, number: int = number, seen: bytes = seen) -> str | None:
            start.wait(60)  # noqa: B023 - each round ends before the next begins
            with client.writing():
                return race(client, number, seen)

        heard = list(pool.map(run, clients))
        won = heard.count(None)
        apart = _readers_apart(clients)
        if won == 0:
            raise StoreError(
                f"Of {len(clients)} writers one must win, but the place refused them all ({what}, "
                f"round {number + 1}): {heard[0]}"
            )
        if won != 1:
            fault = f"of {len(clients)} writers {won} won in round {number + 1}"
        elif apart:
            fault = f"readers saw {apart} different logs after round {number + 1}"
        else:
            held += 1
    return Checked(what, len(clients), rounds, held, fault)


def _move(client: Storage, number: int, seen: bytes) -> str | None:
    line = b"%d by %b\n" % (number, secrets.token_hex(8).encode())
    try:
        client.move(seen, line, None)
    except StoreError as error:
        return str(error)
    return None  # what it was told; that all others then read something else is no excuse


def _reserve(client: Storage, number: int, _: bytes) -> str | None:
    is_ours = client.begin(f"{_TREE[:-6]}{number:06d}") is not None
    return None if is_ours else "The version is another writer's."


def _readers_apart(clients: list[Storage]) -> int:
    """How many different logs are read, where it is more than one."""
    found = {read(client, LOG_FILE, _MOST) for client in clients[:_READERS]}
    return len(found) if len(found) > 1 else 0


@contextmanager
def _scratch(address: Address) -> Iterator[Address]:
    if isinstance(address, Path):
        address.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=address, prefix=".check-") as folder:
            yield Path(folder)
        return
    part = within(address, f".check-{secrets.token_hex(8)}")
    try:
        yield part
    finally:
        storage = open_anew(part)
        if isinstance(storage, Objects):
            for found in storage.client.found(""):
                storage.client.delete(found.key)
