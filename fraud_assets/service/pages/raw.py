"""The page's form for a raw payment: what a gateway has, before any feature is derived of it."""

from __future__ import annotations

from html import escape

from fraud_assets.contract import Contract
from fraud_assets.payments.possible import why_not_decided
from fraud_assets.payments.roles import raw_columns
from fraud_assets.service.payments.raw_payment_model import raw_description, raw_example
from fraud_assets.service.versions.version import Served


def render_raw(served: Served) -> str:
    """One labelled input a raw column, filled with an example; or why there is no form."""
    contract = served.contract
    if contract is None:
        why = "This version carries no contract that this release reads: ask it with features."
        return f'<p class="about">{why}</p>'
    if why := why_not_decided(contract):
        return f'<p class="about">{escape(why)}</p>'
    example = raw_example(contract, served.scorer.spec)
    fields = "\n".join(
        _field(at, name, _shown(example[name], contract), contract)
        for at, name in enumerate(raw_columns(contract))
    )
    return (
        f'<form id="raw" autocomplete="off">{fields}\n'
        '<p class="buttons"><button type="submit">Derive and score</button></p></form>\n'
        '<div id="derived" role="status"></div>'
    )


def _field(at: int, name: str, value: str, contract: Contract) -> str:
    about = escape(raw_description(name, contract))
    return (
        f'<p class="field"><label for="r-{at}">{escape(name.replace("_", " "))}</label>'
        f'<input type="text" id="r-{at}" name="{escape(name)}" value="{escape(value)}" '
        f'data-about="r-d-{at}" aria-describedby="r-d-{at}">'
        f'<span class="about" id="r-d-{at}">{about}</span></p>'
    )


def _shown(value: object, contract: Contract) -> str:
    """As the export writes it."""
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", contract.source.decimal)
    return str(value)
