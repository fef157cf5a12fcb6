"""What the subcommands of `decisions` share: the log they mean, times, a decision by its id."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fraud_assets.cli._common.command import Arguments, Commands, add_command
from fraud_assets.errors import FraudAssetsError, RecordError, UsageError
from fraud_assets.values.moment import micros_of

if TYPE_CHECKING:
    from fraud_assets.documents.decision import Decision


def add_log_command(
    commands: Commands, name: str, run: Callable[[Arguments], int], text: str
) -> argparse.ArgumentParser:
    """A subcommand with the options that all of them take."""
    parser = add_command(commands, name, run, text)
    parser.add_argument(
        "--log", type=Path, metavar="FOLDER", help="instead of the default folder of decisions"
    )
    return parser


def add_range(parser: argparse.ArgumentParser) -> None:
    """The options of a range in time."""
    text = "decisions made from this instant on (ISO; UTC where it names no zone)"
    parser.add_argument("--since", type=instant, metavar="TIME", help=text)
    parser.add_argument("--until", type=instant, metavar="TIME", help="and before this one")


def instant(text: str) -> int:
    """An ISO date or time as microseconds since 1970, UTC."""
    try:
        return micros_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def as_time(micros: int | None) -> str | None:
    """Microseconds since 1970 as ISO, UTC."""
    if micros is None:
        return None
    seconds, rest = divmod(micros, 1_000_000)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def folder_of(args: Arguments) -> Path:
    """The log that the command means: as named, or the contract's own.

    Raises
    ------
    UsageError
        If there are several, and neither contract nor store says which one.
    """
    from fraud_assets.decisions.log.settings import default_log_folder
    from fraud_assets.decisions.places import places_of, records_under

    if args.log is not None:
        return Path(args.log).absolute()
    contract = _contract()
    if contract is not None:
        return places_of(contract).record
    base = default_log_folder()
    found = records_under(base)
    if len(found) > 1:
        raise UsageError(
            f"There are {len(found)} records of decisions in {base}: name the contract's with "
            f"FRAUD_ASSETS_CONTRACT, or one with --log: {', '.join(map(str, found))}."
        )
    return found[0] if found else base


def _contract() -> str | None:
    """The name of the contract that is meant: as the environment says, or whose the store is."""
    from fraud_assets.contract.load import named_contracts
    from fraud_assets.store.store import Store

    named = named_contracts()
    if len(named) == 1:
        return named[0]
    with suppress(FraudAssetsError):
        return Store.default().owner()
    return None


def demand_decision(folder: Path, decision_id: str) -> Decision:
    """The decision of that id.

    Raises
    ------
    RecordError
        If there is none.
    """
    from fraud_assets.decisions.find import find_decision, find_decisions_of

    found = find_decision(folder, decision_id)
    if found is not None:
        return found
    made = find_decisions_of(folder, decision_id)
    if made:
        ids = ", ".join(one.decision_id for one in made)
        raise RecordError(f"{decision_id!a} is a payment's id; it was decided on as {ids}.")
    raise RecordError(
        f"There is no decision {decision_id!a} in {folder}: take the id from an answer of "
        "POST /decisions, or by the payment's id from `fraud-assets decisions find PAYMENT`, and "
        "name the folder with --log."
    )
