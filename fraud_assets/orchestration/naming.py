"""Names and descriptions of one chain, alone or among several: `<chain>/<asset>`, `<job>_<chain>`.

Concept: https://docs.dagster.io/guides/build/assets/organizing-assets
"""

import re
from typing import Any, TypeAlias

import dagster as dg

from fraud_assets.contract import Contract
from fraud_assets.errors import FraudAssetsError
from fraud_assets.masking import public
from fraud_assets.orchestration.settings import Settings

_OWNER = re.compile(r"team:[\w-]+|[\w.+-]+@[\w-]+(\.[\w-]+)+")
AnyJob: TypeAlias = Any
"""A job of assets before Dagster resolves it; the type has no public name."""


def chain_name(name: str, chain: str | None) -> str:
    """The name of a job, schedule or sensor."""
    return name if chain is None else f"{name}_{chain}"


def asset_key_of(asset: str, chain: str | None) -> dg.AssetKey:
    """The key of an asset."""
    return dg.AssetKey([asset] if chain is None else [chain, asset])


def step_of(asset: str, chain: str | None) -> str:
    """The step that makes an asset, as run config names it."""
    return asset if chain is None else f"{chain}__{asset}"


def within_chain(selection: dg.AssetSelection, chain: str | None) -> dg.AssetSelection:
    """The part of a selection that belongs to the chain."""
    return selection if chain is None else selection & dg.AssetSelection.key_prefixes(chain)


def said_by(settings: Settings) -> str:
    """The contract's name and what it says of itself, to follow a sentence.

    Nothing where the contract cannot be read: the code location loads all the same, and the run
    says what is wrong.
    """
    contract = _readable(settings)
    if contract is None:
        return ""
    about = f": {contract.description}" if contract.description else ""
    return f" Contract {contract.name}{about}"


def source_of(settings: Settings) -> str:
    """Where the contract's payments come from, to follow a sentence."""
    contract = _readable(settings)
    return "" if contract is None else f" Source: {public(contract.source.path)}"


def owners_of(settings: Settings) -> list[str] | None:
    """The contract's owner, None where it is none that Dagster takes: an address or `team:x`."""
    contract = _readable(settings)
    if contract is None or _OWNER.fullmatch(contract.owner) is None:
        return None
    return [contract.owner]


def _readable(settings: Settings) -> Contract | None:
    try:
        return settings.contract()
    except FraudAssetsError:
        return None
