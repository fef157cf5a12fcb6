"""`fraud-assets store`: whether a place will do for a store."""

from __future__ import annotations

import argparse

from fraud_assets.cli._common.command import Commands, add_group
from fraud_assets.cli._printing import print_json


def register(subparsers: Commands) -> None:
    """Add `store` with its own subcommand."""
    commands = add_group(
        subparsers,
        "store",
        "check whether a folder or URL will do for a store",
        "A store needs a place where of many writers at once exactly one succeeds.",
    )
    check = commands.add_parser(
        "check",
        help="race writers on a scratch part of it",
        description="Races 32 writers on a scratch part of the place, which is removed afterwards; "
        "exits with 1 where more than one wins.",
    )
    check.add_argument("url", metavar="URL", help="a folder, or such as s3://bucket/prefix")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(run=_check)


def _check(args: argparse.Namespace) -> int:
    import msgspec

    from fraud_assets.store.storage.check import check_place, demand_atomic
    from fraud_assets.store.storage.registry import parse_address

    address = parse_address(args.url)
    found = check_place(address)
    if args.json:
        print_json(msgspec.to_builtins(found))
    else:
        for one in found:
            told = one.fault or "one won each time, and all read what it wrote"
            print(f"{one.what}, {one.writers} writers, {one.rounds} rounds: {told}")
    demand_atomic(address, found)
    return 0
