"""How many processes of this host work may keep busy."""

from __future__ import annotations

import os

from joblib import cpu_count

from fraud_assets.errors import UsageError


def cores() -> int:
    """How many processes this one may keep busy: as its affinity and its container allow.

    `LOKY_MAX_CPU_COUNT` sets fewer.

    Raises
    ------
    UsageError
        If that is no whole number.
    """
    try:
        return cpu_count()
    except ValueError as error:
        set_to = os.environ.get("LOKY_MAX_CPU_COUNT")
        raise UsageError(
            f"LOKY_MAX_CPU_COUNT must be a whole number of processes, got {set_to!r}: set one, "
            "or none for all cores."
        ) from error
