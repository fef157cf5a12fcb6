"""The alarm: evidence against "recall is at least the floor" that may be looked at every day.

A bettor stakes on the claim being wrong. Each observation multiplies a stake by
1 + bet * (floor * frauds - caught), whose mean is at most 1 while the claim holds, whatever came
before; so what all stakes are worth together exceeds `LIMIT` in at most one of `LIMIT` years
(Ville's inequality). See Waudby-Smith and Ramdas 2024 (doi:10.1093/jrsssb/qkad009) for betting,
Shin, Ramdas and Rinaldo (arXiv:2203.03532) for stakes that begin anew, Podkopaev and Ramdas
(arXiv:2110.06177) for labels that come late.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fraud_assets.watch.episodes import Episodes

LIMIT = 20.0
"""One over the share of good years in which an alarm is allowed: 5 %."""

FIRST, LATER = 0.8, 0.2 / 60
"""Parts of a year's stake: of its first beginning, and of each later one (a week, a promotion)."""

MOST_LATER = 60
"""Beginnings that a year's stake pays for, after the first."""

_BETS = (0.5, 0.9, 1.5, 2.4, 6.0)
_PARTS = (0.11, 0.24, 0.32, 0.26, 0.07)
"""Bets for falls to .85, .80 and far below, where all episodes weigh the same, and their parts.
The best bet for a floor f and a recall r is (f - r) / (f (1 - f)) for single frauds."""

WEEK = np.timedelta64(7, "D")
YEAR = np.timedelta64(365, "D")


@dataclass(frozen=True)
class Evidence:
    """What the stakes were worth after each observation (m,), and when they passed the limit."""

    time: np.ndarray
    worth: np.ndarray
    alarm: np.datetime64 | None
    limit: float = LIMIT

    @property
    def worth_now(self) -> float:
        """The worth after the last observation; at the beginning, 1."""
        return float(self.worth[-1]) if len(self.worth) else 1.0


def beginnings(promoted: np.datetime64, until: np.datetime64) -> np.ndarray:
    """When stakes begin for a version: at its promotion and each week of its year."""
    weeks = min(int((until - promoted) / WEEK), MOST_LATER) if until > promoted else 0
    return promoted + np.arange(weeks + 1) * WEEK


def first_part(promoted: np.datetime64, earlier: np.ndarray) -> float:
    """The stake of a version's promotion: small where another used the year's first one."""
    within = (earlier < promoted) & (earlier > promoted - YEAR)
    return LATER if bool(within.any()) else FIRST


def usual_weight(frauds_per_sender: np.ndarray, release: float = 1.0) -> float:
    """Weight that nine of ten episodes keep within, from an earlier window's senders (m,).

    Where flagged payments pass with probability `release` only, one caught fraud weighs as much
    as `1 / release` missed ones, and the scale must hold it: a scale that a caught fraud exceeds
    and a missed one does not would favour the alarm.
    """
    size = np.quantile(frauds_per_sender, 0.9) if len(frauds_per_sender) else 1.0
    return max(float(size), 1.0) / release


def evidence(
    seen: Episodes,
    floor: float,
    begins: np.ndarray,
    part: float = FIRST,
    usual: float = 1.0,
) -> Evidence:
    """Bet against recall >= `floor` on the episodes of one version, (m,) in order.

    Parameters
    ----------
    seen
        The version's observations; those complete before `begins[0]` are no evidence.
    floor
        The recall that the version promised, between 0 and 1.
    begins
        Instants (k,) at which a stake begins, the first with `part`, the rest with `LATER`.
    usual
        Weight of an episode beyond which it counts no more, chosen before the version began
        (`usual_weight`).
    """
    weight = seen.caught + seen.missed
    scale = np.maximum(weight, usual)
    gain = (floor * seen.missed - (1 - floor) * seen.caught) / scale
    bets = [min(bet, 0.95 / (1 - floor)) for bet in _BETS]
    parts = [part] + [LATER] * (len(begins) - 1)
    due = np.searchsorted(begins, seen.complete, side="right").tolist()
    stakes, begun, worth = [0.0] * len(bets), 0, np.empty(len(gain))
    for i, gained in enumerate(gain.tolist()):
        added, begun = sum(parts[begun : due[i]]), max(begun, due[i])
        stakes = [
            (stake + added * share) * (1 + bet * gained)
            for stake, share, bet in zip(stakes, _PARTS, bets, strict=True)
        ]
        worth[i] = sum(stakes) + sum(parts[begun:])
    passed = np.flatnonzero(worth >= LIMIT)
    alarm = seen.complete[passed[0]] if len(passed) else None
    return Evidence(seen.complete, worth, alarm)
