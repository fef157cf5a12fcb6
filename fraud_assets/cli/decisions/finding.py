"""`decisions find`: from a payment's id to the decisions that were made on it."""

from __future__ import annotations

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.decisions._command import add_log_command, as_time, folder_of
from fraud_assets.errors import RecordError
from fraud_assets.store.texts import printable


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_log_command(
        commands, "find", _find, "the decisions on a payment, by the payment's id"
    )
    parser.add_argument("payment", metavar="PAYMENT", help="the payment's id, as it was sent")


def _find(args: Arguments) -> int:
    import msgspec

    from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
    from fraud_assets.decisions.find import find_decisions_of
    from fraud_assets.decisions.verify import demand_writers

    folder = folder_of(args)
    demand_writers(folder)
    opener = DecisionOpener(keys_folder(folder))
    found = [opener.open(one) for one in find_decisions_of(folder, args.payment)]
    if args.json:
        print_json(msgspec.to_builtins(found))
    for one in [] if args.json else found:
        flagged = "flagged" if one.is_flagged else "not flagged"
        said = f"{as_time(one.decided_at)}  {one.version}  {one.probability!r}  {flagged}"
        print(printable(f"{one.decision_id}  {said}"))
    if not found:
        raise RecordError(
            f"No decision on payment {args.payment!a} is in {folder}: give the id as it was sent, "
            "and name the folder with --log."
        )
    return 0
