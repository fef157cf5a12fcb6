"""What is wrong with a body, as {loc, msg, type}: from the exact model, or the fast reader."""

from __future__ import annotations

import re
from typing import TypedDict

import msgspec
from pydantic import BaseModel, ValidationError


class FieldFault(TypedDict):
    """One thing wrong: where, in words, and a stable kind."""

    loc: list[str | int]
    msg: str
    type: str


UNREADABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, OverflowError)
"""What the fast reader raises for bodies that are no payments."""

MOST_FAULTS = 1000
"""Most faults told at once; only a large batch can have more."""

_WITHIN = re.compile(
    r"(?P<list>payments|transactions|labels)\[(?P<at>[0-9]+)\](?:\.(?P<name>.+))?", re.DOTALL
)
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)


def model_faults(model: type[BaseModel], body: bytes) -> list[FieldFault]:
    """Every fault that `model` finds in the JSON `body`; empty where it finds none."""
    try:
        model.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return [
            {"loc": ["body", *item["loc"]], "msg": item["msg"], "type": item["type"]}
            for item in found
        ]
    return []


def told(error: Exception) -> FieldFault:
    """The one fault that the fast reader stopped at, with the field that its message names."""
    if not isinstance(error, msgspec.ValidationError):
        utf8 = isinstance(error, UnicodeDecodeError)
        message = "Body must be UTF-8" if utf8 else f"Body must be JSON as described: {error}"
        return {"loc": ["body"], "msg": message, "type": "json_invalid"}
    message, _, place = str(error).partition(" - at `$")
    loc = _location(place.removesuffix("`").removeprefix("."))
    missing = _MISSING.fullmatch(message)
    if missing:
        return {"loc": [*loc, missing[1]], "msg": "Field required", "type": "missing"}
    return {"loc": loc, "msg": message, "type": "value_error"}


def _location(place: str) -> list[str | int]:
    """The place of a fault, of a body that is one payment or a list of some under a name.

    Payments are flat: what stands behind is a field's whole name, dots of its own included.
    """
    within = _WITHIN.fullmatch(place)
    if within is None:
        return ["body", place] if place else ["body"]
    name = [within["name"]] if within["name"] else []
    return ["body", within["list"], int(within["at"]), *name]


def cut(faults: list[FieldFault]) -> list[FieldFault]:
    """At most `MOST_FAULTS`, and then how many more there are."""
    more = len(faults) - MOST_FAULTS
    if more <= 0:
        return faults
    last: FieldFault = {
        "loc": ["body"],
        "msg": f"And {more} more faults",
        "type": "too_many_faults",
    }
    return [*faults[:MOST_FAULTS], last]
