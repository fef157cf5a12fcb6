"""A value that knows where in report.json it stands, so that each shown number can be checked.

The template walks a `Located` report as if it were the plain one; text escapes itself, a
missing part is false and says "not measured", and a number shows itself as
`<data value="full value" data-path="metrics.recall.value">short text</data>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from fraud_assets.report import numbers

_EMPTY: tuple[object, ...] = (None, "", [], {}, False)


class Located:
    """A part of the report with its path. Only underscored names are the wrapper's own."""

    __slots__ = ("_path", "_value")

    def __init__(self, value: Any, path: str = "") -> None:
        self._value = value
        self._path = path

    def __getitem__(self, key: str | int) -> Located:
        """The part under a key or index; what is not there is a missing part, not an error."""
        path = f"{self._path}.{key}" if self._path else str(key)
        if isinstance(self._value, Mapping):
            return Located(self._value.get(key), path)
        if isinstance(self._value, list) and isinstance(key, int) and key < len(self._value):
            return Located(self._value[key], path)
        return Located(None, path)

    def __iter__(self) -> Iterator[Located]:
        """The items of a list, or the values of a mapping in the order of their keys."""
        return (part for _, part in pairs(self))

    def __len__(self) -> int:
        return len(self._value) if isinstance(self._value, Mapping | list) else 0

    def __bool__(self) -> bool:
        return not any(self._value is empty or self._value == empty for empty in _EMPTY) or (
            self._value == 0 and not isinstance(self._value, bool)
        )

    def __eq__(self, other: object) -> bool:
        return bool(self._value == plain(other))

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "" if self._value is None else str(self._value)

    def __html__(self) -> str:
        """Text escaped; a number as a `data` element; nothing as "not measured"."""
        if isinstance(self._value, str):
            return str(escape(self._value))
        if isinstance(self._value, bool):
            return "yes" if self._value else "no"
        if isinstance(self._value, Mapping | list):
            return str(escape(", ".join(str(part) for part in self)))
        return shown(self, numbers.short_number)


def plain(part: object) -> Any:
    """The value itself."""
    return part._value if isinstance(part, Located) else part


def path(part: Located) -> str:
    """Where it stands: "metrics.recall.value"."""
    return part._path


def pairs(part: Located) -> list[tuple[str, Located]]:
    """Keys with parts: a mapping's in the order of its keys, a list's with its indices."""
    value = plain(part)
    if isinstance(value, Mapping):
        return [(str(key), part[key]) for key in sorted(value, key=str)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(str(index), part[index]) for index in range(len(value))]
    return []


def shown(part: Located, text: Callable[[object], str]) -> Markup:
    """A number as a `data` element that carries full value and path; or the words for none."""
    value = plain(part)
    words = numbers.unusable(value)
    if words is not None:
        return Markup('<span class="missing">{}</span>').format(words)
    return Markup('<data value="{}" data-path="{}">{}</data>').format(
        repr(value), path(part), text(value)
    )
