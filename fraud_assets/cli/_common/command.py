"""A subcommand of a command that has several, such as `models list`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

Arguments: TypeAlias = argparse.Namespace
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_group(subparsers: Commands, name: str, text: str, about: str) -> Commands:
    """A command of several subcommands, one of which must be named; `about` describes it."""
    parser = subparsers.add_parser(name, help=text, description=about)
    return parser.add_subparsers(dest=f"{name}_command", required=True, metavar="COMMAND")


def add_command(
    commands: Commands, name: str, run: Callable[[Arguments], int], text: str
) -> argparse.ArgumentParser:
    """A subcommand that runs `run` and can print JSON; `text` says what it does."""
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
    return parser
