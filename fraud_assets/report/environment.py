"""How every page of the project is rendered: strictly, escaped, with one style and one palette."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fraud_assets.report import numbers
from fraud_assets.report.charts import svg
from fraud_assets.report.located import shown

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:-_")


def css_string(words: object) -> Markup:
    """Any text inside quotes of a style sheet; what is not plain is written by its number."""
    escaped = (c if c in _PLAIN else f"\\{ord(c):06x} " for c in str(words))
    return Markup("".join(escaped))  # noqa: S704 - only plain letters, digits and backslashes


_LONGEST = 20
"""Letters of a word after which a line may break in the middle of it."""

_JOINT = re.compile(rf"[^\s_/.-]*[_/.-]+|[^\s_/.-]{{{_LONGEST}}}(?=\S)")
"""A part of a word up to a joint, or as much of it as a line can always hold."""


def soft(words: object) -> Markup:
    """Text whose long words may break at their joints, so that no table is wider for them."""
    text = str(words)
    if max(map(len, text.split()), default=0) <= _LONGEST:
        return escape(text)
    return Markup("<wbr>").join(map(escape, _parts(text)))


def _parts(text: str) -> Iterator[str]:
    at = 0
    for joint in _JOINT.finditer(text):
        yield text[at : joint.end()]
        at = joint.end()
    yield text[at:]


def page_environment(*packages: str) -> Environment:
    """Templates of `packages`, then the report's own; a name that is missing is an error."""
    loaders = [PackageLoader(name) for name in (*packages, "fraud_assets.report")]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=lambda part: shown(part, numbers.count),
        number=lambda part: shown(part, numbers.short_number),
        percent=lambda part: shown(part, numbers.percent),
        css_string=css_string,
        soft=soft,
        words=lambda part: str(part).replace("_", " "),
    )
    environment.globals.update(
        chart_style=Markup(svg.STYLE),  # noqa: S704 - ours
        light=svg.LIGHT,
        dark=svg.DARK,
    )
    return environment
