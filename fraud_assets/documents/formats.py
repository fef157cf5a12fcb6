"""Documents as bytes and back: the format number, upgrades from older ones, one way to write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import msgspec

from fraud_assets.documents.reading import Reading, read_parts
from fraud_assets.errors import DocumentError, Fault

Upgrades: TypeAlias = Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]
"""From a format to the next one, over plain values."""

Kind = TypeVar("Kind", bound=msgspec.Struct)


def to_plain(document: object) -> Any:
    """The document as mappings, lists and numbers, as it stands in its file; NaN stays."""
    return msgspec.to_builtins(document, enc_hook=_number)


def same(one: object, other: object) -> bool:
    """Whether two documents, or parts of them, would be written alike."""
    return msgspec.json.encode(one, enc_hook=_number) == msgspec.json.encode(
        other, enc_hook=_number
    )


def write_document(document: msgspec.Struct) -> bytes:
    """The document's file; a number that is not finite is null there, which no reader takes."""
    return msgspec.json.format(msgspec.json.encode(document, enc_hook=_number), indent=1) + b"\n"


def read_document(
    document: bytes | Mapping[str, object],
    kind: type[Kind],
    name: str,
    current: int,
    upgrades: Upgrades,
) -> Kind:
    """A document of kind `kind`; `name` names its file in the message.

    Raises
    ------
    DocumentError
        If anything is missing or of another kind; all faults at once.
    """
    if isinstance(document, bytes):
        try:
            document = json.loads(document)
        except ValueError as error:
            raise DocumentError(name, [Fault(name, "must be JSON", str(error))]) from error
    reading = examine_document(document, kind, current, upgrades)
    if reading.faults:
        raise DocumentError(name, list(reading.faults))
    return reading.document


def examine_document(
    document: object, kind: type[Kind], current: int, upgrades: Upgrades
) -> Reading[Kind]:
    """The document as far as it can be read, with every fault; raises nothing."""
    if isinstance(document, msgspec.Struct):
        document = to_plain(document)
    return read_parts(kind, upgraded(document, current, upgrades))


def upgraded(document: object, current: int, upgrades: Upgrades) -> object:
    """The document in the current format where an upgrade leads there, else as it is."""
    while isinstance(document, dict):
        found = document.get("format")
        upgrade = upgrades.get(found) if type(found) is int and found < current else None
        if upgrade is None:
            return document
        document = upgrade(document)
    return document


def _number(value: Any) -> Any:
    """Numpy's numbers as Python's own, wherever a document was built from arrays."""
    item = getattr(value, "item", None)
    if item is None:
        raise TypeError(f"A document must be made of plain values, got {type(value).__name__}.")
    return item()
