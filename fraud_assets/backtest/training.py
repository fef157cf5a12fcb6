"""One week's model, made by the chain's own functions from what was known at its Monday."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from msgspec.structs import replace

from fraud_assets.backtest.finished import FinishedWeek, TrainedModel, TrainedWeek
from fraud_assets.backtest.history import BacktestHistory, known_at
from fraud_assets.backtest.naive import naive_week
from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures, clean
from fraud_assets.data.columns import ROW
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.modelling.freezing import freeze
from fraud_assets.modelling.reach import FittedReach
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.tuned import TunedPipeline, unpickle_unverified
from fraud_assets.modelling.tuning import tune
from fraud_assets.release.case import Case
from fraud_assets.release.judgement import begin_report
from fraud_assets.release.opening import opening
from fraud_assets.release.rescored import rescore

_LEFT_OUT = {"curves": None, "slices": None, "search": None, "lineage": None}
"""Parts of the report that the gate does not read and that fill a disk."""


@dataclass(frozen=True)
class FoundSetting:
    """A family with its parameters and history, as an earlier week's search chose them."""

    family: str
    parameters: Parameters
    presence: tuple[str, ...] = ()
    reach: FittedReach | None = None


def train_week(
    history: BacktestHistory,
    as_of: np.datetime64,
    setting: FoundSetting | None,
    progress: Callable[[str], None] | None = None,
) -> FinishedWeek:
    """Search (without a setting) or refit, judge, and score every row after the threshold's.

    What was not known at `as_of` goes into nothing but the scores of later rows, from which
    nothing is learned.
    """
    contract, raw = history.contract, known_at(history, as_of)
    try:
        cleaned = clean(raw, contract)
        tuned = _tuned(cleaned, contract, setting, progress)
        case = Case(contract, cleaned, tuned)
        found = rescore(case)
    except DataError as error:
        return FinishedWeek(TrainedWeek(str(as_of), None, str(error)), {})
    report = replace(begin_report(opening(case, ""), found), **_LEFT_OUT)
    first = _after_threshold(history, cleaned)
    scores = _scores(tuned, history, first)
    naive, naive_scores = naive_week(history, raw, as_of, tuned)
    model = TrainedModel(
        family=tuned.family,
        parameters=tuned.parameters,
        reach=tuned.reach,
        searched=setting is None,
        threshold=tuned.threshold.value,
        report=report,
        expected=found.expected,
        first=first,
        naive=naive,
        presence=tuned.presence,
    )
    judged = _positions(history, cleaned.window("judged"))
    arrays = {"scores": scores, "naive": naive_scores, "judged": judged}
    return FinishedWeek(TrainedWeek(str(as_of), model), arrays)


def _tuned(
    cleaned: CleanedFeatures,
    contract: Contract,
    setting: FoundSetting | None,
    progress: Callable[[str], None] | None,
) -> TunedPipeline:
    fit, middle = cleaned.rows("fit"), cleaned.rows("threshold")
    if setting is not None:
        return freeze(
            setting.family,
            setting.parameters,
            fit,
            middle,
            contract,
            presence=setting.presence,
            earlier=cleaned.earlier_rows,
            reach=setting.reach,
        )
    board = compare_candidates(fit, contract, progress=progress, earlier=cleaned.earlier_rows)
    return tune(fit, middle, board, contract, progress=progress, earlier=cleaned.earlier_rows)


def _after_threshold(history: BacktestHistory, cleaned: CleanedFeatures) -> int:
    """Position of the first row that the model was neither fitted nor thresholded on."""
    end = cleaned.span("threshold").end
    if end is None:
        raise InsufficientEvidenceError("A backtest needs windows with dates.")
    return history.position(end)


def _positions(history: BacktestHistory, window: pd.DataFrame) -> np.ndarray:
    """Where a window's rows stand in history, (n,) ascending."""
    return np.flatnonzero(history.frame[ROW].isin(window[ROW]).to_numpy())


def _scores(tuned: TunedPipeline, history: BacktestHistory, first: int) -> np.ndarray:
    """Scores of all rows from a position on, as the frozen model gives them."""
    features = history.frame.iloc[first:][list(history.contract.features.names)]
    return np.asarray(unpickle_unverified(tuned.payload).predict_proba(features)[:, 1])
