"""The column that tells deliveries apart: a time of delivery, or a number that grows with each."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fraud_assets.data.kinds.column import Column
from fraud_assets.data.kinds.text import present_text
from fraud_assets.data.kinds.time_column import time_column
from fraud_assets.terms.times import TimeColumn


def delivery_times(values: pd.Series, time: TimeColumn, words: Collection[str]) -> Column:
    """Instants as datetime64[us], or numbers, where all values are numbers without a unit.

    What is neither is marked; `words` are folded and mean missing. Numbers keep every digit.
    """
    if time.unit == "timestamp":
        text, missing = present_text(values)
        numbers = pd.to_numeric(text.mask(missing), errors="coerce")
        if (numbers.notna() | missing).all() and not missing.all():
            return Column(numbers)
    return time_column(values, time, words)
