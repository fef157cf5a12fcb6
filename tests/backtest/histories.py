"""A small simulated history with weak models and short windows: weeks in a second each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from fraud_assets.backtest.finished import FinishedWeek, NaiveModel, TrainedModel, TrainedWeek
from fraud_assets.backtest.history import BacktestHistory
from fraud_assets.data.columns import KNOWN_AT, LABEL, ROW
from fraud_assets.data.simulator import simulate
from fraud_assets.documents.backtest.week import WeekShares
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.gate.grounds import Expected
from tests.release.reports import good_report
from tests.weeks import SMALL, Week

EDITS = {
    "fit_frauds = 1000": "fit_frauds = 60",
    "threshold_frauds = 500": "threshold_frauds = 40",
    "judged_frauds = 500": "judged_frauds = 40",
    "maturity_days = 14": "maturity_days = 7",
    "max_alert_rate = 0.05": "max_alert_rate = 0.9",
    "min_precision = 0.10": "min_precision = 0.001",
    "min_judged_frauds = 100": "min_judged_frauds = 20",
}


def make_small(folder: Path) -> Week:
    """Sixteen weeks of 500 payments, 4 % fraud."""
    simulate(8_000, 16, 7, folder, fraud_rate=0.04)
    week = Week(folder)
    for old, new in EDITS.items():
        week.edit(old, new)
    week.contract.write_text(week.contract.read_text() + SMALL)
    return week


def relabelled_after(
    history: BacktestHistory, as_of: np.datetime64, seed: int = 0
) -> BacktestHistory:
    """The same history but for what became known after an instant: other frauds, other labels."""
    rng = np.random.default_rng(seed)

    def change(frame: pd.DataFrame, chosen: np.ndarray) -> pd.DataFrame:
        later = (frame[KNOWN_AT] > as_of).to_numpy()
        label = frame[LABEL].mask(later, 0).mask(chosen, 1)
        known = frame[KNOWN_AT].mask(later).mask(chosen, as_of + np.timedelta64(1, "h"))
        return frame.assign(**{LABEL: label, KNOWN_AT: known})

    legitimate = (history.raw.rows[LABEL] != 1).fillna(value=False).to_numpy(dtype=bool)
    chosen = legitimate & (rng.random(len(legitimate)) < 0.05)
    source, raw = history.source, history.raw
    # The same payments in all that was read, where they stand in the export's order.
    marked = source.rows[ROW].isin(raw.rows.loc[chosen, ROW]).to_numpy()
    return replace(
        history,
        source=replace(source, rows=change(source.rows, marked)),
        raw=replace(raw, rows=change(raw.rows, chosen)),
        frame=change(history.frame, chosen),
    )


def trained(family: str, parameters: Parameters) -> FinishedWeek:
    """A finished week whose search chose that family and setting."""
    report = good_report()
    rates = report.metrics
    model = TrainedModel(
        family=family,
        parameters=parameters,
        reach=None,
        searched=True,
        threshold=0.5,
        report=report,
        expected=Expected(model_digest="m", data_fingerprint="d", contract_digest="c"),
        first=0,
        naive=NaiveModel(0.5, WeekShares(rates.recall, rates.precision, rates.alert_rate)),
    )
    return FinishedWeek(TrainedWeek("2025-06-02", model), {})
