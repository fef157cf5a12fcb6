"""production.json: what was promised, what came, and the evidence of the alarm."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import NonNegative, Prediction, Rate

FORMAT = 1


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

    @property
    def alarmed(self) -> bool:
        """Whether the version that serves now is called bad."""
        return bool(self.versions) and self.versions[-1].alarm is not None
