"""What production did, as one document: weeks, evidence for each version, what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fraud_assets.documents.production import (
    FORMAT,
    EvidencePoint,
    LiveWarning,
    LiveWeek,
    Production,
    WatchedPrecision,
    WatchedVersion,
)
from fraud_assets.modelling.statistics.intervals import prediction_interval, rate
from fraud_assets.values.counted import counted
from fraud_assets.watch.alarm import (
    LIMIT,
    Evidence,
    beginnings,
    evidence,
    first_part,
    usual_weight,
)
from fraud_assets.watch.calibration import calibration_moved
from fraud_assets.watch.episodes import Episodes, episodes
from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.slices import SliceLevels, live_slices
from fraud_assets.watch.weeks import Promised, live_weeks, recall_of

_UNKNOWN = (
    "Recall cannot be known: every flagged payment is stopped, so no label of theirs ever comes. "
    "Set [live] release_share to let a small share pass on purpose."
)


@dataclass(frozen=True)
class Reign:
    """A version and since when it serves; `alerts` and `payments` are those of its judged rows."""

    version: str
    since: np.datetime64
    promised: Promised
    alerts: int
    payments: int
    senders: np.ndarray
    """Frauds of each fraud sender among the judged rows (m,)."""
    precision_floor: float = 0.0
    """The precision that the policy demands of alerts."""


@dataclass(frozen=True)
class WatchedContract:
    """Whose production it is, in which currency, and after how many days a label counts."""

    contract: str
    currency: str
    maturity_days: float


def production(
    outcomes: Outcomes,
    reigns: Sequence[Reign],
    place: WatchedContract,
    until: np.datetime64,
    levels: SliceLevels | None = None,
) -> Production:
    """Everything that may be said at `until`; the same rows give the same document.

    `levels` are the columns whose levels are told apart.
    """
    matured = until - np.timedelta64(round(place.maturity_days * 86_400_000_000), "us")
    promises = {reign.version: reign.promised for reign in reigns}
    weeks = tuple(live_weeks(outcomes, promises, matured))
    known = len(outcomes) == 0 or bool((outcomes.release > 0).any())
    old = outcomes.time < matured
    watched = tuple(_watched(outcomes.where(old), reigns, at) for at in range(len(reigns)))
    own = _own(outcomes, reigns, len(reigns) - 1) & old if reigns else old
    return Production(
        format=FORMAT,
        contract=place.contract,
        currency=place.currency,
        until=str(until)[:19],
        maturity_days=place.maturity_days,
        limit=LIMIT,
        unknown=None if known else _UNKNOWN,
        sentence=_sentence(watched, known=known),
        weeks=weeks,
        versions=watched,
        warnings=(*_warnings(weeks, reigns), *calibration_moved(outcomes.where(own))),
        slices=live_slices(outcomes, levels or {}, own),
    )


def _watched(outcomes: Outcomes, reigns: Sequence[Reign], at: int) -> WatchedVersion:
    reign = reigns[at]
    until = reigns[at + 1].since if at + 1 < len(reigns) else None
    rows = outcomes.where(_own(outcomes, reigns, at))
    seen = episodes(rows.frauds)
    earlier = np.array([one.since for one in reigns[:at]], dtype="datetime64[us]")
    found = _evidence(seen, reign.promised.floor, reign, earlier, rows.least_release)
    return WatchedVersion(
        version=reign.version,
        since=str(reign.since)[:19],
        until=None if until is None else str(until)[:19],
        floor=reign.promised.floor,
        frauds=len(rows.frauds.time),
        observations=len(seen.complete),
        set_aside=seen.later,
        recall=recall_of(rows) if len(rows) else None,
        worth=found.worth_now,
        alarm=None if found.alarm is None else str(found.alarm)[:10],
        evidence=tuple(_daily(found)),
        precision=_precision(rows, reign, earlier) if reign.precision_floor else None,
    )


def _evidence(
    seen: Episodes, floor: float, reign: Reign, earlier: np.ndarray, release: float
) -> Evidence:
    last = seen.complete[-1] if len(seen.complete) else reign.since
    usual = usual_weight(reign.senders, release)
    begins, part = beginnings(reign.since, last), first_part(reign.since, earlier)
    return evidence(seen, floor, begins, part, usual)


def _precision(rows: Outcomes, reign: Reign, earlier: np.ndarray) -> WatchedPrecision:
    """The same bets on alerts: a fraud is what was promised, a false alarm what was not."""
    alerts, floor = rows.alerts, reign.precision_floor
    found = _evidence(episodes(alerts), floor, reign, earlier, rows.least_release)
    return WatchedPrecision(
        floor=floor,
        alerts=len(alerts.time),
        value=rate(int(alerts.caught.sum()), len(alerts.time)),
        worth=found.worth_now,
        alarm=None if found.alarm is None else str(found.alarm)[:10],
    )


def _own(outcomes: Outcomes, reigns: Sequence[Reign], at: int) -> np.ndarray:
    """The rows (n,) that a version decided in this reign, where it came back after another."""
    version, since = reigns[at].version, reigns[at].since
    own = outcomes.version == version
    if any(one.version == version for one in reigns[:at]):
        own &= outcomes.decided >= since
    for later in reigns[at + 1 :]:
        if later.version == version:
            return np.asarray(own & (outcomes.decided < later.since))
    return np.asarray(own)


def _daily(found: Evidence) -> Iterator[EvidencePoint]:
    """The worth at the end of each day that brought an observation."""
    days = found.time.astype("datetime64[D]")
    last = np.append(days[1:] != days[:-1], [True])[: len(days)]
    for day, worth in zip(days[last], found.worth[last], strict=True):
        yield EvidencePoint(str(day), float(worth))


def _sentence(watched: Sequence[WatchedVersion], *, known: bool) -> str:
    if not watched:
        return "No version serves yet."
    now = watched[-1]
    if not known:
        return f"{now.version} serves. {_UNKNOWN}"
    recall = now.recall
    seen = (
        "no matured fraud yet"
        if recall is None or recall.value is None
        else f"recall {recall.value:.1%} ({recall.low:.1%} to {recall.high:.1%}, n {recall.n})"
    )
    if now.alarm is None:
        return (
            f"{now.version} keeps its promise as far as labels tell: {seen}, promised at least "
            f"{now.floor:.0%}; the evidence against it is worth {now.worth:.2g} of {LIMIT:.0f}."
            f"{_of_precision(now)}"
        )
    return (
        f"Alarm since {now.alarm}: the recall of {now.version} lies below {now.floor:.0%} "
        f"({seen}). A model that keeps the promise is called so in at most {1 / LIMIT:.0%} of "
        f"all years.{_of_precision(now)}"
    )


def _of_precision(now: WatchedVersion) -> str:
    """A sentence where the precision is called bad."""
    found = now.precision
    if not isinstance(found, WatchedPrecision) or found.alarm is None:
        return ""
    value = found.value
    return (
        f" Alarm since {found.alarm}: the precision of its alerts lies below {found.floor:.0%} "
        f"({value.value or 0:.1%}, {value.low:.1%} to {value.high:.1%}, n {value.n:,})."
    )


def _warnings(weeks: Sequence[LiveWeek], reigns: Sequence[Reign]) -> Iterator[LiveWarning]:
    """What no label is needed for: the newest whole week's alerts beside the promise's."""
    for reign in reigns[-1:]:
        own = [week for week in weeks if week.version == reign.version]
        for week in own[-1:]:
            usual = prediction_interval(
                reign.alerts,
                reign.payments,
                week.payments,
                design_effect=reign.promised.design_effect,
            )
            share = week.alert_rate.value
            if share is not None and not usual.low <= share <= usual.high:
                yield LiveWarning(
                    "alert_rate_moved",
                    f"In the week of {week.week} {share:.2%} of "
                    f"{counted(week.payments, 'payment')} were "
                    f"flagged, expected {usual.low:.2%} to {usual.high:.2%} as on the judged rows.",
                )
