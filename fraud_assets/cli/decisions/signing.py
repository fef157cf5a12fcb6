"""`decisions sign`: a signed checkpoint of the record as it is now."""

from __future__ import annotations

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.decisions._command import add_log_command, folder_of


def register(commands: Commands) -> None:
    """Add the subcommand."""
    add_log_command(commands, "sign", _sign, "sign up to where the record holds now")


def _sign(args: Arguments) -> int:
    import msgspec

    from fraud_assets.decisions.checkpoints import sign_checkpoint
    from fraud_assets.store.keys import Keys

    made = sign_checkpoint(folder_of(args), Keys.default())
    if args.json:
        print_json(None if made is None else msgspec.to_builtins(made))
    elif made is None:
        print("Nothing is new since the last checkpoint.")
    else:
        print(f"Signed a checkpoint of {len(made.heads)} writers at {made.at}.")
    return 0
