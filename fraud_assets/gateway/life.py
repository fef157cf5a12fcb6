"""The weeks of a gateway: payments, labels that come late, the daily look, the weekly run."""

from __future__ import annotations

from collections.abc import Callable

from fraud_assets.data.simulator.world import DAY
from fraud_assets.gateway.diary import AnsweredPayment, Diary
from fraud_assets.gateway.factory import Factory
from fraud_assets.gateway.noticing import DailyLook
from fraud_assets.gateway.opening import batches, open_gateway, post_labels
from fraud_assets.gateway.settings import LifeSettings
from fraud_assets.gateway.world import Sent, day_start, iso_time, payments_on

Say = Callable[[str], None]

_PARTS = 4
"""Stretches of a day that are posted each at its end."""

BROKE = {
    "new-story": "a fraud story begins that no model has seen, 6 of 10 frauds follow it",
    "lost-feature": "first_seen comes empty from now on: no address has an age",
    "labels-stop": "no label comes any more",
}
EXPECTED = {"new-story": "alarm", "lost-feature": "missing_moved", "labels-stop": "labels_stopped"}
"""By which sign each break is noticed first: the alarm, or a warning's code."""


class Life:
    """One gateway on one factory; `diary` is what it wrote down."""

    def __init__(self, life: LifeSettings, factory: Factory, say: Say) -> None:
        self.life, self.factory, self._say = life, factory, say
        self.diary, self.history = Diary(), list[Sent]()
        self._waiting: list[Sent] = []
        self._seen: set[str] = set()
        self._trained_for: set[str] = set()
        self._version = ""

    def lead(self) -> Diary:
        """Open the gateway and live its weeks.

        Raises
        ------
        RefusedError
            If a part of the factory that must work does not.
        """
        self.history, accepted = open_gateway(self.life, self.factory, self._say)
        self.diary.labels_of_history = accepted
        self._waiting = [one for one in self.history if (one.reported or 0) >= day_start(0)]
        self._train(0, "Monday")
        for day in range(7 * self.life.weeks):
            if day == self.life.break_day:
                self._note(day, "broke", BROKE[self.life.what])
            self._live(day)
            self._look(day)
            if (day + 1) % 7 == 0 and day + 1 < 7 * self.life.weeks:
                self._train(day + 1, "Monday")
        return self.diary

    def _live(self, day: int) -> None:
        """Post the day's payments and the labels that come meanwhile."""
        payments, accepted = payments_on(self.life, day), 0
        for part in range(_PARTS):
            first, last = (day_start(day) + DAY * at // _PARTS for at in (part, part + 1))
            self.factory.clock.set(last)
            for those in batches([one for one in payments if first <= one.at < last]):
                raws = [one.raw for one in those]
                told = self.factory.ask("/decisions/batch", {"payments": raws})["decisions"]
                for one, answer in zip(those, told, strict=True):
                    self._take(one, day, answer)
            accepted += self._label(last)
        self.diary.labels.append(accepted)
        self._follow(day)

    def _take(self, one: Sent, day: int, answer: dict[str, object]) -> None:
        made = AnsweredPayment(
            sent=one,
            day=day,
            version=str(answer["model_version"]),
            is_flagged=bool(answer["is_flagged"]),
            released=bool(answer["released"]),
            decision_id=str(answer["decision_id"]),
        )
        self.diary.decided.append(made)
        if one.is_fraud and made.passed:
            self._waiting.append(one)

    def _label(self, now: int) -> int:
        """Post what was reported by now; nobody reports a payment that was stopped."""
        due = [one for one in self._waiting if (one.reported or 0) <= now]
        self._waiting = [one for one in self._waiting if (one.reported or 0) > now]
        broken = self.life.break_day
        if self.life.what == "labels-stop" and broken is not None:
            due = [one for one in due if (one.reported or 0) < day_start(broken)]
        return post_labels(self.factory, due)

    def _look(self, day: int) -> None:
        """The daily health, at the day's end; an alarm requests a training at once."""
        self.factory.clock.set(day_start(day + 1))
        page = str(self.factory.folder / "production")
        found = DailyLook.of(self.factory.command("monitor", "--json", "--out", page))
        for code, text in found.warnings.items():
            self._news(day, code, text)
        accused = found.alarm
        if accused is not None:
            self._news(day, f"alarm {accused}", found.document.sentence)
            if "moved back" in found.done:
                self._note(day, "moved", found.done)
            if accused not in self._trained_for:
                self._trained_for.add(accused)
                self._train(day + 1, "the alarm")

    def _news(self, day: int, sign: str, text: str) -> None:
        """Write a sign down the first time it is seen, before the break and after it."""
        broken = self.life.break_day
        key = f"{sign} {broken is not None and day >= broken}"
        if key not in self._seen:
            self._seen.add(key)
            self._note(day, f"noticed {sign.split(maxsplit=1)[0]}", text)

    def _train(self, day: int, why: str) -> None:
        """The weekly run as of a day's beginning."""
        self.factory.clock.set(day_start(day))
        ran = self.factory.command("run", "--as-of", iso_time(day_start(day))[:10])
        if ran.code == 0:
            self._note(day, "trained", f"on {why}: a version is published")
        else:
            self._note(
                day, "refused", f"on {why}: {ran.err.strip().split('; ')[0].splitlines()[0]}"
            )

    def _follow(self, day: int) -> None:
        """Which version decides now, as the service says."""
        version = str(self.factory.ask("/health")["model_version"])
        if version != self._version:
            self._version = version
            self._note(day, "serves", version)

    def _note(self, day: int, kind: str, text: str) -> None:
        self.diary.note(day, kind, text)
        self._say(f"day {day:3}  {kind:24} {text}")
