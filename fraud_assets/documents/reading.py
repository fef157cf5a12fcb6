"""Strict reading: every fault of a document at once, and the rest as types.

msgspec stops at the first fault. A judge of reports must name them all, and must judge what can
still be read; so values are walked here along msgspec's own description of the types.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, cast

from msgspec import inspect

from fraud_assets.documents.unread import Unread
from fraud_assets.errors import NOTHING, Fault

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Reading(Generic[Kind]):
    """A document as far as it could be read; its faulty parts are `Unread`."""

    document: Kind
    faults: tuple[Fault, ...]

    def faults_of(self, *paths: str) -> tuple[Fault, ...]:
        """Faults at or below any of the paths."""
        return tuple(f for f in self.faults if any(_is_below(f.key, path) for path in paths))


def _is_below(key: str, path: str) -> bool:
    return key == path or key.startswith((f"{path}.", f"{path}["))


def read_parts(kind: type[Kind], value: object) -> Reading[Kind]:
    """Read a value as a document of that kind; raises nothing for what the value may hold."""
    reader = _Reader()
    document = reader.read(_described(cast("Any", kind)), value, "")
    return Reading(document, tuple(reader.faults))


@cache
def _described(kind: Any) -> inspect.Type:
    """Asked once for each kind: msgspec works it out anew each time, 4 ms for a version's."""
    return inspect.type_info(kind)


_SCALARS = frozenset({str, int, float, bool, type(None)})


class _Reader:
    """Collects the faults of one document."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, node: inspect.Type, value: object, path: str) -> Any:
        """The value as the type that `node` describes, or Unread."""
        if isinstance(node, inspect.UnionType):
            node = _chosen(node, value)
        if type(value) in _SCALARS and not isinstance(node, inspect.AnyType):  # most values
            return value if _fits(node, value) else self._fault(path, _demand(node), value)
        if isinstance(node, inspect.StructType) and isinstance(value, Mapping):
            return self._struct(node, value, path)
        if isinstance(node, inspect.VarTupleType) and isinstance(value, (list, tuple)):
            parts = enumerate(value)
            return tuple(self.read(node.item_type, part, f"{path}[{at}]") for at, part in parts)
        if isinstance(node, inspect.DictType) and isinstance(value, Mapping):
            return {
                str(key): self.read(node.value_type, part, _under(path, str(key)))
                for key, part in value.items()
            }
        if isinstance(node, inspect.AnyType):
            self._finite(value, path)
            return value
        return value if _fits(node, value) else self._fault(path, _demand(node), value)

    def _struct(self, node: inspect.StructType, value: Mapping[str, Any], path: str) -> Any:
        if node.tag_field is not None and value.get(node.tag_field) != node.tag:
            at = _under(path, node.tag_field)
            return self._fault(at, f"must be {node.tag!r}", value.get(node.tag_field, NOTHING))
        parts = {}
        for field in node.fields:
            at = _under(path, field.encode_name)
            if field.encode_name in value:
                parts[field.name] = self.read(field.type, value[field.encode_name], at)
            elif field.required:
                parts[field.name] = self._fault(at, _demand(field.type), NOTHING)
        return node.cls(**parts)

    def _finite(self, value: object, path: str) -> None:
        if isinstance(value, Mapping):
            for key, part in value.items():
                self._finite(part, _under(path, str(key)))
        elif isinstance(value, (list, tuple)):
            for at, part in enumerate(value):
                self._finite(part, f"{path}[{at}]")
        elif isinstance(value, float) and not math.isfinite(value):
            self._fault(path, _demand(inspect.FloatType()), value)

    def _fault(self, path: str, demand: str, value: object) -> Unread:
        fault = Fault(path or "the document", demand, value)
        self.faults.append(fault)
        return Unread(fault)


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _chosen(union: inspect.UnionType, value: object) -> inspect.Type:
    """The member of a union that the value can be, or the union where it can be none."""
    for node in union.types:
        if isinstance(node, inspect.StructType) and isinstance(value, Mapping):
            if node.tag_field is None or value.get(node.tag_field) == node.tag:
                return node
        elif _fits(node, value) or _is_array(node, value):
            return node
    return union


def _is_array(node: inspect.Type, value: object) -> bool:
    if isinstance(node, inspect.DictType):
        return isinstance(value, Mapping)
    return isinstance(node, inspect.VarTupleType) and isinstance(value, (list, tuple))


def _fits(node: inspect.Type, value: object) -> bool:
    """Whether a plain value is of the described type; a bool is no number, a number no text."""
    if isinstance(node, inspect.FloatType):
        return type(value) in {int, float} and math.isfinite(value)  # type: ignore[arg-type]
    if isinstance(node, inspect.IntType):
        return type(value) is int and (node.ge is None or value >= node.ge)
    if isinstance(node, inspect.LiteralType):
        return isinstance(value, str) and value in node.values
    return type(value) is _PLAIN.get(type(node))


_PLAIN: dict[type[inspect.Type], type] = {
    inspect.StrType: str,
    inspect.BoolType: bool,
    inspect.NoneType: type(None),
}

_DEMANDS: dict[type[inspect.Type], str] = {
    inspect.FloatType: "a finite number",
    inspect.IntType: "a whole number of 0 or more",
    inspect.StrType: "text",
    inspect.BoolType: "true or false",
    inspect.NoneType: "null",
    inspect.StructType: "an object",
    inspect.DictType: "an object",
    inspect.VarTupleType: "a list",
}


def _demand(node: inspect.Type) -> str:
    return f"must be {_words(node)}"


def _words(node: inspect.Type) -> str:
    if isinstance(node, inspect.UnionType):
        tags = [t.tag for t in node.types if isinstance(t, inspect.StructType) and t.tag]
        if tags:
            return f"an object with outcome {' or '.join(map(str, tags))}"
        return " or ".join(dict.fromkeys(_words(part) for part in node.types))
    if isinstance(node, inspect.LiteralType):
        return " or ".join(map(repr, node.values))
    return _DEMANDS.get(type(node), "a value")
