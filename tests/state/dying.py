"""Places that hold the state whose process dies at its n-th write, as by kill -9."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fraud_assets.state.adapter import Adapter
from fraud_assets.state.adapters.embedded import Embedded
from fraud_assets.state.adapters.remote import Remote

DIED = 77
_READS = frozenset(("GET", "MGET", "SCAN", "INFO", "CONFIG GET", "PING"))


class Counter:
    """Ends the process before the n-th write; what was written before stays."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self) -> None:
        """One write is about to be made."""
        self.left -= 1
        if self.left == 0:
            os._exit(DIED)


def dying(adapter: Adapter, at: int) -> Adapter:
    """The same place; the process ends before the n-th thing that is written there.

    In LMDB each record, each commit and what follows it count; of a server each command that
    writes, before it is sent and after it was answered.
    """
    count = Counter(at)
    if isinstance(adapter, Embedded):
        adapter._env = _Environment(adapter._env, count)
    if isinstance(adapter, Remote):
        adapter._client.execute_command = _counted(adapter._client.execute_command, count)
        adapter._commit.ask = _counted(adapter._commit.ask, count)
    return adapter


def _counted(send: Callable[..., Any], count: Counter) -> Callable[..., Any]:
    """The same; what writes counts before it is sent and after it was answered."""

    def sent(*command: Any, **options: Any) -> Any:
        writes = command[0] not in _READS if isinstance(command[0], str) else True
        if writes:
            count()
        answer = send(*command, **options)
        if writes:
            count()
        return answer

    return sent


class _Environment:
    """LMDB's environment, whose write transactions count what they write and their commits."""

    def __init__(self, held: Any, count: Counter) -> None:
        self._held, self._count = held, count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._held, name)

    @contextmanager
    def begin(self, *, write: bool = False) -> Iterator[Any]:
        with self._held.begin(write=write) as transaction:
            yield _Write(transaction, self._count) if write else transaction
            if write:
                self._count()  # all is written, nothing is committed
        if write:
            self._count()

    def open_db(self, txn: Any) -> Any:
        return self._held.open_db(txn=txn.held)


class _Write:
    """A write transaction that counts."""

    def __init__(self, held: Any, count: Counter) -> None:
        self.held, self._count = held, count

    def __getattr__(self, name: str) -> Any:
        return getattr(self.held, name)

    def put(self, key: bytes, value: bytes) -> None:
        self._count()
        self.held.put(key, value)

    def delete(self, key: bytes) -> None:
        self._count()
        self.held.delete(key)


def in_a_life(work: Callable[..., None], *arguments: Any) -> bool:
    """Run in a process of its own; whether it ended by itself and did not die."""
    child = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    child.start()
    child.join(120)
    if child.exitcode not in (0, DIED):
        raise AssertionError(f"the process ended with {child.exitcode}")
    return child.exitcode == 0
