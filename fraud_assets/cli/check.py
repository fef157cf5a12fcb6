"""`fraud-assets check [CONTRACT]`: what a contract's data hold, in seconds and before any run."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fraud_assets.cli._tables import paragraph, share, table
from fraud_assets.values.counted import counted

if TYPE_CHECKING:
    from fraud_assets.checkup import Checkup


def register(subparsers: Any) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "check",
        help="say what a contract's data hold, before any run",
        description="Reads a contract's data as the first step of a run does and says in seconds "
        "what would come of them: rows, frauds and amounts kept and put aside by rule, files, "
        "the newest week's windows, and what to look at. Exit 0: they can serve; 1: they cannot; "
        "2: a faulty contract.",
    )
    parser.add_argument(
        "contract", nargs="?", metavar="CONTRACT", help="default: FRAUD_ASSETS_CONTRACT"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the checkup; exit 1 where the data cannot serve."""
    from fraud_assets.checkup import Warned, check_up
    from fraud_assets.contract import load_contract
    from fraud_assets.documents.formats import write_document
    from fraud_assets.preflight import Workplace, found

    contract = load_contract(args.contract)
    here = (Warned(finding.code, finding.text) for finding in found(Workplace.here(contract)))
    checkup = check_up(contract).with_warnings(*here)
    if args.json:
        print(write_document(checkup.document).decode(), end="")
    else:
        print("\n".join(checkup_lines(checkup, contract.name, contract.columns.currency)))
    return 0 if checkup.ok else 1


def checkup_lines(checkup: Checkup, name: str, currency: str) -> Iterator[str]:
    """The checkup for a person: counts, rules, windows, warnings, and the answer last."""
    if checkup.files:
        yield from overview(checkup, name, currency)
    for part in (_rules(checkup), _windows(checkup), _warnings(checkup)):
        if part:
            yield from ("", *part) if checkup.files else part
    yield ""
    if checkup.ok:
        yield from paragraph(f"The data can serve. {checkup.stale}")
    else:
        stops = ", ".join(warned.code for warned in checkup.warnings if warned.stops)
        yield from paragraph(f"The data cannot serve: {stops}.")


def overview(checkup: Checkup, name: str, currency: str) -> Iterator[str]:
    """Files, span, and what was kept and put aside."""
    files = counted(len(checkup.files), "file")
    yield from paragraph(f"{name}: {counted(checkup.read, 'row')} in {files}")
    if checkup.span:
        first, last = (at.replace("T", " ") for at in checkup.span)
        yield f"from {first} to {last} UTC"
    if checkup.senders is not None:
        yield counted(checkup.senders, "sender")
    yield ""
    kept, lost = checkup.tally.kept, checkup.tally.quarantined
    counts = {"rows": (kept.rows, lost.rows), "frauds": (kept.frauds, lost.frauds)}
    rows = [
        [of, f"{part:,}", f"{gone:,}", share(gone, part + gone)]
        for of, (part, gone) in counts.items()
    ]
    if kept.amount is not None and lost.amount is not None:
        whole = kept.amount + lost.amount
        rows.append([f"amount, {currency}", f"{kept.amount:,.2f}", f"{lost.amount:,.2f}",
                     share(lost.amount, whole)])  # fmt: skip
    yield from table(["", "kept", "in quarantine", "share"], rows)


def by_month(checkup: Checkup) -> list[str]:
    """Rows and frauds of each month."""
    rows = [
        [month.name, f"{month.rows:,}", f"{month.frauds:,}", share(month.frauds, month.rows)]
        for month in checkup.months
    ]
    return table(["month", "rows", "frauds", "share"], rows) if rows else []


def _rules(checkup: Checkup) -> list[str]:
    rules = sorted(checkup.tally.rules.items(), key=lambda item: -item[1].rows)
    rows = [[name, f"{counts.rows:,}", f"{counts.frauds:,}"] for name, counts in rules]
    return table(["put aside by rule", "rows", "frauds"], rows) if rows else []


def _windows(checkup: Checkup) -> list[str]:
    rows = [
        [w.name, _day(w.start), _day(w.end), f"{w.rows:,}", f"{w.frauds:,}"]
        for w in checkup.windows
    ]
    told = table(["window", "from", "to", "rows", "frauds"], rows, left=3) if rows else []
    return [*told, *_shared(checkup)]


def _shared(checkup: Checkup) -> Iterator[str]:
    """What fitted and judged rows share."""
    if checkup.leaks is None:
        return
    shared = checkup.leaks.shared
    yield ""
    yield from paragraph(
        f"Of the judged rows {shared.judged:,}, of the judged frauds {shared.judged_frauds:,} have "
        "the same value in every feature as a fitted row."
    )
    for row in checkup.leaks.repeated:
        yield from paragraph(
            f"Of the judged frauds {row.judged_frauds:,} are of a {row.entity} that had a fraud "
            "among the fitted rows."
        )


def _day(at: object) -> str:
    return "" if at is None else str(at)[:10]


def _warnings(checkup: Checkup) -> list[str]:
    found = [paragraph(warned.text, f"{warned.code}: ") for warned in checkup.warnings]
    return [line for sentence in found for line in sentence]
