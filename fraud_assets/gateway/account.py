"""What a life comes to: the table of one broken world, and that nothing was lost."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fraud_assets.decisions.reading import read_entries
from fraud_assets.documents.decision import Decision, Label
from fraud_assets.gateway.diary import Diary, DiaryNote, StretchCost
from fraud_assets.gateway.factory import Factory
from fraud_assets.gateway.life import EXPECTED
from fraud_assets.gateway.settings import LifeSettings
from fraud_assets.gateway.world import Sent


@dataclass(frozen=True)
class OnRecord:
    """What was acknowledged, and what of it the record does not hold."""

    decisions: int
    decisions_lost: int
    labels: int
    labels_lost: int


@dataclass(frozen=True)
class Stretch:
    """Days of a life, by a name, and what they cost."""

    name: str
    cost: StretchCost


@dataclass(frozen=True)
class Account:
    """One life: when its world broke and that was noticed, what was done, what it cost.

    Days count from the opening. `labels_until` are labels that came from the break until it was
    noticed. `stretches` are the days before the break, until it was noticed, until a version was
    trained after that, and from then on; those that there are.
    """

    what: str
    weeks: int
    seed: int
    broke_on: int | None
    noticed_on: int | None
    noticed_by: str
    labels_until: int | None
    cried_wolf: int
    stretches: tuple[Stretch, ...]
    done: tuple[str, ...]
    events: tuple[DiaryNote, ...]
    kept: OnRecord

    @property
    def is_well(self) -> bool:
        """Whether the break was noticed, no alarm came without one, and nothing was lost."""
        noticed = self.broke_on is None or self.noticed_on is not None
        lost = self.kept.decisions_lost + self.kept.labels_lost
        return noticed and not self.cried_wolf and not lost

    def to_plain(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self) | {"is_well": self.is_well}


def account_of(life: LifeSettings, diary: Diary, history: list[Sent], factory: Factory) -> Account:
    """Sum a life up; the factory's processes have ended."""
    broke, end = life.break_day, 7 * life.weeks
    start = end if broke is None else broke
    sign = f"noticed {EXPECTED.get(life.what, 'alarm')}"
    kinds = [event.kind for event in diary.events]
    later = diary.events[kinds.index("broke") :] if "broke" in kinds else []
    first = next((event for event in later if event.kind == sign), None)
    since = [] if first is None else later[later.index(first) :]
    done = [e for e in later if e.kind == "moved"]
    done += [e for e in since if e.kind in {"trained", "refused"}]
    done.sort(key=lambda event: event.day)
    anew = [event.day for event in since if event.kind == "trained"]
    alarms = [e for e in diary.events if e.kind == "noticed alarm" and e.day < start]
    return Account(
        what=life.what,
        weeks=life.weeks,
        seed=life.seed,
        broke_on=broke,
        noticed_on=None if first is None else first.day,
        noticed_by="" if first is None else first.text,
        labels_until=None if first is None else sum(diary.labels[start : first.day + 1]),
        cried_wolf=len(alarms),
        stretches=_stretches(diary, start, first, min([*anew, end])),
        done=tuple(f"day {e.day}: {e.kind}, {e.text}" for e in done),
        events=tuple(diary.events),
        kept=_kept(diary, history, factory),
    )


def _stretches(
    diary: Diary, broke: int, noticed: DiaryNote | None, anew: int
) -> tuple[Stretch, ...]:
    """The days of a life by the days on which it broke, was noticed, and a version was trained."""
    end = len(diary.labels)
    seen = end if noticed is None else noticed.day + 1
    names = ("whole", "unnoticed", "noticed", "trained anew")
    bounds = [0, broke, seen, max(anew, seen), end]
    return tuple(
        Stretch(name, diary.cost(first, last))
        for name, first, last in zip(names, bounds, bounds[1:], strict=False)
        if last > first
    )


def _kept(diary: Diary, history: list[Sent], factory: Factory) -> OnRecord:
    """Every decision and label that was acknowledged, looked for in the record."""
    decisions, labels = set(), 0
    payments = set()
    for entry in read_entries(factory.record):
        if isinstance(entry, Decision):
            decisions.add(entry.decision_id)
            payments.add(entry.payment_id)
        elif isinstance(entry, Label):
            labels += 1
    lost = sum(one.decision_id not in decisions for one in diary.decided)
    lost += sum(one.id not in payments for one in history)
    accepted = sum(diary.labels) + diary.labels_of_history
    return OnRecord(
        decisions=len(diary.decided) + len(history),
        decisions_lost=lost,
        labels=accepted,
        labels_lost=max(accepted - labels, 0),
    )
