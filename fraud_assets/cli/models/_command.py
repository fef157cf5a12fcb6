"""What the subcommands of `models` share: the store they mean, and who signs."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from fraud_assets.cli._common.command import Arguments, Commands, add_command
from fraud_assets.cli._common.store import add_store_option


def add_store_command(
    commands: Commands, name: str, run: Callable[[Arguments], int], text: str
) -> argparse.ArgumentParser:
    """A subcommand with the options that all of them take."""
    parser = add_command(commands, name, run, text)
    add_store_option(parser)
    return parser


def add_signer(parser: argparse.ArgumentParser, *, is_required: bool) -> None:
    """The options of an act that is signed and logged."""
    parser.add_argument("--actor", required=is_required, metavar="NAME", help="who decides this")
    parser.add_argument("--reason", required=is_required, metavar="TEXT", help="why")
