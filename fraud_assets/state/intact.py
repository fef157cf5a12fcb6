"""Whether every record of the state is what was written, also those that nobody asks for."""

from __future__ import annotations

from fraud_assets.errors import DamagedStateError
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.sealed import opened

_AT_ONCE = 1000


def demand_intact(adapter: Adapter) -> None:
    """Look at the check sum of every record.

    Raises
    ------
    DamagedStateError
        If one does not hold: names the first one's key, and says how many.
    StateError
        If the place cannot be reached.
    """
    damaged: dict[bytes, None] = {}
    items = adapter.walk(None, _AT_ONCE)
    while True:
        damaged |= dict.fromkeys(key for key, data in items.found if not _holds(key, data))
        if items.cursor is None:
            break
        items = adapter.walk(items.cursor, _AT_ONCE)
    if damaged:
        first = next(iter(damaged)).hex()
        more = f" and {len(damaged) - 1:,} more" if len(damaged) > 1 else ""
        raise DamagedStateError(
            f"The state must be as it was written, but the record {first}{more} is not. Nothing is "
            "answered from it; build it anew: fraud-assets state build"
        )


def _holds(key: bytes, data: bytes) -> bool:
    try:
        opened(key, data)
    except DamagedStateError:
        return False
    return True
