"""What moved before any label says so: features, scores, missing and new values, silent labels.

Warnings by effect size, never by a test that calls every difference of a large sample
significant; they roll nothing back. Reference is what the version's own report kept: the profile of
its fitted rows and the scores of its judged rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
import pandas as pd

from fraud_assets.documents.decision import JsonValue
from fraud_assets.documents.production import LiveDrift, LiveWarning
from fraud_assets.documents.report.data import FeatureProfile, Profile
from fraud_assets.documents.report.whole import Report
from fraud_assets.modelling.judging.drift import counts_of, stability
from fraud_assets.values.counted import counted

MOVED_PSI = 0.25
"""Population stability index from which a distribution has moved (its customary mark)."""

MORE_MISSING, MORE_UNSEEN = 0.10, 0.05
"""Rise of the share of missing, or of never fitted, values that is worth a look."""

FEWEST = 200
"""Payments below which a share says too little."""

SILENT = 7.0
"""Expected labels since the last one that make silence a warning: by chance once in 1,000 looks."""

_RATE_DAYS, _LATELY_DAYS = 56, 14
_NIGHT_DAYS = 1.0
"""Shortest silence that is told: at night fewer labels come than by day."""


def moved(
    drift: Sequence[LiveDrift], probability: np.ndarray, report: Report
) -> Iterator[LiveWarning]:
    """What is worth a look in the newest payments' `drift` and their scores (n,)."""
    profile: Profile = report.data.profile or {}
    for one in drift:
        yield from _warned(one, is_text=profile[one.feature].levels is not msgspec.UNSET)
    if len(probability) >= FEWEST:
        yield from _scores(probability, report)


def drifted(features: Sequence[Mapping[str, JsonValue]], report: Report) -> tuple[LiveDrift, ...]:
    """Each feature of the newest payments (n,) beside the fitted ones, in the profile's order.

    None where there are too few payments for a share to say anything.
    """
    if len(features) < FEWEST:
        return ()
    frame = pd.DataFrame(list(features))
    profile: Profile = report.data.profile or {}
    return tuple(_drift(name, then, frame[name]) for name, then in profile.items() if name in frame)


def _drift(name: str, then: FeatureProfile, column: pd.Series) -> LiveDrift:
    is_text = then.levels is not msgspec.UNSET
    values = column if is_text else pd.to_numeric(column, errors="coerce").astype(np.float64)
    counts, before = counts_of(then, values), np.asarray(then.counts, dtype=np.float64)
    return LiveDrift(
        feature=name,
        stability=stability(before, counts),
        where=_most(then, before, counts),
        missing=float(counts[-1] / counts.sum()),
        missing_then=float(before[-1] / max(before.sum(), 1.0)),
        n=len(column),
    )


def _warned(drift: LiveDrift, *, is_text: bool) -> Iterator[LiveWarning]:
    name, rest, usual, n = (
        drift.feature,
        drift.missing,
        drift.missing_then,
        f"{counted(drift.n, 'payment')}",
    )
    if is_text and rest - usual >= MORE_UNSEEN:
        text = f"{name}: {rest:.1%} of {n} have a value that is rare or new, {usual:.1%} then."
        yield LiveWarning("unseen_values", text)
    elif not is_text and abs(rest - usual) >= MORE_MISSING:
        text = f"{name} is missing in {rest:.1%} of {n}, in {usual:.1%} of the fitted ones."
        yield LiveWarning("missing_moved", text)
    elif drift.stability >= MOVED_PSI:
        text = f"{name} has moved: stability index {drift.stability:.2f} over {n}, most at "
        yield LiveWarning("feature_moved", f"{text}{drift.where}.")


def _most(then: FeatureProfile, before: np.ndarray, counts: np.ndarray) -> str:
    """The values whose share moved most, and how."""
    was, now = before / max(before.sum(), 1.0), counts / counts.sum()
    at = int(np.abs(now - was).argmax())
    return f"{_place(then, at)} ({was[at]:.1%} then, {now[at]:.1%} now)"


def _place(then: FeatureProfile, at: int) -> str:
    if then.levels is not msgspec.UNSET:
        return repr(then.levels[at]) if at < len(then.levels) else "other values"
    edges = () if then.edges is msgspec.UNSET else then.edges
    if at > len(edges):
        return "missing values"
    if not edges:
        return "all values"
    if at == 0:
        return f"up to {edges[0]:g}"
    if at == len(edges):
        return f"above {edges[-1]:g}"
    return f"{edges[at - 1]:g} to {edges[at]:g}"


def _scores(probability: np.ndarray, report: Report) -> Iterator[LiveWarning]:
    kept = None if report.curves is None else report.curves.scores
    if kept is None:
        return
    before = np.asarray(kept.legitimate, dtype=np.float64) + np.asarray(kept.fraud)
    now = np.histogram(np.clip(probability, kept.edges[0], kept.edges[-1]), bins=kept.edges)[0]
    psi = stability(before, now)
    if psi >= MOVED_PSI:
        n = len(probability)
        text = f"The scores have moved: stability index {psi:.2f} over {counted(n, 'payment')}."
        yield LiveWarning("scores_moved", text)


def silence(known: np.ndarray, now: np.datetime64) -> Iterator[LiveWarning]:
    """A warning where labels (m,) have come until lately, datetime64, and come no more.

    Labels that come independently at a rate of r a day leave d days empty with probability
    exp(-r d). The rate is the lower one of eight weeks and of the last two: fewer come where
    payments are stopped.
    """
    recent = known[(known <= now) & (known > now - np.timedelta64(_RATE_DAYS, "D"))]
    if len(recent) < 2:
        return
    last = recent.max()
    lately = recent[recent > last - np.timedelta64(_LATELY_DAYS, "D")]
    quiet = float((now - last) / np.timedelta64(1, "D"))
    rate = min(_a_day(recent), _a_day(lately)) if len(lately) > 1 else _a_day(recent)
    if rate * quiet >= SILENT and quiet >= _NIGHT_DAYS:
        yield LiveWarning(
            "labels_stopped",
            f"No label came for {quiet:.1f} days, {rate:.3g} a day came before: by chance with a "
            f"probability of {math.exp(-rate * quiet):.1g}. Outcomes of these days are not known.",
        )


def _a_day(known: np.ndarray) -> float:
    """Labels (m,) a day from the first to the last; 0 of labels of one instant."""
    days = float((known.max() - known.min()) / np.timedelta64(1, "D"))
    return (len(known) - 1) / days if days > 0 else 0.0
