"""The column of labels: the contract's own words for fraud and not fraud."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract.sections.label import Labelling
from fraud_assets.data.kinds.distinct import distinct
from fraud_assets.values.missing import NUMBER_WORDS
from fraud_assets.values.number import Sign
from fraud_assets.values.text import folded
from fraud_assets.values.words import Words


def parse_labels(
    column: pd.Series, label: Labelling, decimal: Sign = "."
) -> tuple[pd.Series, pd.Series]:
    """Int8: 1 fraud, 0 legitimate, missing where unlabelled; and which values are neither.

    A text decides before a number does: where "01" and "1" are two labels, they stay two. A word
    for missing is a label where the contract says so: its negatives may be called "none".
    """
    meanings = [(1, Words(label.positive, decimal)), (0, Words(label.negative, decimal))]
    undecided, found = Words(label.undecided, decimal), distinct(column)
    table = [_meaning(value, meanings) for value in found.values]
    bad = [
        meaning is None
        and not (isinstance(value, str) and folded(value) in NUMBER_WORDS)
        and not undecided.holds_text(value)
        for meaning, value in zip(table, found.values, strict=True)
    ]
    labels = found.spread([-1 if known is None else known for known in table], -1, np.int8)
    return (
        pd.Series(pd.arrays.IntegerArray(labels, labels < 0), column.index, name=column.name),
        pd.Series(found.spread(bad, missing=False, dtype=bool), column.index, name=column.name),
    )


def _meaning(value: object, meanings: list[tuple[int, Words]]) -> int | None:
    texts = [meaning for meaning, words in meanings if words.holds_text(value)]
    numbers = [meaning for meaning, words in meanings if words.holds_number(value)]
    told = texts or numbers
    return told[0] if len(told) == 1 else None
