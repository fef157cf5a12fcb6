"""Places that hold the state whose process dies at its n-th write, as by kill -9."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from typing import Any

from fraud_assets.state.adapter import Adapter
from fraud_assets.state.adapters import embedded
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
        _dying_folder(adapter, count)
    if isinstance(adapter, Remote):
        send = adapter._client.execute_command

        def execute(*command: Any, **options: Any) -> Any:
            writes = command[0] not in _READS
            if writes:
                count()
            answer = send(*command, **options)
            if writes:
                count()
            return answer

        adapter._client.execute_command = execute
    return adapter


def _dying_folder(adapter: Embedded, count: Counter) -> None:
    class Write(embedded._Write):
        def __init__(self, transaction: Any) -> None:
            super().__init__(transaction)
            put, delete = self.put, self.delete
            self.put = lambda key, value: (count(), put(key, value))
            self.delete = lambda key: (count(), delete(key))

    embedded._Write = Write
    transact, clear = adapter.transact, adapter.clear

    def transacting(work: Callable[..., Any], *keys: Any) -> Any:
        result = transact(lambda t: (work(t), count())[0], *keys)
        count()
        return result

    def clearing() -> None:
        clear()
        count()

    adapter.transact, adapter.clear = transacting, clearing


def in_a_life(work: Callable[..., None], *arguments: Any) -> bool:
    """Run in a process of its own; whether it ended by itself and did not die."""
    child = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    child.start()
    child.join(120)
    if child.exitcode not in (0, DIED):
        raise AssertionError(f"the process ended with {child.exitcode}")
    return child.exitcode == 0
