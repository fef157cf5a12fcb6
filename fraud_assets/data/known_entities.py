"""Rows of entities already known as fraudulent, which a protocol may leave out of judgement.

Le Borgne et al., Reproducible Machine Learning for Credit Card Fraud Detection (2022), chapter
3.4: a compromised card is blocked once its fraud is known, so that finding it again is no merit.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

_DAY = "datetime64[D]"


def known_entities_mask(
    entity: np.ndarray,
    time: np.ndarray,
    *,
    fraud_entity: np.ndarray,
    fraud_time: np.ndarray,
    delay: timedelta,
) -> np.ndarray:
    """Which rows (n,) belong to an entity known as fraudulent when their day began.

    Parameters
    ----------
    entity, time
        The judged rows, (n,); a missing entity is never known.
    fraud_entity, fraud_time
        The frauds since the first training day, (m,); later ones than the judged rows do no harm.
    delay
        From a fraud until it is known. Known are frauds of days that ended `delay` before the
        row's day began.
    """
    first = pd.Series(fraud_time.astype("datetime64[us]")).groupby(pd.Series(fraud_entity)).min()
    seen = first.reindex(pd.Index(entity)).to_numpy(dtype="datetime64[us]")
    opens = time.astype(_DAY).astype("datetime64[us]") - np.timedelta64(delay)
    known: np.ndarray = seen < opens
    return known
