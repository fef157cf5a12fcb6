"""`fraud-assets live`: a simulated gateway lives its weeks in minutes, then its world breaks."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud_assets.cli._printing import print_json
from fraud_assets.cli._tables import paragraph, table
from fraud_assets.values.counted import counted

if TYPE_CHECKING:
    from fraud_assets.gateway.account import Account


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    from fraud_assets.gateway.settings import BREAKS, LifeSettings

    parser = subparsers.add_parser(
        "live",
        help="let a simulated gateway live its weeks on this factory",
        description="A simulated gateway lives its weeks in minutes: payments posted to a real "
        "service in event time, flagged ones stopped but for the released share, labels that come "
        "late, the daily look, the weekly run on its own record. Then its world breaks. At the end "
        "a table: what happened, when it was noticed, what was done, what it cost, and that "
        "nothing acknowledged was lost. Exit 0: noticed, no false alarm, nothing lost; 1: else.",
    )
    parser.add_argument(
        "--break",
        dest="what",
        choices=(*BREAKS, "all"),
        default="all",
        help="how the world breaks (default: %(default)s, one after the other)",
    )
    for name, text in {
        "weeks": "weeks to live",
        "break-week": "the week in which the world breaks, from 1",
        "payments": "payments a day",
        "seed": "which simulated world",
    }.items():
        default = getattr(LifeSettings, name.replace("-", "_"))
        parser.add_argument(
            f"--{name}", type=int, metavar="N", default=default, help=f"{text} (default {default})"
        )
    parser.add_argument(
        "--fraud-rate",
        type=float,
        metavar="R",
        default=LifeSettings.fraud_rate,
        help=f"share of payments that are frauds (default {LifeSettings.fraud_rate})",
    )
    parser.add_argument(
        "--release",
        type=float,
        metavar="P",
        default=LifeSettings.release,
        help=f"share of flagged payments let through (default {LifeSettings.release})",
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="keep stores, records and pages in this new folder"
    )
    parser.add_argument("--json", action="store_true", help="print JSON; progress to stderr")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Live, print the table, exit 1 where something went unnoticed, was lost, or cried wolf."""
    from fraud_assets.errors import RefusedError

    try:
        import time_machine  # noqa: F401 - the clocked processes need it
    except ImportError as error:
        raise RefusedError(
            f"A simulated life needs its extra, {error.name} is not installed; "
            "run: pip install 'fraud-assets[chain,serve,live]'."
        ) from error
    if args.out is not None:
        args.out.mkdir(parents=True)
        found = _lived(args, args.out)
    else:
        with tempfile.TemporaryDirectory(prefix="fraud-assets-live-") as folder:
            found = _lived(args, Path(folder))
    if args.json:
        print_json([one.to_plain() for one in found])
    else:
        print("\n".join(line for one in found for line in account_lines(one)))
    return 0 if all(one.is_well for one in found) else 1


def _lived(args: argparse.Namespace, folder: Path) -> list[Account]:
    from fraud_assets.gateway.settings import BREAKS, LifeSettings
    from fraud_assets.gateway.worlds import live_worlds

    breaks = [one for one in BREAKS if one != "none"] if args.what == "all" else [args.what]
    settings = LifeSettings(
        folder=folder,
        weeks=args.weeks,
        payments=args.payments,
        fraud_rate=args.fraud_rate,
        seed=args.seed,
        what=breaks[0],
        break_week=args.break_week,
        release=args.release,
    )
    began, to = time.monotonic(), sys.stderr if args.json else sys.stdout

    def say(line: str) -> None:
        print("\n".join(paragraph(line, f"{time.monotonic() - began:4.0f} s  ")), file=to)

    return list(live_worlds(settings, breaks, say))


def account_lines(one: Account) -> Iterator[str]:
    """The table of one world."""
    yield ""
    yield f"{one.what}: {counted(one.weeks, 'week')} of world {one.seed}"
    heads = ("", "days", "payments", "frauds", "missed", "amount", "flagged", "recall")
    rows = [
        (
            stretch.name,
            f"{cost.days}",
            f"{cost.payments:,}",
            f"{cost.frauds:,}",
            f"{cost.missed:,}",
            f"{cost.missed_amount:,.0f}",
            f"{cost.alerts:,}",
            "-" if cost.recall is None else f"{cost.recall:.1%}",
        )
        for stretch in one.stretches
        for cost in [stretch.cost]
    ]
    yield from table(heads, rows)
    if one.broke_on is not None:
        yield from paragraph(f"day {one.broke_on}", "broke    ")
        yield from paragraph(_noticed(one), "noticed  ")
    for done in one.done or ("nothing",):
        yield from paragraph(done, "done     ")
    kept = one.kept
    yield from paragraph(
        f"{kept.decisions_lost} of {counted(kept.decisions, 'decision')} and {kept.labels_lost} of "
        f"{counted(kept.labels, 'label')} that were acknowledged",
        "lost     ",
    )
    if one.cried_wolf:
        yield from paragraph(
            f"{counted(one.cried_wolf, 'alarm')} before anything broke", "wolf     "
        )


def _noticed(one: Account) -> str:
    if one.noticed_on is None or one.broke_on is None:
        return "never"
    days = one.noticed_on - one.broke_on + 1
    labels = counted(one.labels_until or 0, "label")
    return f"after {counted(days, 'day')} and {labels}: {one.noticed_by}"
