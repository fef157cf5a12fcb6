"""The page as one HTML file: self-contained, in the report's own style, no script."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jinja2 import Environment
from markupsafe import Markup

from fraud_assets.documents.formats import write_document
from fraud_assets.documents.production import Production
from fraud_assets.documents.signed.move import Move
from fraud_assets.report import numbers
from fraud_assets.report.environment import page_environment
from fraud_assets.report.located import Located, shown
from fraud_assets.watch.page import charts


def render_production(document: Production, moves: Sequence[Move] = ()) -> str:
    """production.html for production.json; the same document gives the same bytes.

    `moves` are the store's, in order: each promotion, rollback and override with its reason.
    """
    pictures = {
        "recall": charts.recall_by_week(document.weeks, _floor(document)),
        "worth": (
            charts.worth_by_day(document.versions[-1], document.limit) if document.versions else ""
        ),
    }
    return (
        _environment(document.currency)
        .get_template("production.html.j2")
        .render(
            live=Located(json.loads(write_document(document))),
            moves=list(reversed(moves)),
            alarmed=document.alarmed,
            printed=_printed(document),
            pictures={name: Markup(drawn) for name, drawn in pictures.items()},  # noqa: S704 - ours
        )
    )


def _printed(document: Production) -> str:
    """What every printed page says of itself."""
    now = document.versions[-1] if document.versions else None
    serving = "nothing serves" if now is None else f"serves {now.version} since {now.since[:10]}"
    name = document.contract.replace("_", " ")
    return f"production of {name} \u00b7 as of {document.until[:16]} \u00b7 {serving}"


def _floor(document: Production) -> float:
    return document.versions[-1].floor if document.versions else 0.0


def _environment(currency: str) -> Environment:
    environment = page_environment("fraud_assets.watch.page")
    environment.filters.update(
        money=lambda part: shown(part, lambda value: numbers.money(value, currency)),
        worth=lambda part: shown(part, _worth),
        rate=_rate,
    )
    return environment


def _worth(value: object) -> str:
    """Two digits; beyond a million more digits say nothing more."""
    worth = float(str(value))
    return "over a million" if worth > 1e6 else f"{worth:.2g}"


def _rate(part: Located) -> Markup:
    """A rate with its interval and n; a dash where it cannot be known or not yet."""
    if not part or not part["n"]:
        return Markup('<span class="missing">not known yet</span>')
    return Markup(
        '<span class="rate">{} <span class="ci"><span class="whole">({} to {},</span> '
        '<span class="whole">n\u00a0{})</span></span></span>'
    ).format(
        shown(part["value"], numbers.percent),
        shown(part["low"], numbers.percent),
        shown(part["high"], numbers.percent),
        shown(part["n"], numbers.count),
    )
