"""The store that a command means: the default one, or that of `--store`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments
from fraud_assets.errors import StoreError

if TYPE_CHECKING:
    from fraud_assets.store.store import Store


def add_store_option(parser: argparse.ArgumentParser) -> None:
    """The option `--store`, which `open_store` reads."""
    parser.add_argument("--store", metavar="FOLDER", help="or URL, instead of the default store")


def open_store(args: Arguments) -> Store:
    """The store that the command means.

    Raises
    ------
    StoreError
        If `--store` names no folder.
    """
    from fraud_assets.store.storage.registry import parse_address
    from fraud_assets.store.store import Store

    address = None if args.store is None else parse_address(args.store)
    if isinstance(address, Path) and not address.is_dir():
        raise StoreError(f"--store must be a folder with models, got {args.store}, which is none.")
    return Store.default(address)


def open_own_store(args: Arguments) -> Store:
    """The same for an act that changes it, which must mean the contract that the store belongs to.

    Raises
    ------
    StoreError
        If `--store` names no folder, or FRAUD_ASSETS_CONTRACT another contract than the store's.
    """
    from fraud_assets.contract.load import named_contracts
    from fraud_assets.store.journal.owner import demand_owner_among

    store = open_store(args)
    if not getattr(args, "restored", False):  # such a journal is believed only by the act itself
        demand_owner_among(store.owner(), named_contracts(), store.root)
    return store
