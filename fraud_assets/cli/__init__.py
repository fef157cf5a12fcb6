"""The command `fraud-assets`: each module of this package is one subcommand.

Exit codes: 0 done; 1 refused or failed, the reason in one sentence; 2 wrong usage or a faulty
contract, all faults listed. Subcommands import what they need when they run, so that serving
starts without Dagster, pandas or scikit-learn.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence

from fraud_assets import __version__
from fraud_assets.errors import ContractError, FraudAssetsError, UsageError

COMMANDS = tuple(
    sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name[0] != "_")
)
"""Names of the subcommands: modules with a function `register`; helpers open with `_`."""

INTERRUPTED = "Interrupted; nothing is left half done, and the same command can be run again."
"""What Ctrl-C ends with, where a command has nothing better to say."""


def build_parser() -> argparse.ArgumentParser:
    """The parser with every subcommand; each lives in `fraud_assets.cli.<name>`."""
    parser = argparse.ArgumentParser(
        prog="fraud-assets",
        description="The fraud-model factory: from raw transactions to a proven scoring service.",
    )
    parser.add_argument("--version", action="version", version=f"fraud-assets {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"fraud_assets.cli.{name}").register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code; without one, print the help."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    return _exit_code(args)


def _exit_code(args: argparse.Namespace) -> int:
    try:
        return int(args.run(args))
    except FraudAssetsError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, ContractError | UsageError) else 1
    except KeyboardInterrupt as interrupt:
        print(interrupt.args[0] if interrupt.args else INTERRUPTED, file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        print(f"The disk or network refused: {error}.", file=sys.stderr)
        return 1
