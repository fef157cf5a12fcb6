"""One look at production: reads store and record, judges, writes the page."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fraud_assets.contract import Contract, Policy
from fraud_assets.data.labels import source_labels
from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
from fraud_assets.decisions.once import counted_once
from fraud_assets.decisions.outcomes import known_labels
from fraud_assets.decisions.places import DOCUMENT, places_of
from fraud_assets.decisions.reading import read_entries, with_shadows
from fraud_assets.decisions.segment import writer_folders
from fraud_assets.documents.decision import Decision, Label
from fraud_assets.documents.formats import write_document
from fraud_assets.documents.production import (
    LiveDrift,
    LiveWarning,
    Production,
    ShadowComparison,
    WaitingVersion,
)
from fraud_assets.documents.report.whole import Report, read_report
from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import DataError, FraudAssetsError, UsageError
from fraud_assets.store.files import write_over
from fraud_assets.store.journal.owner import demand_owner
from fraud_assets.store.store import Store
from fraud_assets.watch.alarm import WEEK
from fraud_assets.watch.collect import collect, moment, place_of, reigns
from fraud_assets.watch.levels import slice_levels
from fraud_assets.watch.moved import drifted, moved, silence
from fraud_assets.watch.page import render_production
from fraud_assets.watch.production import production
from fraud_assets.watch.shadow.comparison import shadow_comparison
from fraud_assets.watch.shadow.waiting import scored_beside, settle_waiting, waiting_version


@dataclass(frozen=True)
class Look:
    """What production did, and the moves that say who served when."""

    document: Production
    moves: Sequence[Move]


def look(
    contract: Contract, store: Store, log: Path | None = None, until: str | None = None
) -> Look:
    """What may be said of a contract's production at `until` (ISO, UTC; None: now).

    Raises
    ------
    UsageError
        If `until` is no instant.
    RecordError
        If the record of decisions is missing or does not hold.
    StoreError
        If the store's journal does not hold, or it is another contract's.
    """
    demand_owner(store.owner(), contract.name, store.root)
    now = _instant(until)
    folder = places_of(contract.name).record if log is None else log.absolute()
    entries = list(read_entries(folder))
    opener = DecisionOpener(keys_folder(folder))
    once = counted_once(opener.open(e) for e in with_shadows(entries) if _by(e.decided_at, now))
    made = once.decisions
    filed, unread = _filed(contract, {decision.payment_id for decision in made})
    told = [*filed, *(entry for entry in entries if isinstance(entry, Label))]
    labels = known_labels(label for label in told if _by(label.known_at, now))
    moves = [m for m in store.history() if moment(m.promoted_at) <= now]
    reports = {
        name: report for name in {m.version for m in moves} if (report := _report(store, name))
    }
    outcomes = collect(made, labels, contract, now)
    promises = reigns(moves, reports, contract.policy)
    levels = slice_levels(made, contract, outcomes.amount)
    document = production(outcomes, promises, place_of(contract), now, levels)
    drift, odd = _newest(made, reports, moves, now)
    twice = [LiveWarning("payments_twice", once.sentence)] if once.sentence else []
    seen = (*document.warnings, *unread, *twice, *odd, *_quiet(told, now))
    beside = shadow_comparison(made, outcomes, place_of(contract), now) or UNSET
    waiting = _waiting(store, made, moves, beside, contract.policy)
    return Look(
        replace(document, warnings=seen, shadow=beside, drift=drift, waiting=waiting), moves
    )


def settle_on_record(contract: Contract, store: Store, log: Path) -> str:
    """Settle what waits in shadow by the record, where there is one; raises as `look` does."""
    if store.waiting() is None or not log.is_dir() or not writer_folders(log):
        return ""
    return settle_waiting(look(contract, store, log).document, store)


def _waiting(
    store: Store,
    made: Sequence[Decision],
    moves: Sequence[Move],
    beside: ShadowComparison | UnsetType,
    policy: Policy,
) -> WaitingVersion | UnsetType:
    """What waits in shadow beside the version that serves now."""
    naming = store.waiting()
    if naming is None or not moves:
        return UNSET
    found = beside if isinstance(beside, ShadowComparison) else None
    seen = scored_beside(made, naming, moves[-1].version)
    return waiting_version(naming, seen, found, policy)


def _newest(
    made: Sequence[Decision],
    reports: Mapping[str, Report],
    moves: Sequence[Move],
    now: np.datetime64,
) -> tuple[tuple[LiveDrift, ...], list[LiveWarning]]:
    """What moved in the last seven days' payments of the version that serves."""
    report = reports.get(moves[-1].version) if moves else None
    if report is None:
        return (), []
    since = int((now - WEEK).astype("datetime64[us]").astype(np.int64))
    rows = [d for d in made if d.version == moves[-1].version and d.decided_at > since]
    features = [one.features for one in rows]
    drift = drifted(features, report)
    probability = np.array([one.probability for one in rows])
    return drift, list(moved(drift, probability, report))


def _quiet(told: Sequence[Label], now: np.datetime64) -> Iterator[LiveWarning]:
    known = np.array([label.known_at for label in told], dtype=np.int64).astype("datetime64[us]")
    yield from silence(known, now)


def _filed(contract: Contract, payments: Collection[str]) -> tuple[list[Label], list[LiveWarning]]:
    """The labels of the contract's own files; a warning where they cannot be read."""
    try:
        return source_labels(contract, payments), []
    except DataError as error:
        text = f"The labels of the contract's source are not counted: {error}"
        return [], [LiveWarning("source_labels", text)]


def write_page(folder: Path, document: Production, moves: Sequence[Move]) -> None:
    """Put production.json and production.html into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / DOCUMENT, write_document(document))
    _put(folder / "production.html", render_production(document, moves).encode())


def _put(path: Path, data: bytes) -> None:
    """The new file or the old one, never half of one."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    write_over(staged, data)
    staged.replace(path)


def _by(micros: int, now: np.datetime64) -> bool:
    return micros <= int(now.astype(np.int64))


def _report(store: Store, version: str) -> Report | None:
    """A version's own report; None where it was pruned or does not verify any more."""
    try:
        return read_report(store.look_at(version).read("report.json"))
    except FraudAssetsError:
        return None


def _instant(text: str | None) -> np.datetime64:
    if text is None:
        return np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us")
    try:
        return moment(text)
    except ValueError as error:
        raise UsageError(f"--until {error}.") from error
