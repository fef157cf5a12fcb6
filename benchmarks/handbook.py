"""The protocol of the Fraud Detection Handbook: which rows train, which are judged, and how.

A fold trains on seven days, waits seven days for labels and is judged on the seven days after.
Left out of the judged days are customers with a fraud in the training week and, day by day,
those whose fraud became known after the delay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.data.known_entities import known_entities_mask
from fraud_assets.modelling.statistics.entities import precision_at_k

WEEK = timedelta(days=7)
TEST_WEEKS = ("2018-07-25", "2018-08-01", "2018-08-08", "2018-08-15")
VALIDATION_WEEKS = ("2018-06-20", "2018-06-27", "2018-07-04", "2018-07-11")
"""First training days. The last validation fold is judged on 07-25 to 07-31, whose labels are
known when the first test fold begins on 08-08; the handbook's own validation folds reach to
08-21 and so into its test weeks."""

ENTITY = "CUSTOMER_ID"


@dataclass(frozen=True)
class Fold:
    """Training and judged rows of one week."""

    start: str
    train: pd.DataFrame
    test: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """Rows and frauds of both parts."""
        return {
            "train_rows": len(self.train),
            "train_frauds": int(self.train[LABEL].sum()),
            "test_rows": len(self.test),
            "test_frauds": int(self.test[LABEL].sum()),
        }


def fold(rows: pd.DataFrame, start: str, train_days: int = 7) -> Fold:
    """The fold whose protocol training week begins on `start`.

    With more `train_days` training begins earlier and ends on the same day; the judged rows
    are the same.
    """
    begin = pd.Timestamp(start)
    train_end, test_start = begin + WEEK, begin + 2 * WEEK
    test = _between(rows, test_start, test_start + WEEK)
    seen = _between(rows, begin, test_start + WEEK)
    frauds = seen[seen[LABEL] == 1]
    known = known_entities_mask(
        test[ENTITY].to_numpy(),
        test[TIME].to_numpy(),
        fraud_entity=frauds[ENTITY].to_numpy(),
        fraud_time=frauds[TIME].to_numpy(),
        delay=WEEK,
    )
    return Fold(start, _between(rows, train_end - timedelta(train_days), train_end), test[~known])


def judge(test: pd.DataFrame, scores: np.ndarray) -> dict[str, float]:
    """ROC-AUC, average precision and card precision at 100 of one fold's scores."""
    label = test[LABEL].to_numpy(dtype=np.int8)
    card = precision_at_k(scores, label, test[TIME].to_numpy(), test[ENTITY].to_numpy(), 100)
    return {
        "roc_auc": float(roc_auc_score(label, scores)),
        "average_precision": float(average_precision_score(label, scores)),
        "card_precision_100": float(card.value or 0.0),
    }


def _between(rows: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    low, high = np.searchsorted(rows[TIME].to_numpy(), [start.to_datetime64(), end.to_datetime64()])
    return rows.iloc[low:high]
