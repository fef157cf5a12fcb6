"""`fraud-assets monitor`: whether the promise of publication still holds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fraud_assets.cli._printing import print_json
from fraud_assets.cli._tables import paragraph, table
from fraud_assets.documents.production import ShadowComparison, WaitingVersion

if TYPE_CHECKING:
    from fraud_assets.documents.production import LiveSlice, LiveWeek, Production
    from fraud_assets.documents.rates import Rate

_WEEKS, _SLICES = 12, 5
"""Newest weeks and worst slices that a terminal shows; the page shows all."""


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "monitor",
        help="say whether the promise of publication still holds",
        description="Reads decisions and labels on record and says what the versions that served "
        "promised, what came, and what the evidence against the newest is worth. Writes "
        "production.html and production.json. A version that has waited in shadow for its days is "
        'promoted, or stays. With [live] rollback = "alarm" an alarm moves '
        "production back. Exit 0: no alarm; 1: alarm.",
    )
    parser.add_argument(
        "--log", type=Path, metavar="FOLDER", help="instead of the default folder of decisions"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="where the page goes; default: the contract's place in production/ beside the record",
    )
    parser.add_argument("--until", metavar="TIME", help="as of an earlier instant (ISO, UTC)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what holds; exit 1 on an alarm."""
    from fraud_assets.contract import load_contract
    from fraud_assets.decisions.places import places_of
    from fraud_assets.documents.formats import to_plain
    from fraud_assets.store.store import Store
    from fraud_assets.watch.once import look, write_page
    from fraud_assets.watch.react import go_back
    from fraud_assets.watch.shadow.waiting import settle_waiting

    contract, store = load_contract(), Store.default()
    found = look(contract, store, args.log, args.until)
    out = args.out or places_of(contract.name, args.log and args.log.absolute()).page
    write_page(out, found.document, found.moves)
    if args.json:
        print_json(to_plain(found.document))
    else:
        print("\n".join(monitor_lines(found.document)))
        print(f"page: {out / 'production.html'}")
    if args.until is None and (said := settle_waiting(found.document, store)):
        print(said, file=sys.stderr)
    if found.document.alarmed and contract.live is not None and contract.live.rollback == "alarm":
        print(go_back(found.document, found.moves, store), file=sys.stderr)
    return 1 if found.document.is_broken else 0


def monitor_lines(document: Production) -> Iterator[str]:
    """The document for a person: newest weeks, warnings, the answer last."""
    if document.weeks:
        heads = ("week", "payments", "flagged", "frauds", "recall", "promised")
        yield from table(heads, [_row(week) for week in document.weeks[-_WEEKS:]])
        yield ""
    if isinstance(document.slices, tuple) and document.slices:
        columns = ("slice", "payments", "flagged", "frauds", "recall")
        yield from table(columns, [_slice(one) for one in document.slices[:_SLICES]])
        yield ""
    if isinstance(document.shadow, ShadowComparison):
        yield from paragraph(document.shadow.sentence, "shadow: ")
    if isinstance(document.waiting, WaitingVersion):
        yield from paragraph(document.waiting.sentence, "waiting: ")
    for warning in document.warnings:
        yield from paragraph(warning.text, "warning: ")
    yield from paragraph(document.sentence)


def _row(week: LiveWeek) -> tuple[str, ...]:
    promised = week.promised
    return (
        week.week,
        f"{week.payments:,}",
        f"{week.alert_rate.value or 0:.2%}",
        f"{week.frauds:,}" if week.matured else "-",
        _range(week.recall),
        f"{promised.low:.0%} to {promised.high:.0%}" if promised else "-",
    )


def _slice(one: LiveSlice) -> tuple[str, ...]:
    return (
        f"{one.by} {one.level}",
        f"{one.payments:,}",
        f"{one.alert_rate.value or 0:.2%}",
        f"{one.frauds:,}",
        _range(one.recall),
    )


def _range(rate: Rate | None) -> str:
    if rate is None or rate.value is None:
        return "-"
    return f"{rate.value:.1%} ({rate.low:.0%} to {rate.high:.0%})"
