"""What changed since the version in production: data, features, setting, threshold, numbers."""

from __future__ import annotations

from collections.abc import Iterator

from fraud_assets.documents.report.champion import Change
from fraud_assets.documents.report.whole import Report, read_report
from fraud_assets.errors import FraudAssetsError
from fraud_assets.release.case import Case


def changes_since_champion(case: Case, report: Report) -> tuple[Change, ...]:
    """One row for each thing that differs; none where nothing serves or its report is lost."""
    current = case.serving()
    if current is None:
        return ()
    try:
        before = read_report(case.need_store().verify(current).read("report.json"))
    except FraudAssetsError:
        return ()
    return tuple(change for change in _rows(before, report) if change.before != change.now)


def _rows(before: Report, now: Report) -> Iterator[Change]:
    yield Change("as of", before.as_of, now.as_of)
    windows = {window.name: window for window in before.data.windows}
    for window in now.data.windows:
        then = windows.get(window.name)
        yield Change(
            f"{window.name} rows (frauds)",
            "none" if then is None else f"{then.rows:,} ({then.frauds:,})",
            f"{window.rows:,} ({window.frauds:,})",
        )
    yield Change("contract", before.contract.digest[:12], now.contract.digest[:12])
    was, features = set(before.model.features), set(now.model.features)
    yield Change("encoded columns gone", _named(was - features), "")
    yield Change("encoded columns new", "", _named(features - was))
    yield Change("family", before.model.family, now.model.family)
    then_set, now_set = before.model.parameters, now.model.parameters
    for name in sorted({*then_set, *now_set}):
        yield Change(name, str(then_set.get(name, "none")), str(now_set.get(name, "none")))
    yield Change("threshold", f"{before.threshold.value:.6g}", f"{now.threshold.value:.6g}")
    yield Change(
        "rows fitted", f"{before.model.training_samples:,}", f"{now.model.training_samples:,}"
    )
    for name in ("recall", "precision", "alert_rate", "roc_auc", "average_precision"):
        yield Change(
            f"{name.replace('_', ' ')}, each on its own judged rows",
            _share(getattr(before.metrics, name).value),
            _share(getattr(now.metrics, name).value),
        )
    if before.lineage is not None and now.lineage is not None:
        yield from _libraries(before.lineage.libraries, now.lineage.libraries)


def _libraries(before: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for name in sorted({*before, *now}):
        yield Change(name, before.get(name, "none"), now.get(name, "none"))


def _named(columns: set[str]) -> str:
    names = sorted(columns)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
