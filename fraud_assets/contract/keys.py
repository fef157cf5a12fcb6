"""Which keys a contract knows at which place, read from the schema; and the one that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from fraud_assets.contract.schema import Contract

ErrorPlace = Sequence[int | str]
"""Where an error of pydantic lies: keys, positions in lists, and names of union members."""


@dataclass(frozen=True)
class SchemaPlace:
    """A place in the schema: its path as a person writes it, and what is expected there.

    `in_union` says that the place's last part named a member of a union and no key.
    """

    path: tuple[str, ...]
    annotation: Any
    in_union: bool = False


def follow_place(place: ErrorPlace) -> SchemaPlace:
    """Follow a place through the schema; union members and kinds are left out of the path."""
    found = SchemaPlace((), Contract)
    for part in place:
        inner = _step(found.annotation, part)
        if inner is None:
            found = SchemaPlace(found.path, _member(found.annotation, part), in_union=True)
        else:
            found = SchemaPlace((*found.path, str(part)), inner)
    return found


def known_keys(annotation: Any) -> list[str]:
    """Keys of the table that an annotation describes, in the schema's order."""
    hidden = {"base", "text"} if annotation is Contract else set()
    names = (name for model in _models(annotation) for name in model.model_fields)
    return [name for name in dict.fromkeys(names) if name not in hidden]


def known_kinds(annotation: Any) -> list[str]:
    """Values of `kind` that tell the union's tables apart, in the schema's order."""
    return [kind for model in _models(annotation) for kind in _kinds(model)]


def sections_with(key: str) -> list[str]:
    """Top sections that have a key of that name."""
    return [
        name
        for name, field in Contract.model_fields.items()
        if any(key in model.model_fields for model in _models(field.annotation))
    ]


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, blind to case, blanks and hyphens; None where none is."""
    plain = {_plain(other): other for other in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=0.6)
    return plain[close[0]] if close else None


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """An appended question such as ` (did you mean 'sender'?)`; empty where no name is near."""
    close = nearest_name(name, known) if isinstance(name, str) else None
    return f" (did you mean {close!r}?)" if close and close != name else ""


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")[:80]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The tables that may stand at a place; not those inside its own tables."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) not in (dict, tuple):
        for part in get_args(annotation):
            yield from _models(part)


def _step(annotation: Any, part: int | str) -> Any | None:
    """What is expected under a key or position; None where `part` is neither."""
    for model in _models(annotation):
        if part in model.model_fields:
            return model.model_fields[str(part)].annotation
    for container in _containers(annotation):
        origin, inner = get_origin(container), get_args(container)
        if origin is dict:
            return inner[1]
        if origin is tuple and isinstance(part, int):
            return inner[0]
    return None


def _containers(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (dict, tuple):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from _containers(part)


def _member(annotation: Any, part: int | str) -> Any:
    """The union's member of that kind, or the union itself."""
    return next((m for m in _models(annotation) if part in _kinds(m)), annotation)


def _kinds(model: type[BaseModel]) -> tuple[str, ...]:
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field else ()
