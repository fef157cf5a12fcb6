"""Frauds of the history as fits see them that had left their weeks out.

The history that the model is fitted on is cut into blocks of weeks with equally many frauds. The
published setting is fitted without each block in turn and scores it. Such fits know a little less
than the published one, so that what they promise is rather too little. They know later weeks than
those they score, which a walk forward would not: that is why the threshold window, which lies
after all of them, has the last word on whether the frauds are of one law
(see `fraud_assets.modelling.judging.earlier`).

A walk forward was simulated beside it: its first fits know half the history, and what they promise
is so much too little that weeks refused for their alerts fell from .399 to .312, with these fits
to .182 (20 worlds of 60 weeks, none of which moved, without the window's last word).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.pipeline import Pipeline

from fraud_assets.contract.schema import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.judging.earlier import EarlierFrauds, cautious_places
from fraud_assets.modelling.reach import FittedReach
from fraud_assets.modelling.search.budget import (
    LEFT_OUT,
    LEFT_OUT_FITS,
    allowed,
    declared_seconds,
    encoded_columns,
)
from fraud_assets.work.threads import on_one_thread

LEAST_FRAUDS = 100
"""Frauds of the history below which nothing is fitted: they add little."""


def score_left_out(
    family: str,
    params: Parameters,
    reach: FittedReach,
    fitted: Rows,
    contract: Contract,
    *,
    presence: Sequence[str] = (),
    workers: int = 1,
) -> tuple[EarlierFrauds | None, str]:
    """The frauds of the history, each scored by a fit without its weeks, or why they do not count.

    `fitted` are the rows within `reach` before the threshold rows.

    Nothing is said where the contract asks for a plain aim or for the threshold window alone, or
    where rows have no time.
    """
    asked = contract.policy.threshold
    if asked.rule != "guarantee" or asked.earlier == "never" or fitted.time is None:
        return None, ""
    why = why_not_scored(family, params, reach, fitted, contract)
    if why:
        return None, why
    place, sender, counts = [], [], []
    for block, pipeline in fits_without_blocks(
        family, params, fitted, contract, presence=presence, workers=workers
    ):
        scores, fraud = margins(family, pipeline, block), block.label == 1
        place.append(cautious_places(scores[fraud], scores[~fraud]))
        counts.append(block.frauds)
        sender.append([] if block.sender is None else block.sender[fraud])
    found = EarlierFrauds(
        place=tuple(float(one) for one in np.concatenate(place)),
        sender=None if fitted.sender is None else tuple(np.concatenate(sender)),
        since=str(fitted.time[0])[:10],
        fits=LEFT_OUT_FITS,
        counts=tuple(counts),
    )
    return found, ""


def why_not_scored(
    family: str, params: Parameters, reach: FittedReach, fitted: Rows, contract: Contract
) -> str:
    """Why the frauds of the `fitted` rows do not count for a guarantee; empty where they may."""
    if reach.half_life_days is not None:
        return "old payments lose weight, which says that the law of fraud moves"
    if fitted.frauds < LEAST_FRAUDS:
        return f"there are {fitted.frauds:,}, where {LEAST_FRAUDS} are needed"
    if not _blocks_hold_both(fitted):
        return f"their times cannot be cut into {LEFT_OUT_FITS} parts that each hold others as well"
    seconds, most = (
        fits_seconds(family, params, fitted, contract),
        allowed(contract, LEFT_OUT),
    )
    if seconds > most:
        return (
            f"the {LEFT_OUT_FITS} fits that score them would cost about {seconds:.3g} processor "
            f"seconds, more than the {most:.3g} that search.minutes leaves for that"
        )
    return ""


def fits_without_blocks(
    family: str,
    params: Parameters,
    rows: Rows,
    contract: Contract,
    *,
    presence: Sequence[str] = (),
    workers: int = 1,
) -> Iterator[tuple[Rows, Pipeline]]:
    """Each block of the rows, which have times, with the fit on a sample of all the others."""
    block = blocks_of(rows)
    for k in range(LEFT_OUT_FITS):
        pipeline = fit_uncalibrated(
            family, params, rows.take(block != k), contract, presence=presence, workers=workers
        )
        yield rows.take(block == k), pipeline


def blocks_of(rows: Rows) -> np.ndarray:
    """Number (n,) of each row's block: of about equally many frauds, rows of one time together."""
    times = np.asarray(rows.time)
    of_frauds = times[rows.label == 1]
    cuts = [of_frauds[len(of_frauds) * k // LEFT_OUT_FITS] for k in range(1, LEFT_OUT_FITS)]
    return np.searchsorted(np.array(cuts), times, side="right")


def _blocks_hold_both(rows: Rows) -> bool:
    """Whether each block holds frauds and legitimate rows: many may share a date or a month."""
    block = blocks_of(rows)
    frauds, others = (
        np.bincount(block[rows.label == label], minlength=LEFT_OUT_FITS) for label in (1, 0)
    )
    return bool(frauds.all() and others.all())


def fits_seconds(family: str, params: Parameters, rows: Rows, contract: Contract) -> float:
    """Processor seconds of the fits on as many rows as are declared, never on fewer.

    Fewer would promise too little. Where there is time for more (see `rows_fitted`), they cost up
    to twice as much as they may here.
    """
    kind = FAMILIES[family]
    columns = encoded_columns(rows, contract, kind)
    others = 1 - 1 / LEFT_OUT_FITS
    known, frauds = round(len(rows) * others), round(rows.frauds * others)
    return LEFT_OUT_FITS * declared_seconds(
        known, frauds, contract, kind, params=params, columns=columns
    )


def margins(family: str, pipeline: Pipeline, rows: Rows) -> np.ndarray:
    """What an uncalibrated pipeline's classifier says of rows (n,); higher is more like fraud."""
    preprocessor, classifier = pipeline.named_steps.values()
    encoded = on_one_thread(preprocessor.transform, rows.features)
    return np.asarray(on_one_thread(FAMILIES[family].margin, classifier, encoded), float)
