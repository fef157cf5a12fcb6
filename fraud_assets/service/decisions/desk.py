"""Holds the state for as long as the service runs, and a decider for the version that serves."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from fraud_assets.errors import FraudAssetsError, RecordError, StateError
from fraud_assets.payments.kept import plan_for
from fraud_assets.service.decisions.decider import Decider, carried_contract
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.versions.holder import Holder
from fraud_assets.service.versions.version import Served
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.opening import MEMORY, begin, close, go_on, open_adapter
from fraud_assets.state.state import State
from fraud_assets.state.tidy import tidy

RETRY_SECONDS = 1.0
"""After how long a state that could not be opened is tried again; also how often it is brought to
disk."""

_STEPS, _RECORDS = 10, 50
"""How often a second it is looked for what no window reaches, and at how many records at once."""

_log = logging.getLogger("fraud_assets.service")


@dataclass
class Desk:
    """`place` is where the state lies; in memory it begins empty, for proofs and tests."""

    holder: Holder
    place: str
    keeping: Keeping = field(default_factory=Keeping)
    _decider: Decider | None = None
    _adapter: Adapter | None = None
    _state: State | None = None
    _why: str = ""
    _cursor: bytes | None = None
    _seen: Served | None = field(default=None, repr=False)

    def decider(self) -> Decider:
        """The decider for the version that serves now.

        Raises
        ------
        StateError
            If there is no state to decide from; the sentence says what to do.
        """
        served = self.holder.served
        if self._decider is None or self._decider.served is not served:
            self._open(served)
        if self._decider is None:
            raise StateError(self._why)
        return self._decider

    def distrust(self, error: FraudAssetsError) -> None:
        """Answer nothing from the state any more, as it is damaged; tell why."""
        _log.error("The state is not served from: %s", error)
        self._decider, self._why, self._seen = None, str(error), self.holder.served

    def open_again(self) -> None:
        """Open the state anew at the next request, as it was begun anew."""
        self._state, self._decider, self._seen, self._cursor = None, None, None, None

    def told(self) -> dict[str, object]:
        """Whether raw payments are decided on, why not, and the room that the state takes."""
        with suppress(StateError):
            self.decider()
        size = None
        with suppress(StateError):
            size = None if self._adapter is None else self._adapter.bytes_used()
        ready = self._decider is not None
        return {"ready": ready, "why": None if ready else self._why, "bytes": size}

    def metrics(self) -> str:
        """The same in Prometheus' text format."""
        told = self.told()
        lines = [
            "# HELP fraud_assets_state_ready 1 where raw payments are decided on.",
            "# TYPE fraud_assets_state_ready gauge",
            f"fraud_assets_state_ready {int(bool(told['ready']))}",
        ]
        if told["bytes"] is not None:
            lines += [
                "# HELP fraud_assets_state_bytes Room that the state takes.",
                "# TYPE fraud_assets_state_bytes gauge",
                f"fraud_assets_state_bytes {told['bytes']}",
            ]
        return "\n".join(lines) + "\n"

    async def follow(self) -> None:
        """Try again what could not be opened, and bring the state to disk, until cancelled."""
        try:
            while True:
                await asyncio.sleep(RETRY_SECONDS)
                if self._decider is None:
                    self._seen = None
                elif self._adapter is not None:
                    with suppress(StateError):
                        await asyncio.to_thread(self._adapter.sync)
                        await self._tidy()
        finally:
            if self._state is not None:
                with suppress(StateError):
                    close(self._state)

    async def _tidy(self) -> None:
        for _ in range(_STEPS):
            if self._state is None:
                return
            self._cursor = tidy(self._state, self._cursor, _RECORDS)
            await asyncio.sleep(0)

    def _open(self, served: Served) -> None:
        if self._seen is served:
            return
        self._seen = served
        try:
            self._decider = Decider.of(
                served, self._state_for(served), self.keeping, self.holder.metrics
            )
        except (StateError, RecordError) as error:
            self._decider, self._why = None, str(error)

    def _state_for(self, served: Served) -> State:
        contract = carried_contract(served)
        plan = plan_for(contract)
        if self._adapter is None:
            self._adapter = open_adapter(self.place, contract.name)
        if self._state is None or self._state.plan.digest != plan.digest:
            start = begin if self.place == MEMORY else go_on
            self._state = start(self._adapter, plan)
        # What is kept may be the same though the features made of it are others.
        return State(self._adapter, plan, self._state.epoch)
