"""Which kind of executor the environment asks for: the file in `kinds` that a setting names."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Mapping

from fraud_assets.work import kinds
from fraud_assets.work.executor import Executor

DEFAULT = "local"


def setting_of(kind: str) -> str:
    """The environment variable that says where a kind works."""
    return f"FRAUD_ASSETS_{kind.upper()}"


def chosen_executor(processes: int, environment: Mapping[str, str] = os.environ) -> Executor:
    """The executor that a setting names, or so many processes of this host; open, to be closed.

    Raises
    ------
    WorkError
        If the place of work cannot be reached, is not installed, or runs other code.
    """
    kind, place = _asked(environment)
    module = importlib.import_module(f"{kinds.__name__}.{kind}")
    opened: Executor = module.open_executor(place, processes)
    return opened


def _asked(environment: Mapping[str, str]) -> tuple[str, str | None]:
    names = [found.name for found in pkgutil.iter_modules(kinds.__path__) if found.name != DEFAULT]
    asked = ((name, place) for name in names if (place := environment.get(setting_of(name))))
    return next(asked, (DEFAULT, None))
