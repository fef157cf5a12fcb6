"""The contract's reference as a page: every section and key, made from the schema itself."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from fraud_assets.contract.schema import Contract
from fraud_assets.terms.duration import format_duration

_HEAD = """# The contract

One TOML file says everything about a team's transactions; nothing else knows a column's name.
`fraud-assets init FILE` drafts one, `fraud-assets check` tells what it makes of the data. This page
is written by `fraud-assets schema --reference docs/contract.md`.
"""

_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    datetime: "time",
    timedelta: 'length of time, such as "24h" or "30d"',
    type(None): "",
}


def contract_reference() -> str:
    """The page in Markdown; the same schema gives the same page."""
    lines = [_HEAD, *_table("contract", Contract)]
    for title, model in _sections(Contract, ""):
        lines += ["", _heading(title), "", _first_line(model), "", *_table(title, model)]
    return "\n".join(lines) + "\n"


def _sections(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every table of the contract under the title that it has in TOML, in order."""
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        is_named = get_origin(_bare(field.annotation)) is dict
        title = f"{prefix}{name}.NAME" if is_named else f"{prefix}{name}"
        inner = list(_models(field.annotation))
        for found in inner:
            kind = found.model_fields.get("kind")
            own = title
            if kind is not None and len(inner) > 1:
                own = f"{title}]` with `kind = {_type(kind.annotation)[1:-1]!r}"
            yield own, found
            yield from _sections(found, f"{title}.")


def _heading(title: str) -> str:
    return f"## `[{title}`" if "]`" in title else f"## `[{title}]`"


def _table(title: str, model: type[BaseModel]) -> list[str]:
    rows = [
        f"| `{name}` | {_type(field.annotation)} | {_default(field)} "
        f"| {_meaning(title, name, field)} |"
        for name, field in model.model_fields.items()
        if not field.exclude and not list(_models(field.annotation))
    ]
    return ["| key | value | default | meaning |", "|---|---|---|---|", *rows] if rows else []


def _meaning(title: str, name: str, field: FieldInfo) -> str:
    if not field.description:
        raise ValueError(
            f"{title}.{name} must have a docstring under its field: it is its reference."
        )
    return " ".join(field.description.split()).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined:
        return "not set"
    if isinstance(value, tuple | list | dict):
        return ", ".join(f"`{part}`" for part in value) or "none"
    return f"`{_written(value)}`" if value != "" else "empty"


def _written(value: object) -> str:
    """A single default as a contract writes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return format_duration(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(annotation: Any) -> str:
    bare = _bare(annotation)
    origin, inside = get_origin(bare), get_args(bare)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inside)
    if origin in (tuple, list):
        return f"list of {_type(inside[0])}"
    if origin is dict:
        return f"table of {_type(inside[1])}"
    if origin in (Union, types.UnionType):
        words = [_type(part) for part in inside]
        return " or ".join(dict.fromkeys(word for word in words if word))
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return "table"
    return _WORDS.get(bare, "text")


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Tables of their own inside an annotation; a table that a plain value may stand for too."""
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        yield bare
    elif get_origin(bare) is dict:
        yield from _models(get_args(bare)[1])
    elif get_origin(bare) in (Union, types.UnionType):
        for part in get_args(bare):
            yield from _models(part)


def _first_line(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())
