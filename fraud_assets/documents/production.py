"""production.json: what was promised, what came, and the evidence of the alarm."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from fraud_assets.documents.rates import Measured, NonNegative, Prediction, Rate

FORMAT = 1

AfterShadow: TypeAlias = Literal["waits", "promote", "stays"]
"""What follows for a version in shadow: it waits on, may serve now, or stays where it is."""


class LiveWeek(msgspec.Struct, frozen=True, kw_only=True):
    """Seven days of one version.

    `matured`: all of the week's labels are of the age at which outcomes count. Before that, and
    where recall cannot be known, `recall` is None; `frauds` and `senders` count those with a
    label. Amounts are in the contract's currency; `released_loss` is that of frauds which passed
    on purpose.
    """

    week: str
    version: str
    payments: NonNegative
    alerts: NonNegative
    released: NonNegative
    alert_rate: Rate
    matured: bool
    frauds: NonNegative
    senders: NonNegative
    recall: Rate | None
    promised: Prediction | None
    precision: Rate | None
    amount_caught: float | None
    amount_missed: float | None
    released_loss: float | None


class EvidencePoint(msgspec.Struct, frozen=True):
    """What the stakes against the promise were worth after a day."""

    day: str
    worth: float


class WatchedPrecision(msgspec.Struct, frozen=True):
    """The evidence that the precision of a version's alerts lies below `floor`, likewise."""

    floor: float
    alerts: NonNegative
    value: Rate
    worth: float
    alarm: str | None


class LiveSlice(msgspec.Struct, frozen=True, kw_only=True):
    """Matured payments of the version that serves at one level of a column.

    No recall without frauds or where it cannot be known, no precision without alerts.
    """

    by: str
    level: str
    payments: NonNegative
    frauds: NonNegative
    recall: Rate | None
    precision: Rate | None
    alert_rate: Rate


class WatchedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version since it serves: the evidence that its recall lies below `floor`.

    `alarm` is the day on which the worth passed the limit. `observations` are senders' episodes;
    `set_aside` counts frauds of senders that had been an observation before.
    """

    version: str
    since: str
    until: str | None
    floor: float
    frauds: NonNegative
    observations: NonNegative
    set_aside: NonNegative
    recall: Rate | None
    worth: float
    alarm: str | None
    evidence: tuple[EvidencePoint, ...]
    precision: WatchedPrecision | msgspec.UnsetType | None = msgspec.UNSET


class LiveDrift(msgspec.Struct, frozen=True, kw_only=True):
    """How far one feature of the newest seven days lies from the rows the version was fitted on.

    `stability` is the population stability index over `n` payments, `where` the values whose
    share moved most; `missing` are shares of missing values, of text that of rare or new ones.
    """

    feature: str
    stability: float
    where: str
    missing: float
    missing_then: float
    n: NonNegative


class ShadowComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What the shadow would have done beside what serves, on the same matured payments.

    Each decides at its own threshold. `payments` have both scores and may pass if flagged; of
    those above the amount that may pass nothing is known. `gain` is the shadow's recall less the
    other's; recalls, precisions and gain are None where no label tells them.
    """

    version: str
    beside: str
    payments: NonNegative
    frauds: NonNegative
    recall: Rate | None
    recall_beside: Rate | None
    gain: Measured | None
    precision: Rate | None
    precision_beside: Rate | None
    alert_rate: Rate
    alert_rate_beside: Rate
    sentence: str


class WaitingVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version that passed the gate and scores live payments before it may serve.

    `since` and `until` are ISO, UTC: it waits for `days` from its first payment that was scored,
    of which `scored_days` are past. `agreement` is the share of payments that it flags as
    `beside` did. `standing` is what follows.
    """

    version: str
    beside: str
    since: str
    until: str
    days: NonNegative
    scored_days: float
    payments: NonNegative
    alert_rate: Rate
    agreement: Rate
    standing: AfterShadow
    sentence: str


class LiveWarning(msgspec.Struct, frozen=True):
    """Something to look at, which by itself moves nothing; `code` is stable."""

    code: str
    text: str


class Production(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file.

    `limit` is the worth at which the alarm is raised; `unknown` says why recall cannot be known,
    where it cannot.
    """

    format: int
    contract: str
    currency: str
    until: str
    maturity_days: float
    limit: float
    unknown: str | None
    sentence: str
    weeks: tuple[LiveWeek, ...]
    versions: tuple[WatchedVersion, ...]
    warnings: tuple[LiveWarning, ...]
    slices: tuple[LiveSlice, ...] | msgspec.UnsetType = msgspec.UNSET
    shadow: ShadowComparison | msgspec.UnsetType = msgspec.UNSET
    waiting: WaitingVersion | msgspec.UnsetType = msgspec.UNSET
    drift: tuple[LiveDrift, ...] | msgspec.UnsetType = msgspec.UNSET

    @property
    def alarmed(self) -> bool:
        """Whether the version that serves now is called bad: its recall, which moves production."""
        return bool(self.versions) and self.versions[-1].alarm is not None

    @property
    def precision_alarm(self) -> str | None:
        """Since when its precision is called bad, None where it is not; moves nothing."""
        found = self.versions[-1].precision if self.versions else None
        return None if found is None or found is msgspec.UNSET else found.alarm

    @property
    def is_broken(self) -> bool:
        """Whether recall or precision of the version that serves is called bad."""
        return self.alarmed or self.precision_alarm is not None
