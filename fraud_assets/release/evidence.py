"""What the report shows beyond the rates: importances, drift, the naive way, single payments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.columns import LABEL, ROW, TIME
from fraud_assets.data.features import derive_features
from fraud_assets.data.provenance.made import digest_of
from fraud_assets.data.rows import Rows
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.report.data import DataSection, Profile, WeekCounts
from fraud_assets.documents.report.explained import (
    Examples,
    ExplainedPayment,
    Importances,
    NaiveEvaluation,
)
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.judging.drift import drift, histograms, profile
from fraud_assets.modelling.judging.importances import importances, inner_classifier
from fraud_assets.modelling.naive import shuffled_way, timely_ways
from fraud_assets.modelling.reach import joined_rows
from fraud_assets.modelling.tuned import TunedPipeline, unpickle_unverified
from fraud_assets.release.case import Case
from fraud_assets.release.once import MadeOnce
from fraud_assets.scoring.scorer import Scorer, load_scorer
from fraud_assets.work.workers import begin_tasks

SHOWN = 5
"""Payments of each kind."""

Explanation = tuple[Importances, tuple[NaiveEvaluation, ...]]

_EXPLANATION = MadeOnce[Explanation]()
_SHIFT = MadeOnce[dict[str, Any]]()


def begin_explanation(case: Case, workers: int = 1) -> Callable[[], Explanation]:
    """Begin sections `importances` and `naive` of report.json in other processes, if not known.

    What it gives waits for them; they are the same for any number of workers.
    """
    known = _EXPLANATION.kept(case.digest)
    if known is not None:
        return lambda: known
    timely = partial(_timely, is_tuned=_is_fitted_on_window(case))
    parts = [(part, _windows_alone(case)) for part in (_shuffled, timely, _importances)]
    ended = begin_tasks(_section, parts, workers)

    def explained() -> Explanation:
        shuffled, honest, found = ended()
        return found, (*shuffled, *honest)

    return lambda: _EXPLANATION.of(case.digest, explained)


def _section(make: Callable[[Case], Any], case: Case) -> Any:
    return make(case)


def _windows_alone(case: Case) -> Case:
    """The case with its windows' rows and nothing before or behind them: workers get a copy."""
    cleaned = case.cleaned
    windows = replace(cleaned, history=cleaned.history.iloc[:0], earlier=cleaned.earlier.iloc[:0])
    return replace(case, cleaned=windows, store=None)


def _importances(case: Case) -> Importances:
    return importances(unpickle_unverified(case.tuned.payload), case.cleaned.rows("judged"))


def _shuffled(case: Case) -> tuple[NaiveEvaluation, ...]:
    fit, threshold, judged = map(case.cleaned.rows, ("fit", "threshold", "judged"))
    policy, seed = case.contract.policy, case.contract.search.seed
    return shuffled_way(fit, threshold, judged, partial(_fitted, case), policy, seed=seed)


def _timely(case: Case, *, is_tuned: bool) -> tuple[NaiveEvaluation, ...]:
    # On the window alone: what is compared is the ways to judge, not how much history there is.
    timely = _uncalibrated(case.tuned) if is_tuned else _fitted(case, case.cleaned.rows("fit"))
    threshold, judged = map(case.cleaned.rows, ("threshold", "judged"))
    seed = case.contract.search.seed
    return timely_ways(threshold, judged, timely, case.contract.policy, seed=seed)


def _fitted(case: Case, rows: Rows) -> Pipeline:
    """The tuned family and setting, uncalibrated, on other rows."""
    tuned = case.tuned
    return fit_uncalibrated(
        tuned.family,
        tuned.parameters,
        rows,
        case.contract,
        presence=tuned.presence,
        half_life_days=tuned.half_life_days,
    )


def _is_fitted_on_window(case: Case) -> bool:
    """Whether the tuned pipeline's own history was the fitted window."""
    reach, fit = case.tuned.reach, case.cleaned.rows("fit")
    return reach is None or len(reach.taken(joined_rows(case.cleaned.earlier_rows, fit))) == len(
        fit
    )


def _uncalibrated(tuned: TunedPipeline) -> Pipeline:
    """The tuned pipeline as it was before its calibration."""
    pipeline = unpickle_unverified(tuned.payload)
    parts = pipeline.named_steps["preprocessor"], inner_classifier(pipeline)
    return Pipeline(list(zip(("preprocessor", "classifier"), parts, strict=True)))


def with_drift(data: DataSection, case: Case, champion: Profile | None) -> DataSection:
    """The section with drift, profile and weeks: judged rows against the champion's by effect size.

    `champion` is the profile that the champion's report kept; without one the week's own fitted
    rows stand in.
    """
    against = digest_of("none" if champion is None else to_plain(champion))
    found = _SHIFT.of(f"{case.digest} {against}", lambda: _shift(case, champion))
    return msgspec.structs.replace(data, **found)


def _shift(case: Case, champion: Profile | None) -> dict[str, Any]:
    """The fields that `with_drift` adds."""
    fit, judged = case.cleaned.rows("fit"), case.cleaned.rows("judged")
    newest = _newest(case, judged)
    found = drift(fit, judged) if champion is None else drift(champion, judged, "champion's rows")
    return {
        "drift": found,
        "profile": profile(fit),
        "newest_drift": drift(fit, newest) if len(newest) else (),
        "histograms": histograms(fit, judged, newest),
        "weeks": weeks_of(case.cleaned),
    }


def _newest(case: Case, judged: Rows) -> Rows:
    """The payments after the judged window, whose labels are not in yet."""
    end = case.cleaned.span("judged").end
    history = case.cleaned.history
    if end is None or TIME not in history or not (history[TIME] >= end).any():
        return Rows(judged.features.iloc[:0], judged.label[:0])
    newest = derive_features(history, case.contract, start=end)
    features = newest[list(case.contract.features.names)]
    return Rows(features, np.zeros(len(features), dtype="int8"))


def weeks_of(cleaned: CleanedFeatures) -> tuple[WeekCounts, ...]:
    """Payments, frauds and unjudged payments of every seven days up to the week's instant."""
    if TIME not in cleaned.history or len(cleaned.history) == 0:
        return ()
    days = cleaned.history[TIME].to_numpy().astype("datetime64[D]")
    last = days.max()
    index = ((last - days) // np.timedelta64(7, "D")).astype(int)
    size = int(index.max()) + 1
    inside = cleaned.history[ROW].isin(cleaned.frame[ROW]).to_numpy()
    fraud = (cleaned.history[LABEL] == 1).fillna(value=False).to_numpy(dtype=bool)
    rows, frauds, unjudged = (
        np.bincount(index, weights=part, minlength=size).astype(int)
        for part in (np.ones(len(days)), fraud, ~inside)
    )
    return tuple(
        WeekCounts(
            str(last - np.timedelta64(7 * i + 6, "D")),
            int(rows[i]),
            int(frauds[i]),
            int(unjudged[i]),
        )
        for i in reversed(range(size))
    )


def examples(
    service: Mapping[str, bytes], judged: Rows, scores: np.ndarray, threshold: float
) -> Examples:
    """Section `examples`: payments of four kinds, explained; none stands there twice."""
    try:
        scorer = load_scorer(service)
    except Exception as error:  # noqa: BLE001 - a winner without tables has no reasons to show
        return Examples(flagged=(), missed=(), why=str(error))
    flagged, fraud = scores >= threshold, judged.label == 1
    cost = scores if judged.amount is None else np.nan_to_num(judged.amount)
    kinds = {
        "flagged": (flagged, -scores),
        "missed": (~flagged & fraud, -cost),
        "false_alarms": (flagged & ~fraud, -scores),
        "nearest": (np.ones(len(scores), dtype=bool), np.abs(_log_odds(scores, threshold))),
    }
    shown: dict[str, tuple[ExplainedPayment, ...]] = {}
    taken = np.zeros(len(scores), dtype=bool)
    for kind, (inside, order) in kinds.items():
        chosen = _different(judged, np.flatnonzero(inside & ~taken), order)
        taken[chosen] = True
        shown[kind] = _explained(scorer, judged, scores, chosen)
    return Examples(
        flagged=shown["flagged"],
        missed=shown["missed"],
        nearest=shown["nearest"],
        false_alarms=shown["false_alarms"],
    )


def _log_odds(scores: np.ndarray, threshold: float) -> np.ndarray:
    """How far each score lies from the threshold on the scale of log-odds."""
    low, high = np.finfo(float).tiny, 1 - np.finfo(float).epsneg
    clipped, at = np.clip(scores, low, high), np.clip(threshold, low, high)
    return np.log(clipped / (1 - clipped)) - np.log(at / (1 - at))


def _different(judged: Rows, among: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The first SHOWN rows by `order`, at most one of a sender, so that no burst fills the list."""
    chosen, senders = list[int](), set[object]()
    for i in among[np.argsort(order[among], kind="stable")]:
        sender = None if judged.sender is None else judged.sender[i]
        if sender is not None and sender in senders:
            continue
        senders.add(sender)
        chosen.append(int(i))
        if len(chosen) == SHOWN:
            break
    return np.array(chosen, dtype=np.int64)


def _explained(
    scorer: Scorer, judged: Rows, scores: np.ndarray, order: np.ndarray
) -> tuple[ExplainedPayment, ...]:
    shown = []
    for i in order:
        values = _values(judged.features.iloc[int(i)])
        flagged = bool(scores[i] >= scorer.threshold)
        amount = None if judged.amount is None else float(judged.amount[i])
        shown.append(
            ExplainedPayment(
                probability=float(scores[i]),
                is_fraud=bool(judged.label[i]),
                amount=None if amount is None or np.isnan(amount) else amount,
                values=values,
                reasons=tuple(scorer.reasons(values, flagged)),
            )
        )
    return tuple(shown)


def _values(row: pd.Series) -> dict[str, float | str | None]:
    """The payment's features as a caller would send them."""
    numbers = {str(name): value for name, value in row.items()}
    return {
        name: None if pd.isna(value) else value if isinstance(value, str) else float(value)
        for name, value in numbers.items()
    }
