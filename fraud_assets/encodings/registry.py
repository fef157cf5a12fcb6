"""All encodings by name, found by their files, and the one that a fitted encoder is of."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from fraud_assets.encodings import kinds
from fraud_assets.encodings.encoding import Encoder, Encoding


@cache
def encodings() -> dict[str, Encoding]:
    """Every file's `ENCODING`, by name."""
    found: dict[str, Encoding] = {}
    for module in pkgutil.iter_modules(kinds.__path__):
        encoding: Encoding = import_module(f"{kinds.__name__}.{module.name}").ENCODING
        if encoding.name != module.name:
            raise ImportError(
                f"{module.name}.py must hold the encoding {module.name!r}, got {encoding.name!r}."
            )
        found[encoding.name] = encoding
    return found


def encoding_of(encoder: Encoder) -> Encoding | None:
    """The encoding whose class a fitted encoder has and keeps whole, or None."""
    for encoding in encodings().values():
        if type(encoding.build(0)) is type(encoder) and encoding.is_whole(encoder):
            return encoding
    return None
