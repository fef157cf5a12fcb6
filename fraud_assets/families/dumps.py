"""Reads what a boosting library writes of a fitted model, as the types that a family names."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from fraud_assets.families.family import UnconvertibleError

Dump = TypeVar("Dump")


def read_dump(dump: bytes | object, kind: type[Dump]) -> Dump:
    """The dump, JSON or plain values, as `kind`; keys that nobody names are passed over.

    Raises
    ------
    UnconvertibleError
        If the library writes its models in another shape.
    """
    try:
        if isinstance(dump, bytes | bytearray):
            return msgspec.json.decode(dump, type=kind)
        return msgspec.convert(dump, kind)
    except msgspec.MsgspecError as error:
        raise UnconvertibleError(f"its library writes models in another shape: {error}") from error
