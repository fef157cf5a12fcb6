"""Answers that wait for their flush: a state that outlives a kill may not know them before."""

from __future__ import annotations

from fraud_assets.state.payment import Payment


class Unsettled:
    """Payments that were decided on and answered by nobody yet, by their ids."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Payment, bytes]] = {}

    def add(self, payment: Payment, answer: bytes) -> None:
        """Hold an answer until it is settled; without an id nobody can ask for it again."""
        if payment.id is not None:
            self._waiting[payment.id] = payment, answer

    def answer(self, payment: Payment) -> bytes | None:
        """What waits to be answered to a payment of this id."""
        found = self._waiting.get(payment.id or "")
        return None if found is None else found[1]

    def all(self) -> list[tuple[Payment, bytes]]:
        """All that wait now."""
        return [*self._waiting.values()]

    def settled(self, those: list[tuple[Payment, bytes]]) -> None:
        """Let go of those whose answers the state holds now."""
        for payment, _ in those:
            self._waiting.pop(payment.id or "", None)
