"""What the subcommands of `models` share: the store they mean, and who signs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments, Commands, add_command
from fraud_assets.errors import StoreError

if TYPE_CHECKING:
    from fraud_assets.store.store import Store


def add_store_command(
    commands: Commands, name: str, run: Callable[[Arguments], int], text: str
) -> argparse.ArgumentParser:
    """A subcommand with the options that all of them take."""
    parser = add_command(commands, name, run, text)
    parser.add_argument("--store", metavar="FOLDER", help="or URL, instead of the default store")
    return parser


def add_signer(parser: argparse.ArgumentParser, *, is_required: bool) -> None:
    """The options of an act that is signed and logged."""
    parser.add_argument("--actor", required=is_required, metavar="NAME", help="who decides this")
    parser.add_argument("--reason", required=is_required, metavar="TEXT", help="why")


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
