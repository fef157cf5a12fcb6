"""The naive week: a random split of all that is known, a threshold on its test rows, no gate."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import train_test_split

from fraud_assets.backtest.finished import NaiveModel
from fraud_assets.backtest.history import BacktestHistory, coming_week
from fraud_assets.data.rows import Rows
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.documents.backtest.week import WeekShares
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.judging.evaluation import confusion_rates
from fraud_assets.modelling.judging.thresholds import aimed_rank
from fraud_assets.modelling.tuned import TunedPipeline

TEST_SHARE = 0.2


def naive_week(
    history: BacktestHistory, raw: RawTransactions, as_of: np.datetime64, tuned: TunedPipeline
) -> tuple[NaiveModel, np.ndarray]:
    """The same family and parameters, trained, thresholded and judged the careless way.

    Every row known at `as_of` takes part, the immature ones as legitimate. The threshold is the
    highest score at which the random test rows show the policy's recall, and what they show
    there is what is promised. Returns the model, and the scores (m,) of the coming week's
    labelled rows, empty while their labels are not in.
    """
    contract = history.contract
    rows = history.rows(history.labelled(0, len(raw.rows), as_of), as_of)
    everything = np.arange(len(rows))
    training, test = train_test_split(
        everything, test_size=TEST_SHARE, stratify=rows.label, random_state=contract.search.seed
    )
    trained = rows.take(np.sort(training))
    pipeline = fit_uncalibrated(
        tuned.family, tuned.parameters, trained, contract, presence=tuned.presence
    )

    def scores(of: Rows) -> np.ndarray:
        return np.asarray(pipeline.predict_proba(of.features)[:, 1], dtype=np.float64)

    tested = rows.take(np.sort(test))
    values = scores(tested)
    threshold = naive_threshold(values, tested.label, contract.policy.min_recall)
    rates = confusion_rates(tested.label, values >= threshold)
    shares = WeekShares(rates.recall, rates.precision, rates.alert_rate)
    coming = coming_week(history, as_of)
    later = np.array([]) if coming is None else scores(coming[1])
    return NaiveModel(threshold, shares), later


def naive_threshold(scores: np.ndarray, labels: np.ndarray, recall: float) -> float:
    """The highest of the frauds' scores at which `recall` is reached on these very rows."""
    frauds = np.sort(scores[labels == 1])
    return float(frauds[len(frauds) - aimed_rank(len(frauds), recall)])
