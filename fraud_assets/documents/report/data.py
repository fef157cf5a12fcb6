"""Section data: which rows, what was put aside, and how far the features have moved."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import NonNegative


class WindowSection(msgspec.Struct, frozen=True):
    """One window, half-open [start, end) as ISO times; no dates where rows have no time."""

    name: str
    start: str | None
    end: str | None
    rows: NonNegative
    frauds: NonNegative


class FraudsAside(msgspec.Struct, frozen=True):
    """Frauds kept and put aside, by rule too; a label that nobody understands counts as one."""

    kept: NonNegative
    quarantined: NonNegative
    share: float
    rules: dict[str, NonNegative]


class AmountAside(msgspec.Struct, frozen=True):
    """The amount kept and put aside, by rule too; None where the contract names no amount."""

    kept: float | None
    quarantined: float | None
    share: float
    rules: dict[str, float | None]


class Quarantine(msgspec.Struct, frozen=True):
    """Rows put aside: their share of all rows, and how many broke which rule.

    `unknown_labels` counts the most common label words that are none of the contract's. The last
    three stand in no report of a version published before they came.
    """

    rows: NonNegative
    share: float
    low: float
    high: float
    method: str
    rules: dict[str, NonNegative]
    frauds: FraudsAside | msgspec.UnsetType = msgspec.UNSET
    amount: AmountAside | msgspec.UnsetType = msgspec.UNSET
    unknown_labels: dict[str, NonNegative] | msgspec.UnsetType = msgspec.UNSET


class Drift(msgspec.Struct, frozen=True):
    """Population stability index of one feature against the rows named by `reference`."""

    feature: str
    psi: float
    reference: str
    n: NonNegative


class FeatureProfile(msgspec.Struct, frozen=True, kw_only=True):
    """How often a feature took which values: inner `edges` of numbers, or `levels` of text.

    The last of `counts` is the missing ones, for levels all that are not named.
    """

    edges: tuple[float, ...] | msgspec.UnsetType = msgspec.UNSET
    levels: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    counts: tuple[NonNegative, ...]


Profile = dict[str, FeatureProfile]
"""The profile of each feature by its name."""


class FeatureHistogram(msgspec.Struct, frozen=True, kw_only=True):
    """How many payments of each part of the history had which values of one feature.

    `edges` are the inner ones of a number's bins, `levels` those of text. The last of the counts
    are the missing ones, for levels all that are not named. `newest` are the payments after the
    judged window, whose labels are not in yet.
    """

    feature: str
    edges: tuple[float, ...] | msgspec.UnsetType = msgspec.UNSET
    levels: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    fitted: tuple[NonNegative, ...]
    judged: tuple[NonNegative, ...]
    newest: tuple[NonNegative, ...]


class WeekCounts(msgspec.Struct, frozen=True):
    """Payments of seven days from `start`, up to the week's instant: `unjudged` have no say yet.

    `unjudged` payments are too young for their labels, or lie in no window.
    """

    start: str
    rows: NonNegative
    frauds: NonNegative
    unjudged: NonNegative


class DataSection(msgspec.Struct, frozen=True):
    """The week's rows; drift and profile are missing where nobody looks at them."""

    fingerprint: str
    rows: NonNegative
    windows: tuple[WindowSection, ...]
    time_respected: bool
    newest: str | None
    quarantine: Quarantine
    unseen: tuple[str, ...]
    drift: tuple[Drift, ...] | None = None
    profile: Profile | None = None
    newest_drift: tuple[Drift, ...] | msgspec.UnsetType = msgspec.UNSET
    weeks: tuple[WeekCounts, ...] | msgspec.UnsetType = msgspec.UNSET
    histograms: tuple[FeatureHistogram, ...] | msgspec.UnsetType = msgspec.UNSET
