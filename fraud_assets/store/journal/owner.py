"""A store belongs to the contract whose name its first move bears. Pure: touches no file."""

from __future__ import annotations

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
