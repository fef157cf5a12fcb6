"""How every page of the project is rendered: strictly, escaped, with one style and one palette."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fraud_assets.report import numbers
from fraud_assets.report.charts import svg
from fraud_assets.report.located import shown

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:-_")


def css_string(words: object) -> Markup:
    """Any text inside quotes of a style sheet; what is not plain is written by its number."""
    escaped = (c if c in _PLAIN else f"\\{ord(c):06x} " for c in str(words))
    return Markup("".join(escaped))  # noqa: S704 - only plain letters, digits and backslashes


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
        words=lambda part: str(part).replace("_", " "),
    )
    environment.globals.update(
        chart_style=Markup(svg.STYLE),  # noqa: S704 - ours
        light=svg.LIGHT,
        dark=svg.DARK,
    )
    return environment
