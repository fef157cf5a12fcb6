"""One API key as its line in the file says it: whose, what for, until when. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

from fraud_assets.values.moment import NoZoneError, read_day, read_moment

Scope: TypeAlias = Literal["decide", "label", "read"]
"""Ask for scores and decisions; report labels; read the model, its report and the metrics."""

EVERYTHING: frozenset[Scope] = frozenset(get_args(Scope))
_START = re.compile(r"([^:\s]{1,64}):([0-9a-fA-F]{64})")


@dataclass(frozen=True)
class ApiKey:
    """A key by its SHA-256; `expires` is the first moment at which it counts no more, UTC."""

    name: str
    hash: bytes
    scopes: frozenset[Scope] = EVERYTHING
    expires: datetime | None = None

    @property
    def id(self) -> str:
        """What tells this key from others of its name, and is none of it: name and hash's start."""
        return f"{self.name}#{self.hash.hex()[:8]}"


def read_line(line: str) -> ApiKey | str:
    """The key of a line; else what is wrong with it, without a letter of it."""
    head, *options = line.split()
    start = _START.fullmatch(head)
    if start is None or not start[1].isprintable():
        return "is not name:sha256"
    key: ApiKey = ApiKey(start[1], bytes.fromhex(start[2]))
    seen = set()
    for option in options:
        name, _, value = option.partition("=")
        if name not in _OPTIONS or name in seen:
            return "has something behind the hash that is neither one scopes= nor one expires="
        seen.add(name)
        read = _OPTIONS[name](key, value)
        if isinstance(read, str):
            return read
        key = read
    return key


def _with_scopes(key: ApiKey, value: str) -> ApiKey | str:
    named = value.split(",")
    scopes = frozenset(scope for scope in EVERYTHING if scope in named)
    if len(scopes) != len(named):
        return f"must have scopes of {', '.join(sorted(EVERYTHING))}, each once"
    return replace(key, scopes=scopes)


def _with_expiry(key: ApiKey, value: str) -> ApiKey | str:
    try:
        return replace(key, expires=_end(value))
    except NoZoneError:
        return "must have a zone in the time behind expires=, such as 2027-03-31T12:00Z"
    except (ValueError, OverflowError):
        return "must have an ISO date behind expires=, such as 2027-03-31"


def _end(value: str) -> datetime:
    """A date counts to its end, UTC; a time needs its zone."""
    with suppress(ValueError):
        return read_day(value) + timedelta(days=1)
    return read_moment(value, needs_zone=True)


_OPTIONS: dict[str, Callable[[ApiKey, str], ApiKey | str]] = {
    "scopes": _with_scopes,
    "expires": _with_expiry,
}
