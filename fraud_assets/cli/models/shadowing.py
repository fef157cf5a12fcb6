"""`models shadow`: which version scores beside the one that serves, named on record."""

from __future__ import annotations

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._common.store import open_own_store
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.models._command import add_signer, add_store_command
from fraud_assets.errors import UsageError


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_store_command(
        commands, "shadow", _shadow, "name the version that scores beside the one that serves"
    )
    parser.add_argument(
        "version",
        metavar="VERSION",
        nargs="?",
        help="in the store or among the refused; without one, say which is named",
    )
    parser.add_argument(
        "--newest", action="store_true", help="name none: the newest that does not serve is meant"
    )
    add_signer(parser, is_required=False)


def _shadow(args: Arguments) -> int:
    store = open_own_store(args)
    if args.version is None and not args.newest:
        named = store.shadow()
        if args.json:
            print_json({"shadow": named})
        else:
            print(f"{named} is named." if named else "None is named: the newest is meant.")
        return 0
    if args.version is not None and args.newest:
        raise UsageError("models shadow takes a VERSION or --newest, not both.")
    if not args.actor or not args.reason:
        raise UsageError("A naming is signed: give --actor NAME and --reason TEXT.")
    naming = store.name_shadow(args.version, actor=args.actor, reason=args.reason)
    if args.json:
        print_json({"shadow": naming.version or None, "at": naming.at})
    else:
        told = naming.version or "the newest version that does not serve"
        print(f"{told} is the shadow of services whose contract says [live] shadow = true.")
    return 0
