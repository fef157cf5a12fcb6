"""`models rollback` and `models promote --override`: production moved by a person, on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._common.store import open_own_store
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.models._command import add_signer, add_store_command
from fraud_assets.errors import RefusedError
from fraud_assets.store.texts import override_of, printable

if TYPE_CHECKING:
    import argparse

    from fraud_assets.documents.signed.move import Move

_GATE = (
    "Promotion goes through the gate, which judges each candidate when the graph publishes it: "
    "launch weekly_retrain. To put {} past the gate, say so: {}; it is signed, logged, and shown "
    "for as long as the version serves."
)


def register(commands: Commands) -> None:
    """Add the subcommands."""
    back = add_store_command(
        commands, "rollback", _rollback, "point production back at what served before"
    )
    back.add_argument("version", metavar="VERSION", nargs="?", help="default: what served before")
    add_signer(back, is_required=True)
    promote = add_store_command(
        commands, "promote", _promote, "put a version past the gate, on record"
    )
    promote.add_argument("version", metavar="VERSION", help="in the store or among the refused")
    promote.add_argument("--override", action="store_true", help="break the glass")
    promote.set_defaults(usage_error=promote.error)
    add_signer(promote, is_required=False)
    for parser in (back, promote):
        _restored(parser)


def _restored(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--restored",
        action="store_true",
        help="accept a journal that is older than was seen here, such as one out of a backup",
    )


def _rollback(args: Arguments) -> int:
    store = open_own_store(args)
    move = store.rollback(
        args.version, actor=args.actor, reason=args.reason, is_restored=args.restored
    )
    return _moved(args, move)


def _promote(args: Arguments) -> int:
    if not args.override:
        version = printable(args.version)
        raise RefusedError(_GATE.format(version, override_of(version)))
    if not args.actor or not args.reason:
        args.usage_error("an override is signed: give --actor NAME and --reason TEXT")
    store = open_own_store(args)
    move = store.override(
        args.version, actor=args.actor, reason=args.reason, is_restored=args.restored
    )
    return _moved(args, move)


def _moved(args: Arguments, move: Move) -> int:
    if args.json:
        print_json(move.to_dict())
    else:
        print(f"{move.kind}: {move.version} serves, {move.previous or 'nothing'} did before.")
    return 0
