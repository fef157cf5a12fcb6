"""The backtest as one HTML file: self-contained, in the report's own style, no script."""

from __future__ import annotations

import json

from jinja2 import Environment
from markupsafe import Markup

from fraud_assets.backtest import charts
from fraud_assets.backtest.tables import DECISIONS, backtest_sentences
from fraud_assets.documents.backtest.whole import Backtest
from fraud_assets.documents.formats import write_document
from fraud_assets.report import numbers
from fraud_assets.report.environment import page_environment
from fraud_assets.report.located import Located, plain, shown


def render_backtest(result: Backtest) -> str:
    """backtest.html for backtest.json; the same document gives the same bytes."""
    return (
        _environment(result.contract.currency)
        .get_template("backtest.html.j2")
        .render(
            result=Located(json.loads(write_document(result))),
            decisions=DECISIONS,
            sentences=backtest_sentences(result),
            pictures=_pictures(result),
            printed=_printed(result),
        )
    )


def _printed(result: Backtest) -> str:
    """What every printed page says of itself."""
    data, contract = result.data, result.contract
    name = contract.name.replace("_", " ")
    digests = {"data": data.fingerprint, "contract": contract.digest, "code": result.code}
    return (
        f"backtest of {name} \u00b7 payments from {data.first} to {data.newest}\n"
        + " \u00b7 ".join(f"{of} {digest[:12]}" for of, digest in digests.items())
    )


def _pictures(result: Backtest) -> dict[str, Markup]:
    weeks, contract = result.weeks, result.contract
    drawn = {
        "recall": charts.kept_promises(weeks, "recall", "Recall", floor=contract.min_recall),
        "precision": charts.kept_promises(weeks, "precision", "Precision"),
        "alert_rate": charts.kept_promises(weeks, "alert_rate", "Payments flagged"),
        "amount_caught": charts.kept_promises(
            weeks, "amount_caught", f"Fraud caught, {contract.currency}", share=False
        ),
        "served": charts.who_served(weeks),
    }
    return {name: Markup(picture) for name, picture in drawn.items()}  # noqa: S704 - ours, escaped


def _environment(currency: str) -> Environment:
    environment = page_environment("fraud_assets.backtest")
    environment.filters.update(
        money=lambda part: shown(part, lambda value: numbers.money(value, currency)),
        range=_range,
        rate=_rate,
    )
    return environment


def _range(part: Located) -> Markup:
    """A promise: its interval."""
    if not part:
        return Markup('<span class="missing">none</span>')
    return Markup('<span class="whole">{} to</span> <span class="whole">{}</span>').format(
        shown(part["low"], numbers.percent), shown(part["high"], numbers.percent)
    )


def _rate(part: Located, kept: Located | None = None) -> Markup:
    """An outcome with its interval and n; a broken promise says so."""
    if not part:
        return Markup('<span class="missing">not in yet</span>')
    broken = kept is not None and plain(kept) is False
    return Markup('{}{} <span class="ci">({} to {}, n\u00a0{})</span>').format(
        shown(part["value"], numbers.percent),
        Markup(' <span class="fail">broken</span>') if broken else "",
        shown(part["low"], numbers.percent),
        shown(part["high"], numbers.percent),
        shown(part["n"], numbers.count),
    )
