"""`python -m fraud_assets.service.shadow SINCE`: the shadow's process, which the service starts.

Its settings are the service's, from the environment; it ends with the process that started it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

from fraud_assets.errors import FraudAssetsError
from fraud_assets.service.net.parent import end_with
from fraud_assets.service.settings import ENVIRONMENT, ServiceSettings, read_settings
from fraud_assets.service.shadow.choice import load_shadow, shadow_names
from fraud_assets.service.shadow.clerk import Clerk
from fraud_assets.service.shadow.progress import ShadowProgress, write_progress
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store

LOOK_SECONDS = 2.0
"""How often it is looked whether another version is the shadow now."""

_TURN_SECONDS = 0.2
_LOADING, _LOWEST = 5, 19
"""Priorities: while it is loaded, lest a busy machine let it never begin, and from then on."""


async def follow_record(settings: ServiceSettings, since: int) -> None:
    """Follow record and store until ended; what goes wrong is told and tried again."""
    folder, store = settings.decisions, Store(settings.store, Keys(settings.keys))
    assert folder is not None
    clerk: Clerk | None = None
    seen: object = None
    looked = float("-inf")
    while True:
        try:
            if time.monotonic() - looked >= LOOK_SECONDS:
                looked, move = time.monotonic(), store.current()
                names = None if move is None else (move.version, shadow_names(store, move)[:1])
                if move is not None and names != seen:
                    if clerk is not None:
                        clerk.close()
                        clerk, since = None, time.time_ns() // 1000
                    seen = names
                    clerk = Clerk(folder, load_shadow(store, move), since)
                    os.nice(_LOWEST)  # the sum is cut at the lowest
            if clerk is not None:
                await clerk.turn()
        except FraudAssetsError as error:
            if clerk is not None:
                clerk.close()
            clerk, seen = None, None
            write_progress(folder, ShadowProgress(why=str(error)))
            await asyncio.sleep(LOOK_SECONDS)
        await asyncio.sleep(_TURN_SECONDS)


if __name__ == "__main__":
    end_with(os.getppid())
    os.nice(_LOADING)
    asyncio.run(follow_record(read_settings(os.environ[ENVIRONMENT]), int(sys.argv[1])))
