"""Writes values as TOML does, whatever characters they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence


def quoted(value: object) -> str:
    """A text, or a list of texts, in quotes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def scalar(value: str) -> str:
    """A whole number as it is, any other text in quotes."""
    return value if re.fullmatch(r"-?(?:0|[1-9]\d{0,8})", value) else quoted(value)


def assigned(key: str, value: str | int | Sequence[str]) -> str:
    """A line that sets a key to a text, a number, or a list of texts."""
    return f"{key} = {value if isinstance(value, int) else quoted(value)}"


def scalars(key: str, values: Sequence[str]) -> str:
    """A line that sets a key to a list in which whole numbers stand as such."""
    return f"{key} = [{', '.join(map(scalar, values))}]"
