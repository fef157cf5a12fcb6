"""The column that tells deliveries apart: a time of delivery, or a number that grows with each."""

from __future__ import annotations

import pandas as pd

from fraud_assets.data.instants import parse_times
from fraud_assets.data.kinds.text import present_text
from fraud_assets.terms.times import TimeColumn


def parse_deliveries(values: pd.Series, time: TimeColumn) -> tuple[pd.Series, pd.Series]:
    """Instants as datetime64[us], or numbers, where all values are numbers without a unit.

    The second column marks what is neither. Numbers keep every digit.
    """
    if time.unit == "timestamp":
        text, missing = present_text(values)
        numbers = pd.to_numeric(text.mask(missing), errors="coerce")
        if (numbers.notna() | missing).all() and not missing.all():
            return numbers, pd.Series(data=False, index=values.index)
    return parse_times(values, time)
