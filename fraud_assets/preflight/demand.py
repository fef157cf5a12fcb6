"""Looks at everything and says all faults at once; each look is a module found by its folder."""

from __future__ import annotations

import importlib
import pkgutil

from fraud_assets.errors import PlaceError
from fraud_assets.preflight import looks
from fraud_assets.preflight.place import Obstacle, Workplace


def found(place: Workplace) -> list[Obstacle]:
    """Everything at this place that would stop a run, in order of the looks' names."""
    result: list[Obstacle] = []
    for module in sorted(found.name for found in pkgutil.iter_modules(looks.__path__)):
        look = importlib.import_module(f"{looks.__name__}.{module}")
        result += [Obstacle(look.CODE, text) for text in look.faults(place)]
    return result


def demand_workable(place: Workplace) -> None:
    """Refuse a place where a run could not finish.

    Raises
    ------
    PlaceError
        If a look found a fault; lists all.
    """
    faults = found(place)
    if faults:
        raise PlaceError([fault.text for fault in faults])
