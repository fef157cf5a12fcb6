"""A transaction that saw records of two moments runs again, and only what it sees then counts."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from fraud_assets.errors import DamagedStateError
from fraud_assets.state.adapter import Work
from fraud_assets.state.adapters.memory import Memory, _Overlay
from fraud_assets.state.payment import Payment
from tests.data.features_support import contract_of
from tests.state.worlds import state_of

HOUR = 3_600_000_000


class Blinking(Memory):
    """First shows each transaction torn records, as values of two moments are; then as they are."""

    def transact_each(self, works: Sequence[Work[Any]]) -> list[Any]:
        """The first try counts for nothing, whatever it raised."""
        torn = {key: value[:5] if key[:1] == b"T" else value for key, value in self.held.items()}
        for work in works:
            with contextlib.suppress(DamagedStateError):
                work.run(_Overlay(torn, 1))
        return super().transact_each(works)


def test_what_a_try_took_for_damage_does_not_stick() -> None:
    """Neither to its own transaction nor to those behind it."""
    state = state_of(contract_of(), Blinking())
    came = [
        Payment(f"p{at}", at * HOUR, {"paid": 1.0}, {"who": "s", "shop": "d"}) for at in range(3)
    ]
    state.meet(came[:1])

    found = state.meet_each([[payment] for payment in came[1:]])

    assert [type(one) for one in found] == [list, list]
