"""All that is measured of one feature on some rows; each measure once, when a look asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from fraud_assets.modelling.leaks.measures.alone import Alone, measure_alone
from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.leaks.measures.label_sums import LabelSum, LabelSums
from fraud_assets.modelling.leaks.measures.levels import FEW
from fraud_assets.modelling.leaks.measures.order import places_behind
from fraud_assets.modelling.leaks.measures.times import seconds_after
from fraud_assets.values.counted import counted

_FLAG = 2
"""Values of a flag, whose 0 says as much as its 1."""


@dataclass(frozen=True)
class MeasuredFeature:
    """One feature (n,) in order of time against the label (n,), which has both classes.

    `time` (n,) are the payments' times, None where the contract names none. `is_fact` says that
    the payment itself makes the feature. `part` names the window that the rows are of; "" for
    all windows.
    """

    values: pd.Series
    label: np.ndarray
    time: np.ndarray | None = None
    is_fact: bool = False
    sums: LabelSums | None = None
    part: str = ""

    @property
    def name(self) -> str:
        """The feature's."""
        return str(self.values.name)

    @cached_property
    def alone(self) -> Alone:
        """The feature's values against the label."""
        return measure_alone(self.values, self.label)

    @cached_property
    def has_few_values(self) -> bool:
        """Whether no value of it borders on others, as those of a code."""
        numeric = pd.api.types.is_numeric_dtype(self.values.dtype)
        return not numeric or len(np.unique(self.values.dropna().to_numpy())) <= FEW

    @cached_property
    def blank(self) -> Hits | None:
        """The rows where a number is missing or 0; None for a flag or a category."""
        numeric = pd.api.types.is_numeric_dtype(self.values.dtype)
        if not numeric or self.values.nunique() <= _FLAG:
            return None
        numbers = self.values.to_numpy(dtype=np.float64, na_value=np.nan)
        return Hits.of(np.isnan(numbers) | (numbers == 0), self.label == 1)

    @cached_property
    def after(self) -> pd.Series | None:
        """Seconds (n,) by which its instants lie after their payments; None where it has none."""
        return None if self.time is None else seconds_after(self.values, self.time)

    @cached_property
    def are_after(self) -> Hits | None:
        """The rows whose instant lies after their payment."""
        if self.after is None:
            return None
        return Hits.of((self.after > 0).to_numpy(), self.label == 1)

    @cached_property
    def lag(self) -> Alone | None:
        """How late its instants are against the label."""
        return None if self.after is None else measure_alone(self.after, self.label)

    @cached_property
    def behind(self) -> Alone | None:
        """How far its numbers lie behind their payments' order against the label."""
        if self.time is None:
            return None
        places = places_behind(self.values, self.time)
        return None if places is None else measure_alone(places, self.label)

    @cached_property
    def sum(self) -> LabelSum | None:
        """The count of frauds that the feature is."""
        return None if self.sums is None else self.sums.told_by(self.values)

    @property
    def sample(self) -> str:
        """What the measures rest on, for people."""
        where = f" of the {self.part} window" if self.part else ""
        return (
            f"{counted(self.alone.frauds, 'fraud')} among "
            f"{counted(self.alone.rows, 'payment')}{where}"
        )
