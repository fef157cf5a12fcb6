"""`decisions forget`: destroy a subject's keys, so that nobody reads its values any more."""

from __future__ import annotations

from datetime import UTC, datetime

from fraud_assets.cli._common.command import Arguments, Commands
from fraud_assets.cli._printing import print_json
from fraud_assets.cli.decisions._command import add_log_command, folder_of
from fraud_assets.errors import RecordError


def register(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_log_command(
        commands, "forget", _forget, "make a subject's personal values unreadable, for good"
    )
    parser.add_argument("subject", metavar="SUBJECT", help="as payments name it")


def _forget(args: Arguments) -> int:
    from fraud_assets.decisions.erasure import SubjectKeys, keys_folder
    from fraud_assets.decisions.verify import demand_writers
    from fraud_assets.values.identity import identity

    folder = folder_of(args)
    demand_writers(folder)
    keys = SubjectKeys(keys_folder(folder))
    if not keys.path.exists():
        raise RecordError(
            "What is forgotten must be covered by a subject's key, but nothing on record is: the "
            "contract's [decisions] must name subject and personal columns before payments are "
            "decided. What was recorded without stays readable until [decisions] keep drops it."
        )
    at = datetime.now(UTC).isoformat(timespec="seconds")
    gone = keys.forget(identity(args.subject), at)
    if args.json:
        print_json({"keys": gone, "at": at})
    elif gone:
        print(f"Destroyed {gone:,} keys: what they covered cannot be read any more, nor in a copy.")
    else:
        print("No key of this subject is left: it was forgotten before, or no payment named it.")
    return 0
