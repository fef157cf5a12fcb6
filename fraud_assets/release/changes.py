"""What changed since the version in production: data, features, setting, threshold, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Set

from fraud_assets.documents.report.champion import Change
from fraud_assets.documents.report.origin import Lineage
from fraud_assets.documents.report.whole import Report, read_report
from fraud_assets.documents.unread import readable
from fraud_assets.errors import FraudAssetsError
from fraud_assets.release.case import Case
from fraud_assets.report import numbers

NONE = "none"


def changes_since_champion(case: Case, report: Report) -> tuple[Change, ...]:
    """One row for each thing that differs; none where nothing serves or its report is lost."""
    current = case.serving()
    if current is None:
        return ()
    try:
        verified = case.need_store().verify(current)
        before = read_report(verified.read("report.json"))
    except FraudAssetsError:
        return ()
    then = readable(lambda: verified.metadata.input_features) or ()
    return (
        *changed_features(set(then), set(case.contract.features.names)),
        *changed_report(before, report),
    )


def changed_features(before: Set[str], now: Set[str]) -> tuple[Change, ...]:
    """Features of the contract that are gone, and new ones; none where nobody knows the former."""
    if not before:
        return ()
    rows = (("gone", _named(before - now), NONE), ("new", NONE, _named(now - before)))
    return tuple(Change(*row, part="features") for row in rows if row[1] != row[2])


def changed_report(before: Report, now: Report) -> tuple[Change, ...]:
    """What else differs between two reports: data, setting, threshold, numbers, libraries."""
    rows = (
        *_data(before, now),
        *_setting(before, now),
        *_numbers(before, now),
        *_libraries(before.lineage, now.lineage),
    )
    return tuple(change for change in rows if change.before != change.now)


def _data(before: Report, now: Report) -> Iterator[Change]:
    yield Change("as of", before.as_of, now.as_of, "data")
    windows = {window.name: window for window in before.data.windows}
    for window in now.data.windows:
        then = windows.get(window.name)
        yield Change(
            f"{window.name} rows (frauds)",
            NONE if then is None else f"{then.rows:,} ({then.frauds:,})",
            f"{window.rows:,} ({window.frauds:,})",
            "data",
        )
    fitted = (f"{report.model.training_samples:,}" for report in (before, now))
    yield _change("rows fitted", fitted, "data")


def _setting(before: Report, now: Report) -> Iterator[Change]:
    contracts = (report.contract.digest[:12] for report in (before, now))
    yield _change("contract", contracts, "setting")
    yield Change("family", before.model.family, now.model.family, "setting")
    then_set, now_set = before.model.parameters, now.model.parameters
    for name in sorted({*then_set, *now_set}):
        then, new = (str(found.get(name, NONE)) for found in (then_set, now_set))
        yield Change(name, then, new, "setting")
    yield Change(
        "threshold", f"{before.threshold.value:.6g}", f"{now.threshold.value:.6g}", "threshold"
    )


def _numbers(before: Report, now: Report) -> Iterator[Change]:
    """Each on its own judged rows, with interval and n."""
    for name in ("recall", "precision", "alert_rate"):
        rates = (numbers.rate_line(getattr(report.metrics, name)) for report in (before, now))
        yield _change(name.replace("_", " "), rates, "numbers")
    for name, title in (("roc_auc", "ROC-AUC"), ("average_precision", "average precision")):
        found = (numbers.estimate(getattr(report.metrics, name)) for report in (before, now))
        yield _change(title, found, "numbers")


def _libraries(before: Lineage | None, now: Lineage | None) -> Iterator[Change]:
    if before is None or now is None:
        return
    for name in sorted({*before.libraries, *now.libraries}):
        then, new = (found.libraries.get(name, NONE) for found in (before, now))
        yield Change(name, then, new, "libraries")


def _change(what: str, both: Iterator[str], part: str) -> Change:
    before, now = both
    return Change(what, before, now, part)


def _named(names: Set[str]) -> str:
    return ", ".join(sorted(names)) or NONE
