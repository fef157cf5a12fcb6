"""A store belongs to the contract whose name its first move bears. Pure: touches no file."""

from __future__ import annotations

from collections.abc import Collection

from fraud_assets.documents.unread import readable
from fraud_assets.errors import StoreError
from fraud_assets.store.storage.registry import Address
from fraud_assets.store.versions.verified import Verified


def contract_of(verified: Verified) -> str:
    """The name of the contract that a version was made for.

    Raises
    ------
    StoreError
        If its metadata names none.
    """
    name = readable(lambda: verified.metadata.contract.name)
    if not name:
        raise StoreError(
            f"The metadata of {verified.version} must name the contract that it was made for; "
            "publish it anew."
        )
    return name


def demand_owner_among(owner: str | None, contracts: Collection[str], root: Address) -> None:
    """Demand that the store at `root` belongs to one of the contracts that are worked on, if any.

    Raises
    ------
    StoreError
        If it is another's; names what to set instead.
    """
    if len(contracts) > 1 and owner is not None and owner not in contracts:
        raise StoreError(
            f"The store {root} belongs to contract {owner}, but FRAUD_ASSETS_CONTRACT names "
            f"{', '.join(sorted(contracts))}: set FRAUD_ASSETS_CONTRACT to the contract {owner}, "
            "or FRAUD_ASSETS_MODELS to a store of theirs."
        )
    if len(contracts) == 1:
        demand_owner(owner, next(iter(contracts)), root)


def demand_owner(owner: str | None, contract: str, root: Address) -> None:
    """Demand that the store at `root` belongs to a contract, or to none yet.

    Raises
    ------
    StoreError
        If it is another's; names the store to set instead.
    """
    if owner not in {None, contract}:
        name, base = f"{root}".rpartition("/")[2], f"{root}"
        beside = base.removesuffix(f"/{name}") if name == owner else base
        raise StoreError(
            f"The store {root} belongs to contract {owner}, which made its first move, and takes "
            f"nothing of {contract}: give each contract a store of its own, such as "
            f"FRAUD_ASSETS_MODELS={beside}/{contract}."
        )
