"""The command `fraud-assets`: init, simulate, serve, backtest, models.

Exit codes: 0 done; 1 refused or failed, the reason in one sentence; 2 wrong usage or a faulty
contract, all faults listed. Subcommands import what they need when they run, so that serving
starts without Dagster, pandas or scikit-learn.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from fraud_assets.errors import ContractError, FraudAssetsError, UsageError

COMMANDS = ("init", "simulate", "serve", "backtest", "models")


def build_parser() -> argparse.ArgumentParser:
    """The parser with every subcommand; each lives in `fraud_assets.cli.<name>`."""
    parser = argparse.ArgumentParser(
        prog="fraud-assets",
        description="The fraud-model factory: from raw transactions to a proven scoring service.",
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"fraud_assets.cli.{name}").register(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    args = build_parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (ContractError, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except FraudAssetsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        print(f"The disk or network refused: {error}.", file=sys.stderr)
        return 1
