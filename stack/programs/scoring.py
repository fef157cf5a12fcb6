"""Two scoring services on one store, one state and one record, as on two hosts."""

from __future__ import annotations

import json
import sys

from stack.place import Place
from stack.program import Program, asked

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
            is_ready=lambda name=name: _decisions(place, name) == "ready",
            ports=[place.ports[name]],
            waits=lambda name=name: _why(place, name),
        )
        for name in SERVICES
    ]


def _why(place: Place, name: str) -> str:
    """What a service that is not ready waits for."""
    said = _decisions(place, name)
    if said is None:
        return "waits for the first version: launch weekly_retrain in the UI"
    return f"scores, but decides on no raw payment yet: {said}"


def _decisions(place: Place, name: str) -> str | None:
    """What a service says of deciding on raw payments; None while it says nothing."""
    code, body = asked(place.url("http", name, "/ready"))
    return str(json.loads(body).get("decisions")) if code == 200 else None
