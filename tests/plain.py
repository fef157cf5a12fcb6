"""Documents and parts of them as JSON, as strictly as a reader of JSON takes them."""

from __future__ import annotations

import json

import msgspec


def plain_json(value: object) -> str:
    """The value's JSON; an error for NaN and for numbers that are not Python's own."""
    return json.dumps(msgspec.to_builtins(value), allow_nan=False)
