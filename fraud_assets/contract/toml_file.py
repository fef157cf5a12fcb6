"""A contract's text as raw tables, within bounds: no file is too large or too deep to be judged."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from fraud_assets.contract.tables import RawTable
from fraud_assets.errors import ContractError, Fault

MAX_BYTES = 1_000_000
"""The longest contract known has 9 kB; a file beyond this is no contract."""

MAX_DEPTH = 12
"""Levels of tables and lists; a contract needs five."""

MAX_VALUES = 20_000
"""Values, lists and tables together: twenty for each of a thousand features. Each that is at fault
is explained."""

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*"|'[^'\n]*')"""
_START = r"(?:^[ \t]*+\[{0,2}|[{,])[ \t]*+"
_LONG_KEY = re.compile(_START + rf"(?:{_PART}[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}", re.MULTILINE)
"""A dotted key with more parts than any table may have levels; reading it costs their square."""


def read_text(file: Path) -> str:
    """The text of a contract file, with or without a byte order mark.

    Raises
    ------
    ContractError
        If it cannot be read, is no UTF-8, or is larger than `MAX_BYTES`.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError) and len(data) > MAX_BYTES:
            raise ContractError(file, [_too_large(file)]) from error
        fault = Fault("file", f"must be a readable UTF-8 file ({error})", str(file))
        raise ContractError(file, [fault]) from error
    if len(data) > MAX_BYTES:
        raise ContractError(file, [_too_large(file)])
    return text


def parse_tables(text: str, name: str) -> dict[str, object]:
    """The tables of a TOML text.

    Raises
    ------
    ContractError
        If it is no TOML, too large, holds too much, or nests deeper than `MAX_DEPTH` levels.
    """
    if len(text) > MAX_BYTES:
        raise ContractError(name, [_too_large(name)])
    if _LONG_KEY.search(text):
        raise ContractError(name, [_too_deep(name)])
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError as error:
        raise ContractError(name, [_too_deep(name)]) from error
    except ValueError as error:  # TOMLDecodeError is one, and so is a number of 5,000 digits
        raise ContractError(name, [Fault("file", f"must be TOML ({error})", name)]) from error
    _demand_bounded(raw, name)
    return raw


def _demand_bounded(raw: RawTable, name: str) -> None:
    layer: list[object] = [raw]
    count = 0
    for _ in range(MAX_DEPTH):
        layer = [inner for value in layer for inner in _inside(value)]
        count += len(layer)
    if any(isinstance(value, dict | list) for value in layer):
        raise ContractError(name, [_too_deep(name)])
    if count > MAX_VALUES:
        rule = f"must hold at most {MAX_VALUES:,} values, holds {count:,}"
        raise ContractError(name, [Fault("file", rule, name)])


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_large(name: object) -> Fault:
    return Fault("file", f"must have at most {MAX_BYTES:,} bytes", str(name))


def _too_deep(name: object) -> Fault:
    return Fault("file", f"must nest tables and lists at most {MAX_DEPTH} levels deep", str(name))
