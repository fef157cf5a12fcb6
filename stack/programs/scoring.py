"""Two scoring services on one store, one state and one record, as on two hosts."""

from __future__ import annotations

import sys

from stack.place import Place
from stack.program import Program, status

SERVICES = ("scoring-1", "scoring-2")


def programs_of(place: Place) -> list[Program]:
    """Each waits for the first version before it serves."""
    return [
        Program(
            name=name,
            stage=3,
            words=[
                *(sys.executable, "-m", "stack.first_version", sys.executable, "-m"),
                *("fraud_assets", "serve", "--port", str(place.ports[name])),
                *("--record-sync", "--record-shared"),
                *("--last-good", str(place.folder / "last_good" / name)),
            ],
            what="a scoring service",
            shown=place.url("http", name),
            is_ready=lambda name=name: status(place.url("http", name, "/ready")) == 200,
            waits=lambda name=name: _why(place, name),
        )
        for name in SERVICES
    ]


def _why(place: Place, name: str) -> str:
    """What a service that is not ready waits for."""
    if status(place.url("http", name, "/health")) == 0:
        return "waits for the first version: launch weekly_retrain in the UI"
    return "derives its state from the contract's payments"
