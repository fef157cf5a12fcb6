"""[windows]: how much history a week needs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fraud_assets.contract.sections.words import Share
from fraud_assets.profiles import MOST_STALE_DAYS
from fraud_assets.terms.duration import MAX_DAYS
from fraud_assets.terms.section import Section


class Windows(Section):
    """How much history a week needs: by frauds, by days, or by shares of the rows.

    `frauds` takes the shortest whole days that hold the counts; `days` fixed lengths;
    `shares` splits rows in time order, or stratified at random where there is no event time.
    """

    by: Literal["frauds", "days", "shares"] = "frauds"
    """What measures the windows: frauds, days, or shares of the rows."""

    fit_frauds: int = Field(default=1000, ge=1)
    """Frauds that the fitted window must hold."""

    threshold_frauds: int = Field(default=500, ge=1)
    """Frauds that the threshold window must hold."""

    judged_frauds: int = Field(default=500, ge=1)
    """Frauds that the judged window must hold."""

    fit_days: int = Field(default=60, ge=1, le=MAX_DAYS)
    """Days of the fitted window under `by = "days"`."""

    threshold_days: int = Field(default=30, ge=1, le=MAX_DAYS)
    """Days of the threshold window."""

    judged_days: int = Field(default=30, ge=1, le=MAX_DAYS)
    """Days of the judged window."""

    threshold_share: Share = 0.2
    """Share of the earlier rows that choose the threshold under `by = "shares"`."""

    judged_share: Share = 0.2
    """Share of the rows that judge."""

    stale_after_days: float = Field(default=60, gt=0, le=MOST_STALE_DAYS)
    """The newest payment may be at most this old; so a run's `as_of` lies at most as many
    days after it.
    """

    seed: int = 0
    """Seed of the split at random where there is no event time."""
