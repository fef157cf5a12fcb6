"""What should be looked at before a run, each with a stable code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from fraud_assets.checkup.result import Warned
from fraud_assets.contract import Contract, Policy
from fraud_assets.data.cleaning import split_of
from fraud_assets.data.notes import Notes
from fraud_assets.data.quarantine import Tally
from fraud_assets.data.quarantine.advice import advice, largest
from fraud_assets.data.source import Skipped
from fraud_assets.data.splits.windows import DAY, Window
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.documents.report.leaks import LeaksSection
from fraud_assets.errors import ContractError, DataError
from fraud_assets.families.registry import demand_competitors
from fraud_assets.modelling.judging.thresholds import fewest_to_choose
from fraud_assets.modelling.leaks import leak_refusal, refused, unchecked
from fraud_assets.modelling.statistics.calibration import CALIBRATION_FOLDS
from fraud_assets.values.counted import counted

LEAST_LOST = 0.01
"""Share of the frauds in quarantine from which they are warned of."""

_NAMED = 3
"""Files that a warning names; the others are counted."""


def of_reading(notes: Notes, skipped: Sequence[Skipped]) -> Iterator[Warned]:
    """What reading noticed, and files that were not read."""
    yield from (Warned(note.code, note.text) for note in notes)
    if skipped:
        named = "; ".join(f"{one.path}: {one.why}" for one in skipped[:_NAMED])
        more = f"; and {len(skipped) - _NAMED:,} more" if len(skipped) > _NAMED else ""
        were = counted(len(skipped), "file or folder", "files or folders")
        was = "was" if len(skipped) == 1 else "were"
        yield Warned("files_skipped", f"{were} under the source {was} not read ({named}{more}).")


def of_families(contract: Contract) -> Iterator[Warned]:
    """Named families that cannot compete here."""
    try:
        demand_competitors(contract.search.families)
    except ContractError as error:
        yield Warned("families", str(error), stops=True)


def of_quarantine(tally: Tally, policy: Policy) -> Iterator[Warned]:
    """Shares of rows, frauds and amount in quarantine beyond their bounds; frauds in it at all."""
    bounds = {
        "rows": ("max_quarantine_share", policy.max_quarantine_share),
        "frauds": ("max_quarantined_fraud_share", policy.max_quarantined_fraud_share),
        "amount": ("max_quarantined_amount_share", policy.max_quarantined_amount_share),
    }
    for of, (key, bound) in bounds.items():
        share = tally.share(of)
        if share > bound:
            worst = largest({name: getattr(c, of) or 0 for name, c in tally.rules.items()})
            yield Warned(
                f"quarantine_{of}",
                f"At most {bound:.1%} of the {of} may be in quarantine (policy.{key}), but "
                f"{share:.2%} are, most by rule {worst}: {advice(worst, tally.unknown_labels)}.",
                stops=True,
            )
    if LEAST_LOST < tally.share("frauds") <= bounds["frauds"][1]:
        yield Warned("quarantined_frauds", tally.frauds_taken())


def of_windows(
    raw: RawTransactions, contract: Contract
) -> tuple[tuple[Window, ...], tuple[Warned, ...]]:
    """The newest week's windows, and what keeps them from being judged."""
    try:
        split = split_of(raw, contract)
    except DataError as error:
        text = str(error).removeprefix("insufficient evidence: ")
        text = f"{text[0].upper()}{text[1:]}"
        return (), (Warned("insufficient_evidence", text, stops=True),)
    code = "windows_scaled" if split.time_respected else "split_at_random"
    warned = [Warned(code, note) for note in split.notes]
    policy, few = contract.policy, fewest_to_choose(contract.policy)
    needed = {
        "threshold": (few, "calibration" if few == CALIBRATION_FOLDS else "policy.threshold"),
        "judged": (policy.min_judged_frauds, "policy.min_judged_frauds"),
    }
    for name, (least, key) in needed.items():
        if (frauds := split.named(name).frauds) < least:
            text = (
                f"The {name} window must hold at least {counted(least, 'fraud')} ({key}), but the "
                f"newest week's holds {frauds:,}. Lengthen it in [windows] or add labelled history."
            )
            warned.append(Warned(f"few_{name}_frauds", text, stops=True))
    return split.windows, tuple(warned)


def of_leaks(section: LeaksSection, contract: Contract) -> Iterator[Warned]:
    """Features that are too good to be true and that nobody has checked, gravest first.

    A code opens with "leak" where the gate would refuse, with "doubt" where it would only tell.
    """
    checked = contract.policy.checked
    yield from _of_shared(section)
    found = section.found
    grave = refused(found, checked)
    for leak in unchecked(found, checked):
        stops = leak in grave
        text = leak_refusal([leak], checked) if stops else leak.text
        yield Warned(f"{'leak' if stops else 'doubt'}_{leak.code}", text, stops)


def _of_shared(section: LeaksSection) -> Iterator[Warned]:
    """Payments that came twice under two ids."""
    if section.shared.under_new_ids:
        yield Warned(
            "same_under_new_id",
            f"{counted(section.shared.under_new_ids, 'payment repeats', 'payments repeat')} "
            "another one's sender, time, amount "
            "and features under another id; each counts as a payment of its own. columns.id must "
            "name a payment wherever it is delivered again.",
        )


def staleness(raw: RawTransactions, contract: Contract, now: datetime) -> str:
    """Whether the weekly schedule, which runs as of its own day, would refuse the data; or "".

    No warning: a run without as_of takes the newest payment's day, whenever that was.
    """
    if raw.newest is None:
        return ""
    days = (np.datetime64(now.replace(tzinfo=None), "us") - raw.newest) / DAY
    most = contract.windows.stale_after_days
    if days <= most:
        return ""
    return (
        f"The newest payment ({str(raw.newest)[:10]}) is {days:,.0f} days old; the weekly schedule "
        f"refuses data older than {most:g} days (windows.stale_after_days)."
    )
