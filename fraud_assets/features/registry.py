"""Finds the kinds of derived features: every module in `kinds/` that defines one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union, get_args

from pydantic import Field

from fraud_assets.features import kinds as folder
from fraud_assets.features.kind import Kind


@cache
def kinds() -> dict[str, type[Kind]]:
    """Every kind by the word that a contract calls it, which is its file's name; in order.

    Raises
    ------
    TypeError
        If a file defines no kind of its name, or one that leaves something unsaid.
    """
    return dict(_found())


def kind_named(name: object) -> type[Kind] | None:
    """The kind that a contract calls so; None where there is none."""
    return kinds().get(name) if isinstance(name, str) else None


def _found() -> Iterator[tuple[str, type[Kind]]]:
    for file in sorted(pkgutil.iter_modules(folder.__path__), key=lambda file: file.name):
        module = importlib.import_module(f"{folder.__name__}.{file.name}")
        defined = [
            found
            for found in vars(module).values()
            if isinstance(found, type)
            and issubclass(found, Kind)
            and get_args(found.model_fields["kind"].annotation) == (file.name,)
        ]
        if len(defined) != 1:
            raise TypeError(f'{module.__name__} must define one Kind with kind: "{file.name}".')
        yield file.name, _complete(defined[0], module.__name__)


def _complete(kind: type[Kind], where: str) -> type[Kind]:
    """The kind itself, if it says all that a kind must say."""
    if inspect.isabstract(kind):
        missing = ", ".join(sorted(kind.__abstractmethods__))
        raise TypeError(f"{where} must say of its kind as well: {missing}.")
    for role in getattr(kind, "ROLES", None) or ():
        if role not in kind.model_fields:
            raise TypeError(f"{where} must have the field {role!r}, which its ROLES name.")
    if not hasattr(kind, "ROLES"):
        raise TypeError(f"{where} must say in ROLES which of its fields name columns.")
    return kind


if TYPE_CHECKING:
    Derived: TypeAlias = Kind
else:
    _kinds: Any = tuple(kinds().values())
    Derived = Annotated[Union[_kinds], Field(discriminator="kind")]  # noqa: UP007 - a tuple
