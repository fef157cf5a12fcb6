"""Two processes that promote at once: the log and the pointer agree, nothing is lost."""

from __future__ import annotations

from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path

import model_signing.signing  # noqa: F401 - imported before the processes fork
import pytest

from fraud_assets.errors import StoreError
from fraud_assets.store.journal.record import move_line
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.store.stores import accept, files, leftovers, metadata

ROUNDS = 50


def _promoter(root: Path, keys: Keys, barrier: Barrier, orders: Connection, name: str) -> None:
    """Each round: judge against what serves, meet at the barrier, release; say how it ended."""
    store = Store(root, keys)
    while (is_to_retry := orders.recv()) is not None:
        now = store.current()
        staged = store.stage(files(name), metadata())
        barrier.wait(timeout=60)
        tries = 2 if is_to_retry else 1
        ends: list[str] = []
        for _ in range(tries):
            expected = now.version if now else None
            try:
                ends.append(
                    store.release(
                        staged, expected=expected, actor=name, reason="race", judge=accept
                    ).version
                )
                break
            except StoreError as error:
                ends.append(str(error))
                now = store.current()
        store.discard(staged)
        orders.send(ends)


@pytest.mark.slow
def test_two_promotions_at_once(store: Store, processes: ForkServerContext) -> None:
    """50 times: one moves and one is refused clearly, or both move in order; never anything else.

    In even rounds the loser gives up, in odd ones it judges again and moves second.
    """
    barrier = processes.Barrier(2)
    ends = [processes.Pipe() for _ in range(2)]
    promoters = [
        processes.Process(
            target=_promoter, args=(store.root, store.keys, barrier, far, name), daemon=True
        )
        for (_, far), name in zip(ends, ("one", "two"), strict=True)
    ]
    for promoter in promoters:
        promoter.start()
    for attempt in range(ROUNDS):
        before = store.history()
        for near, _ in ends:
            near.send(attempt % 2 == 1)
        assert all(near.poll(60) for near, _ in ends)
        outcomes = [near.recv() for near, _ in ends]

        first = [end[0] for end in outcomes]
        refused = [end for end in first if "Production has moved" in end]
        assert len(refused) == 1, outcomes
        moved = [end[-1] for end in outcomes if end[-1].startswith("fraud_detector_")]
        assert len(moved) == 1 + attempt % 2, outcomes
        after = store.history()
        assert after[: len(before)] == before
        assert {move.version for move in after[len(before) :]} == set(moved)
        assert len(after) == len(before) + len(moved)
        assert after[-1] == store.current()
        assert (store.root / "latest.json").read_bytes() == move_line(after[-1])
        assert (store.root / "promotions.jsonl").read_bytes().endswith(move_line(after[-1]))
        assert store.versions() == sorted(move.version for move in after), "an orphan"
        assert leftovers(store) == []
    for (near, _), promoter in zip(ends, promoters, strict=True):
        near.send(None)
        promoter.join(timeout=30)
    assert all(store.verify(move).version for move in store.history())
    assert len(store.history()) == ROUNDS * 3 // 2
