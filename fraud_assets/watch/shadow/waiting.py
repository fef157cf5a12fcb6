"""What passed the gate and waits in shadow: whether it waits on, is promoted, or stays.

Nothing is demanded of it that the policy does not demand of what serves: its alert rate and its
precision on live payments, and that it does not catch fewer frauds beyond noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fraud_assets.contract import Policy
from fraud_assets.documents.decision import Decision
from fraud_assets.documents.production import (
    AfterShadow,
    Production,
    ShadowComparison,
    WaitingVersion,
)
from fraud_assets.documents.signed.shadow_naming import ShadowNaming
from fraud_assets.errors import RefusedError, StoreError
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.store.store import Store
from fraud_assets.values.moment import micros_of
from fraud_assets.watch.react import ACTOR

_DAY = 86_400_000_000


@dataclass(frozen=True)
class ScoredBeside:
    """Payments that the waiting version scored beside `beside`: counts, and the first and last.

    `first` and `last` are microseconds since 1970, None where there is no payment yet.
    """

    beside: str
    payments: int = 0
    flagged: int = 0
    agreed: int = 0
    first: int | None = None
    last: int | None = None

    @property
    def days(self) -> float:
        """From the first payment to the last."""
        return 0.0 if self.first is None or self.last is None else (self.last - self.first) / _DAY


def scored_beside(made: Sequence[Decision], naming: ShadowNaming, beside: str) -> ScoredBeside:
    """What the named version scored since it waits, of payments that `beside` decided."""
    since = micros_of(naming.at)
    own = [
        (one, shadow)
        for one in made
        if one.version == beside and one.decided_at >= since
        for shadow in one.shadow
        if shadow.manifest == naming.manifest
    ]
    times = [one.decided_at for one, _ in own]
    return ScoredBeside(
        beside,
        payments=len(own),
        flagged=sum(shadow.is_flagged for _, shadow in own),
        agreed=sum(shadow.is_flagged == one.is_flagged for one, shadow in own),
        first=min(times, default=None),
        last=max(times, default=None),
    )


def waiting_version(
    naming: ShadowNaming, seen: ScoredBeside, found: ShadowComparison | None, policy: Policy
) -> WaitingVersion:
    """What follows for the version that waits; `found` compares matured labelled outcomes."""
    if found is not None and (found.version, found.beside) != (naming.version, seen.beside):
        found = None
    standing, sentence = _ruling(naming, seen, found, policy)
    start = micros_of(naming.at) if seen.first is None else seen.first
    until = datetime.fromtimestamp(start / 1_000_000, UTC) + timedelta(days=naming.waits_days)
    return WaitingVersion(
        version=naming.version,
        beside=seen.beside,
        since=naming.at,
        until=until.isoformat(timespec="seconds"),
        days=naming.waits_days,
        scored_days=seen.days,
        payments=seen.payments,
        alert_rate=rate(seen.flagged, seen.payments),
        agreement=rate(seen.agreed, seen.payments),
        standing=standing,
        sentence=sentence,
    )


def _ruling(
    naming: ShadowNaming, seen: ScoredBeside, found: ShadowComparison | None, policy: Policy
) -> tuple[AfterShadow, str]:
    who, days = naming.version, naming.waits_days
    if seen.payments == 0 or seen.days < days:
        return "waits", (
            f"{who} waits in shadow: it has scored {seen.payments:,} payments of {seen.days:.1f} "
            f"days beside {seen.beside}, of the {days} days that policy.shadow_days asks for."
        )
    done = f"{who} scored {seen.payments:,} payments of {seen.days:.1f} days beside {seen.beside}"
    faults = list(_faults(seen, found, policy))
    if faults:
        return "stays", f"{done} and is not promoted: {'; '.join(faults)}."
    alerts = f"it flags {seen.flagged / seen.payments:.2%} of them"
    if found is None or found.gain is None:
        return "promote", (
            f"{done}: {alerts} and agrees on {seen.agreed / seen.payments:.1%}; no matured label "
            "tells yet which catches more, so this is judged without labels."
        )
    return "promote", (
        f"{done}: {alerts} and does not catch fewer frauds beyond noise, the difference of "
        f"recalls lies between {found.gain.low:+.1%} and {found.gain.high:+.1%} "
        f"(n {found.gain.n:,})."
    )


def _faults(seen: ScoredBeside, found: ShadowComparison | None, policy: Policy) -> list[str]:
    faults = []
    share = seen.flagged / seen.payments
    if share > policy.max_alert_rate:
        faults.append(
            f"its alert rate must be at most {policy.max_alert_rate:.2%}, it is {share:.2%}"
        )
    if found is None:
        return faults
    if found.gain is not None and found.gain.high < 0:
        faults.append(
            "it must not catch fewer frauds than what serves, the difference of recalls lies "
            f"between {found.gain.low:+.1%} and {found.gain.high:+.1%} (n {found.gain.n:,})"
        )
    precision = found.precision
    least, value = policy.min_precision, None if precision is None else precision.value
    if precision is not None and value is not None and value < least:
        faults.append(
            f"its precision must be at least {least:.1%}, it is {value:.1%} (n {precision.n:,})"
        )
    return faults


def settle_waiting(document: Production, store: Store) -> str:
    """Promote what has waited long enough, or let it stay, on record; a sentence on what was done.

    "" where nothing waits, or it waits on. Two at once make one move.
    """
    one = document.waiting
    if not isinstance(one, WaitingVersion) or one.standing == "waits":
        return ""
    try:
        if one.standing == "promote":
            store.promote_waiting(
                one.version, expected=one.beside, actor=ACTOR, reason=one.sentence
            )
            return f"{one.version} serves from now on: {one.sentence}"
        store.stop_waiting(one.version, actor=ACTOR, reason=one.sentence)
    except (RefusedError, StoreError) as error:
        return f"Production stays: {error}"
    return one.sentence
