"""Draws judged payments, and finds the payments that their features look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud_assets.data.columns import TIME
from fraud_assets.features.arrays import Positions
from fraud_assets.state.plan import Plan, TrackPlan

MOST_COMPARED = 300
"""Judged payments that are compared: of flagged ones reasons are made twice, in milliseconds."""

_DRAWN, _WITH_OTHERS, _OTHERS = 200, 60, 40
"""Judged payments that are drawn, half of them flagged where there are as many; how many of them
bring others of their entity along, and how many others each."""

_CHEAP = 10
"""Another one comes along where at most a tenth of its past is not sent yet."""

MOST_SENT = 2_000
"""Payments that are sent, those of the past included: half a second's work. A single judged payment
whose past is longer is compared all the same where no other fits."""


@dataclass(frozen=True)
class AskedSample:
    """Positions in the history, ascending: the judged payments, and these with all their past."""

    judged: Positions
    everything: Positions


def draw_sample(
    history: pd.DataFrame, plan: Plan, judged: Positions, flagged: NDArray[np.bool_], seed: int
) -> AskedSample:
    """Judged payments whose past fits into `MOST_SENT`.

    Parameters
    ----------
    history
        Typed rows (n) in time order.
    judged
        Positions (m,) of the judged payments in it; `flagged` (m,) says which of them are.
    """
    drawn = _in_turn(judged, flagged, np.random.default_rng(seed)).tolist()
    others = _others(history, plan, judged, drawn[:_WITH_OTHERS])
    asking = [*drawn, *chain.from_iterable(others)]
    past_of = dict(zip(asking, pasts_of(history, plan, np.array(asking, np.int64)), strict=True))
    chosen: set[int] = set()
    everything: set[int] = set()
    for number, at in enumerate(drawn):
        for one in (at, *(others[number] if number < len(others) else ())):
            more = (past_of[one] | {one}) - everything
            fits = len(everything) + len(more) <= MOST_SENT and len(chosen) < MOST_COMPARED
            if fits and (one == at or len(more) <= max(1, len(past_of[one]) // _CHEAP)):
                chosen.add(one)
                everything |= more
            elif one == at:
                break
    if not chosen and drawn:
        least = min(drawn, key=lambda at: len(past_of[at]))
        chosen, everything = {least}, past_of[least] | {least}
    return AskedSample(np.array(sorted(chosen), np.int64), np.array(sorted(everything), np.int64))


def _others(
    history: pd.DataFrame, plan: Plan, judged: Positions, drawn: Sequence[int]
) -> list[list[int]]:
    """For each drawn payment other judged ones of its entity, the nearest in time first.

    Their past is nearly its own: they are compared for next to nothing more.
    """
    if not plan.tracks:
        return [[] for _ in drawn]
    rows = history[list(plan.tracks[0].columns)]
    alike = [set(rows[name].iloc[list(drawn)].dropna()) for name in rows]
    near = judged[
        np.logical_and.reduce(
            [rows[name].iloc[judged].isin(v) for name, v in zip(rows, alike, strict=True)]
        )
    ]
    groups = rows.iloc[near].groupby(list(rows), sort=False).ngroup().to_numpy()
    group_of = dict(zip(near.tolist(), groups.tolist(), strict=True))
    found = []
    for at in drawn:
        members = near[groups == group_of.get(at, -1)]
        nearest = members[np.argsort(np.abs(members - at), kind="stable")]
        found.append([one for one in nearest.tolist() if one != at][:_OTHERS])
    return found


def pasts_of(history: pd.DataFrame, plan: Plan, asking: Positions) -> list[set[int]]:
    """Positions of the payments on which the features of each asking one depend."""
    found: list[set[int]] = [set() for _ in asking]
    for track in plan.tracks:
        for past, seen in zip(found, _seen(history, track, asking), strict=True):
            past.update(seen.tolist())
    return found


def _seen(history: pd.DataFrame, track: TrackPlan, asking: Positions) -> list[Positions]:
    """What each asking payment sees of one track: its window, its first and its last payment."""
    near = np.ones(len(history), dtype=bool)
    for column in track.columns:
        near &= history[column].isin(history[column].iloc[asking].dropna()).to_numpy()
    at = np.flatnonzero(near)
    group = history.iloc[at].groupby(list(track.columns), sort=False).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    micros = history[TIME].to_numpy(dtype="datetime64[us]").view(np.int64)
    place = np.searchsorted(at, asking)
    found = []
    for now, here in zip(asking, place, strict=True):
        if here == len(at) or at[here] != now:
            found.append(np.zeros(0, np.int64))
            continue
        low, high = np.searchsorted(group[order], [group[here], group[here] + 1])
        found.append(_window(at[order[low:high]], micros, int(micros[now]), track))
    return found


def _window(members: Positions, micros: Positions, now: int, track: TrackPlan) -> Positions:
    times = micros[members]
    low, high = np.searchsorted(times, [now - track.span, now])
    inside = members[low:high] if track.keeps_payments else members[:0]
    return np.concatenate([members[:1], inside, members[max(high - 1, 0) : high]])


def _in_turn(judged: Positions, flagged: NDArray[np.bool_], rng: np.random.Generator) -> Positions:
    """Flagged and other payments by turns, more than are compared: some have too long a past."""
    some = _DRAWN
    parts = (rng.permutation(judged[kind])[:some].tolist() for kind in (flagged, ~flagged))
    both = chain.from_iterable(zip_longest(*parts))
    return np.array([at for at in both if at is not None][:some], dtype=np.int64)
