"""What a report tells before a row is scored: whose, which model, which data, how made."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata as packages

import numpy as np
import pandas as pd

from fraud_assets import __version__
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.data.splits.windows import Window
from fraud_assets.documents.report.data import DataSection, WindowSection
from fraud_assets.documents.report.origin import ContractSection, Lineage, ModelSection
from fraud_assets.documents.report.search import SearchSection
from fraud_assets.release.case import Case
from fraud_assets.release.quarantine import quarantine_section
from fraud_assets.store.versions.trust import pickling_libraries

UNSEEN = (
    "Payments that were blocked before they were made have no label and are not judged here.",
    "A fraud that nobody reports within the label's maturity counts as legitimate.",
)
_TOLD = ("dagster", "onnx", "onnxruntime", "polars", "pyarrow")


@dataclass(frozen=True)
class Opening:
    """The sections of a report that need no scores."""

    as_of: str
    contract: ContractSection
    model: ModelSection
    data: DataSection
    search: SearchSection | None
    lineage: Lineage


def opening(case: Case, run_id: str) -> Opening:
    """Everything that report.json knows before a row is scored."""
    contract, cleaned, tuned = case.contract, case.cleaned, case.tuned
    as_of = _as_of(cleaned)
    return Opening(
        as_of=as_of,
        contract=ContractSection(
            name=contract.name,
            digest=contract_digest(contract),
            owner=contract.owner,
            description=contract.description,
            currency=contract.columns.currency,
            maturity_days=contract.label.maturity_days,
        ),
        model=ModelSection(
            family=tuned.family,
            parameters=tuned.parameters,
            digest=tuned.digest,
            features=tuned.features,
            training_samples=tuned.training_samples,
            age_days=_age_days(cleaned),
        ),
        data=_data(case),
        search=tuned.search,
        lineage=_lineage(run_id, as_of, replayable=cleaned.as_of is not None),
    )


def window_section(window: Window) -> WindowSection:
    """A window with ISO times."""
    start, end = (None if t is None else str(t)[:19] for t in (window.start, window.end))
    return WindowSection(window.name, start, end, window.rows, window.frauds)


def _data(case: Case) -> DataSection:
    cleaned = case.cleaned
    return DataSection(
        fingerprint=cleaned.fingerprint,
        rows=cleaned.rows_read,
        windows=tuple(window_section(_fitted(window, case)) for window in cleaned.windows),
        time_respected=cleaned.time_respected,
        newest=None if cleaned.newest is None else str(cleaned.newest)[:19],
        quarantine=quarantine_section(cleaned.tally),
        unseen=(*cleaned.notes, *UNSEEN),
    )


def _fitted(window: Window, case: Case) -> Window:
    """The window; that of the fit reaches as far back as the model's history does."""
    reach, cleaned = case.tuned.reach, case.cleaned
    if window.name != "fit" or reach is None or TIME not in cleaned.frame:
        return window
    parts = [part[[TIME, LABEL]] for part in (cleaned.earlier, cleaned.window("fit")) if len(part)]
    rows = pd.concat(parts)
    inside = rows[rows[TIME] >= pd.Timestamp(reach.since(rows[TIME].iloc[-1].to_datetime64()))]
    if len(inside) == window.rows:
        return window
    start = inside[TIME].iloc[0].to_datetime64()
    return replace(window, start=start, rows=len(inside), frauds=int(inside[LABEL].sum()))


def _lineage(run_id: str, as_of: str, *, replayable: bool) -> Lineage:
    """How to make this very candidate again."""
    week = json.dumps({"ops": {"raw_transactions": {"config": {"as_of": as_of}}}})
    setting = f" --config-json '{week}'" if replayable else ""
    return Lineage(
        command="dagster asset materialize --select '*' -m fraud_assets.definitions" + setting,
        code_version=__version__,
        libraries=pickling_libraries() | _installed(),
        run_id=run_id,
        python=platform.python_version(),
        platform=platform.platform(terse=True),
    )


def _as_of(cleaned: CleanedFeatures) -> str:
    """The week's T; without event time the day of the run, so that weeks stay in order."""
    if cleaned.as_of is None:
        return datetime.now(UTC).date().isoformat()
    return str(cleaned.as_of.astype("datetime64[s]"))


def _age_days(cleaned: CleanedFeatures) -> float | None:
    """Days from the newest fitted row to T: how old the model is when it starts to serve."""
    fitted = cleaned.span("fit").end
    if cleaned.as_of is None or fitted is None:
        return None
    return float((cleaned.as_of - fitted) / np.timedelta64(1, "D"))


def _installed() -> dict[str, str]:
    return {name: version for name in _TOLD if (version := _version(name)) is not None}


def _version(name: str) -> str | None:
    try:
        return packages.version(name)
    except packages.PackageNotFoundError:
        return None
