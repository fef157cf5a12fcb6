"""What a life brings, day by day, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field

from fraud_assets.gateway.world import Sent


@dataclass
class DiaryNote:
    """Something that happened on a day; `kind` is broke, noticed, moved, trained or refused."""

    day: int
    kind: str
    text: str


@dataclass
class AnsweredPayment:
    """What the factory answered to a payment, beside the truth."""

    sent: Sent
    day: int
    version: str
    is_flagged: bool
    released: bool
    decision_id: str

    @property
    def passed(self) -> bool:
        """Whether the gateway let it through."""
        return not self.is_flagged or self.released


@dataclass(frozen=True)
class StretchCost:
    """Payments of a stretch of days, and what frauds among them cost."""

    days: int
    payments: int
    frauds: int
    missed: int
    missed_amount: float
    let_through: int
    alerts: int
    false_alerts: int

    @property
    def recall(self) -> float | None:
        """Share of the frauds that was flagged, by the truth."""
        return 1 - self.missed / self.frauds if self.frauds else None


@dataclass
class Diary:
    """`labels` are those that were accepted, by day; those of the history came before."""

    events: list[DiaryNote] = field(default_factory=list)
    decided: list[AnsweredPayment] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    labels_of_history: int = 0

    def note(self, day: int, kind: str, text: str) -> DiaryNote:
        """Write something down."""
        event = DiaryNote(day, kind, text)
        self.events.append(event)
        return event

    def cost(self, first: int, last: int) -> StretchCost:
        """What the days from `first` up to but not `last` cost."""
        rows = [one for one in self.decided if first <= one.day < last]
        frauds = [one for one in rows if one.sent.is_fraud]
        missed = [one for one in frauds if not one.is_flagged]
        alerts = [one for one in rows if one.is_flagged]
        return StretchCost(
            days=last - first,
            payments=len(rows),
            frauds=len(frauds),
            missed=len(missed),
            missed_amount=round(sum(one.sent.amount for one in missed), 2),
            let_through=sum(one.released for one in frauds),
            alerts=len(alerts),
            false_alerts=len(alerts) - (len(frauds) - len(missed)),
        )
