"""What somebody says of a payment after it was made, and the state that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fraud_assets.state.adapter import Transaction
from fraud_assets.state.labels import spread_labels
from fraud_assets.state.remembered import Remembered, id_key, read_remembered, remember
from fraud_assets.state.sealed import Records
from fraud_assets.state.state import State
from fraud_assets.state.values import digest


class Saying(NamedTuple):
    """Whether a payment was fraud, known since an instant in microseconds.

    A `known_at` of None lets it count once its maturity has passed. With `is_news` it is known
    since now, unless the same was said before.
    """

    payment_id: str
    is_fraud: bool
    known_at: int | None
    is_news: bool = False

    def repeats(self, last: tuple[bool, int | None]) -> bool:
        """Whether that says the same."""
        return last[0] is self.is_fraud and (self.is_news or last[1] == self.known_at)


def take_saying(state: State, saying: Saying) -> str:
    """Keep it with its payment and spread it to its entities; "accepted", "repeated", "unknown"."""
    key = id_key(saying.payment_id)

    def work(transaction: Transaction) -> str:
        records = Records(transaction)
        state.demand_same(records)
        known = read_remembered(records, key)
        if known is None:
            return "unknown"
        if _was_said(saying, known):
            return "repeated"
        known.labels.append((saying.is_fraud, saying.known_at))
        remember(records, key, known)
        spread_labels(records, state.plan, digest(saying.payment_id), known)
        return "accepted"

    return state.adapter.transact(work, [key])


def payment_times(state: State, payment_ids: Sequence[str]) -> list[int | None]:
    """Event times of payments in microseconds; None of one that is unknown, or has none."""
    keys = [id_key(one) for one in payment_ids]

    def work(transaction: Transaction) -> list[int | None]:
        records = Records(transaction)
        found = [read_remembered(records, key) for key in keys]
        return [None if known is None else known.time for known in found]

    return state.adapter.transact(work, keys)


def which_are_new(state: State, sayings: Sequence[Saying]) -> list[bool]:
    """Which of them say something else than was said last of their payment; nothing is written.

    What comes before in `sayings` counts as said; of an unknown payment all is new.
    """
    keys = [id_key(one.payment_id) for one in sayings]

    def work(transaction: Transaction) -> list[bool]:
        records = Records(transaction)
        state.demand_same(records)
        said: dict[str, tuple[bool, int | None]] = {}
        found = []
        for saying, key in zip(sayings, keys, strict=True):
            before = said.get(saying.payment_id)
            if before is None:
                known = read_remembered(records, key)
                found.append(known is None or not _was_said(saying, known))
            else:
                found.append(not saying.repeats(before))
            said[saying.payment_id] = (saying.is_fraud, saying.known_at)
        return found

    return state.adapter.transact(work, keys)


def _was_said(saying: Saying, known: Remembered) -> bool:
    return bool(known.labels) and saying.repeats(known.labels[-1])
