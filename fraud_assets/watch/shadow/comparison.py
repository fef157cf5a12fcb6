"""The shadow beside what serves: both judged by the same outcomes, each at its own threshold.

A payment's label is known unless it was stopped, which what serves decided alone. So the frauds
fall in two parts: those that it caught, of which a share passed on purpose, and those that it
missed. In each part the shadow's share is a plain rate; the whole is put together from the
intervals of both and of the recall between them, clustered by sender, each at a confidence that
leaves the whole its own (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fraud_assets.documents.decision import Decision
from fraud_assets.documents.production import ShadowComparison
from fraud_assets.documents.rates import Measured, Rate
from fraud_assets.modelling.statistics.intervals import clustered_rate, rate
from fraud_assets.profiles import CONFIDENCE
from fraud_assets.values.counted import counted
from fraud_assets.watch.collect import by_payment_time
from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.production import WatchedContract
from fraud_assets.watch.weeks import recall_of

METHOD = f"of both parts together {CONFIDENCE:.0%}"
_OF_THREE, _OF_TWO = 1 - (1 - CONFIDENCE) / 3, 1 - (1 - CONFIDENCE) / 2


def shadow_comparison(
    decisions: Sequence[Decision], outcomes: Outcomes, place: WatchedContract, until: np.datetime64
) -> ShadowComparison | None:
    """The newest shadow beside the version whose decisions it scored; None without one.

    `outcomes` (n,) are those of `decisions` (n,).
    """
    made = by_payment_time(decisions)
    newest = max((one for one in made if one.shadow), key=lambda one: one.decided_at, default=None)
    if newest is None:
        return None
    shadow = newest.shadow[-1]
    said = [next((s for s in one.shadow if s.manifest == shadow.manifest), None) for one in made]
    matured = until - np.timedelta64(round(place.maturity_days * 86_400_000_000), "us")
    own = np.array([s is not None for s in said]) & (outcomes.version == newest.version)
    keep = np.flatnonzero(own & (outcomes.time < matured) & (outcomes.release > 0))
    flags = np.array([s is not None and s.is_flagged for s in said], dtype=bool)
    return compare_shadow(shadow.version, newest.version, outcomes.where(keep), flags[keep])


def compare_shadow(
    version: str, beside: str, rows: Outcomes, flags: np.ndarray
) -> ShadowComparison:
    """The shadow `version`, which flags `flags` (n,) of rows that `beside` decided."""
    known = rows.fraud & ~rows.blocked
    caught = _part(rows, known & rows.flagged, flags, _OF_THREE)
    missed = _part(rows, known & ~rows.flagged, flags, _OF_THREE)
    recall, whole = recall_of(rows, _OF_THREE), recall_of(rows)
    gain = None if recall is None or recall.value is None else _gain(recall, caught, missed)
    found = ShadowComparison(
        version=version,
        beside=beside,
        payments=len(rows),
        frauds=int(known.sum()),
        recall=None if gain is None or recall is None else _recall(recall, caught, missed),
        recall_beside=None if gain is None else whole,
        gain=gain,
        precision=_precision(rows, flags),
        precision_beside=_beside(rows),
        alert_rate=rate(int(flags.sum()), len(rows)),
        alert_rate_beside=rate(int(rows.flagged.sum()), len(rows)),
        sentence="",
    )
    return ShadowComparison(
        **{name: getattr(found, name) for name in found.__struct_fields__}
        | {"sentence": _sentence(found)}
    )


def _part(rows: Outcomes, those: np.ndarray, flags: np.ndarray, confidence: float) -> Rate:
    return clustered_rate(flags[those], rows.sender[those], confidence)


def _recall(recall: Rate, caught: Rate, missed: Rate) -> Rate:
    """The share r a + (1 - r) b, at the ends of the three intervals that make it least and most."""
    low = min(_mixed(r, caught.low, missed.low) for r in (recall.low, recall.high))
    high = max(_mixed(r, caught.high, missed.high) for r in (recall.low, recall.high))
    value = _mixed(recall.value or 0.0, caught.value or 0.0, missed.value or 0.0)
    return Rate(value, low, high, caught.n + missed.n, caught.k + missed.k, METHOD)


def _gain(recall: Rate, caught: Rate, missed: Rate) -> Measured:
    """(1 - r) b - r (1 - a): falls with r, rises with both."""
    low = _mixed(recall.high, caught.low, missed.low) - recall.high
    high = _mixed(recall.low, caught.high, missed.high) - recall.low
    return Measured(low, high, caught.n + missed.n, METHOD)


def _mixed(share: float, first: float, second: float) -> float:
    return share * first + (1 - share) * second


def _precision(rows: Outcomes, flags: np.ndarray) -> Rate | None:
    """Of what both flag the released tell, of what the shadow alone flags all."""
    both, alone = flags & rows.flagged, flags & ~rows.flagged
    first, second = (
        _part(rows, part & ~rows.blocked, rows.fraud, _OF_TWO) for part in (both, alone)
    )  # fmt: skip
    if not flags.any() or (both.any() and not first.n):
        return None
    share = float(both.sum() / flags.sum())
    return Rate(
        value=_mixed(share, first.value or 0.0, second.value or 0.0),
        low=_mixed(share, first.low, second.low),
        high=_mixed(share, first.high, second.high),
        n=first.n + second.n,
        k=first.k + second.k,
        method=METHOD,
    )


def _beside(rows: Outcomes) -> Rate | None:
    judged = rows.flagged & ~rows.blocked
    return _part(rows, judged, rows.fraud, CONFIDENCE) if judged.any() else None


def _sentence(found: ShadowComparison) -> str:
    alerts, others = found.alert_rate.value, found.alert_rate_beside.value
    if found.gain is None or found.recall is None or alerts is None or others is None:
        return (
            f"The shadow {found.version} has scored {counted(found.payments, 'matured payment')} "
            "beside "
            f"{found.beside}; no fraud among them tells yet which catches more."
        )
    low, high = found.gain.low, found.gain.high
    if low > 0:
        verdict = "It catches more than what serves"
    elif high < 0:
        verdict = "It catches less than what serves"
    else:
        verdict = "Which catches more is not known yet"
    return (
        f"The shadow {found.version} would have caught {found.recall.value or 0:.1%} of the frauds "
        f"of {counted(found.payments, 'matured payment')}, flagging {alerts:.2%} where "
        f"{found.beside} "
        f"flagged {others:.2%}. {verdict}: the difference of recalls lies between {low:+.1%} and "
        f"{high:+.1%} (n {found.gain.n:,})."
    )
