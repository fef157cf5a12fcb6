"""What a backtest knows of a past week in place of a store, for rules to fill their sections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.data.rows import Rows


@dataclass(frozen=True)
class Rival:
    """An earlier model beside the week's: both scored (n,) on rows that neither was fitted on."""

    version: str
    rows: Rows
    ours: np.ndarray
    theirs: np.ndarray


@dataclass(frozen=True)
class PastWeek:
    """The policy, what would have served that week, and what was promoted before it."""

    policy: Policy
    serving: Rival | None
    earlier: tuple[Rival, ...] = ()
