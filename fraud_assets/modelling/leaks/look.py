"""A kind of leak as its one file states it, and all kinds in the order of their files."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from fraud_assets.documents.report.leaks import Severity
from fraud_assets.modelling.leaks import looks
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


@dataclass(frozen=True)
class SingleLeak:
    """How grave, the measure and its value, and one sentence that names the feature."""

    severity: Severity
    measure: str
    value: float
    text: str


@dataclass(frozen=True, kw_only=True)
class LeakKind:
    """A kind of leak.

    Attributes
    ----------
    code
        Public: it stands in reports, and is the name of the kind's file.
    order
        Of two findings that are alike grave the one with the smaller order is told.
    find
        What a feature's measures say of this kind, or None.
    """

    code: str
    order: int
    find: Callable[[MeasuredFeature], SingleLeak | None]


@cache
def all_looks() -> tuple[LeakKind, ...]:
    """Every kind of leak, found by the files under `looks/`.

    Raises
    ------
    TypeError
        If a file states no LOOK of its own name.
    """
    return tuple(sorted(_found(), key=lambda look: look.order))


def _found() -> Iterator[LeakKind]:
    for module in pkgutil.iter_modules(looks.__path__):
        look = importlib.import_module(f"{looks.__name__}.{module.name}").LOOK
        if not isinstance(look, LeakKind) or look.code != module.name:
            raise TypeError(
                f"{module.name}.py must state a LeakKind of code {module.name} as LOOK."
            )
        yield look
