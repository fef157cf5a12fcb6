"""Holds the state for as long as the service runs, and a decider for the version that serves."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from fraud_assets.errors import (
    DamagedStateError,
    FraudAssetsError,
    RecordError,
    StateError,
    UnbuiltStateError,
)
from fraud_assets.payments.kept import plan_for
from fraud_assets.service.decisions.decider import Decider, carried_contract
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.decisions.rebuilding import Rebuilding
from fraud_assets.service.versions.holder import Holder
from fraud_assets.service.versions.version import Served
from fraud_assets.state.acts.tidy import tidy
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.opening import MEMORY, begin, close, condemn, go_on, open_adapter
from fraud_assets.state.state import State

RETRY_SECONDS = 1.0
"""After how long a state that could not be opened is tried again; also how often it is brought to
disk."""

_STEPS, _RECORDS = 10, 50
"""How often a second it is looked for what no window reaches, and at how many records at once."""

_log = logging.getLogger("fraud_assets.service")


@dataclass
class Desk:
    """`place` is where the state lies; in memory it begins empty, for proofs and tests.

    With `rebuilding` a state that is lost, damaged or of other features is built anew by itself.
    """

    holder: Holder
    place: str
    keeping: Keeping = field(default_factory=Keeping)
    rebuilding: Rebuilding | None = None
    _decider: Decider | None = None
    _adapter: Adapter | None = None
    _state: State | None = None
    _why: str = ""
    _to_build: str = ""
    _is_damaged: bool = False
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
            raise StateError(self.why)
        return self._decider

    def distrust(self, error: FraudAssetsError) -> None:
        """Answer nothing from the state any more, as it is damaged; tell why."""
        _log.error("The state is not served from: %s", error)
        self._decider, self._why, self._seen = None, str(error), self.holder.served
        if self._state is not None:
            self._to_build, self._is_damaged = self._state.plan.digest, True

    def open_again(self) -> None:
        """Open the state anew at the next request, as it was begun anew."""
        self._state, self._decider, self._seen, self._cursor = None, None, None, None

    def told(self) -> dict[str, object]:
        """Whether raw payments are decided on, why not, and the room that the state takes."""
        why, size = self.why_not, None
        with suppress(StateError):
            size = None if self._adapter is None else self._adapter.bytes_used()
        return {"ready": not why, "why": why or None, "bytes": size}

    @property
    def why_not(self) -> str:
        """Why a payment would not be decided on now, by state and record; else nothing."""
        try:
            contract = self.decider().contract
        except StateError as error:
            return str(error)
        return self.keeping.why_not(contract)

    @property
    def why(self) -> str:
        """Why nothing is decided, and what happens; else nothing."""
        if self._decider is not None:
            return ""
        return self._why if self.rebuilding is None else self.rebuilding.sentence(self._why)

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
                    await self._mend()
                elif self._adapter is not None:
                    try:
                        await asyncio.to_thread(self._adapter.sync)
                        await self._tidy()
                    except DamagedStateError as error:
                        self.distrust(error)
                    except StateError:
                        continue  # whoever asks is told
        finally:
            if self.rebuilding is not None:
                await self.rebuilding.stop()
            if self._state is not None and not self._is_damaged:
                with suppress(StateError):
                    close(self._state)

    async def _mend(self) -> None:
        """Look again, and have built what nobody can answer from."""
        if self._is_damaged and self._adapter is not None:
            with suppress(StateError):
                condemn(self._adapter)
        if self._to_build and self._adapter is not None:
            # What is built may lie in another file than the one that was opened.
            self._adapter.close()
            self._adapter, self._is_damaged = None, False
            self.open_again()
        if self._to_build and self.rebuilding is not None:
            await self.rebuilding.see_to(self._to_build, self._why)
        self._seen = None

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
            self._to_build = ""
        except (StateError, RecordError) as error:
            self._decider, self._why = None, str(error)
            unbuilt = isinstance(error, UnbuiltStateError)
            self._to_build = plan_for(carried_contract(served)).digest if unbuilt else ""

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
