"""Section data: which rows, what was put aside, and how far the features have moved."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import Count


class WindowSection(msgspec.Struct, frozen=True):
    """One window, half-open [start, end) as ISO times; no dates where rows have no time."""

    name: str
    start: str | None
    end: str | None
    rows: Count
    frauds: Count


class FraudsAside(msgspec.Struct, frozen=True):
    """Frauds kept and put aside, by rule too; a label that nobody understands counts as one."""

    kept: Count
    quarantined: Count
    share: float
    rules: dict[str, Count]


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

    rows: Count
    share: float
    low: float
    high: float
    method: str
    rules: dict[str, Count]
    frauds: FraudsAside | msgspec.UnsetType = msgspec.UNSET
    amount: AmountAside | msgspec.UnsetType = msgspec.UNSET
    unknown_labels: dict[str, Count] | msgspec.UnsetType = msgspec.UNSET


class Drift(msgspec.Struct, frozen=True):
    """Population stability index of one feature against the rows named by `reference`."""

    feature: str
    psi: float
    reference: str
    n: Count


class FeatureProfile(msgspec.Struct, frozen=True, kw_only=True):
    """How often a feature took which values: inner `edges` of numbers, or `levels` of text.

    The last of `counts` is the missing ones, for levels all that are not named.
    """

    edges: tuple[float, ...] | msgspec.UnsetType = msgspec.UNSET
    levels: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    counts: tuple[Count, ...]


Profile = dict[str, FeatureProfile]
"""The profile of each feature by its name."""


class WeekCounts(msgspec.Struct, frozen=True):
    """Payments of seven days from `start`, up to the week's instant: `unjudged` have no say yet.

    `unjudged` payments are too young for their labels, or lie in no window.
    """

    start: str
    rows: Count
    frauds: Count
    unjudged: Count


class DataSection(msgspec.Struct, frozen=True):
    """The week's rows; drift and profile are missing where nobody looks at them."""

    fingerprint: str
    rows: Count
    windows: tuple[WindowSection, ...]
    time_respected: bool
    newest: str | None
    quarantine: Quarantine
    unseen: tuple[str, ...]
    drift: tuple[Drift, ...] | None = None
    profile: Profile | None = None
    newest_drift: tuple[Drift, ...] | msgspec.UnsetType = msgspec.UNSET
    weeks: tuple[WeekCounts, ...] | msgspec.UnsetType = msgspec.UNSET
