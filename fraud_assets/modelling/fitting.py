"""From a family with its setting to the pipeline that is published: sample, fit, calibrate, freeze.

The search ranks settings on a small sample of the legitimate rows. What is published is fitted
once, and a family that fits fast and does not grow with its rows can afford more of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import msgspec
import numpy as np
from sklearn.pipeline import Pipeline

from fraud_assets.contract.schema import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.judging.thresholds import choose_threshold, frauds_wanted
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import columns_of_many_levels, encoded_names
from fraud_assets.modelling.reach import FittedReach, divided, joined_rows
from fraud_assets.modelling.search.sampling import Sample, sample_as_declared
from fraud_assets.modelling.statistics.calibration import calibrate
from fraud_assets.modelling.tuned import TunedPipeline, dump_pipeline, sha256
from fraud_assets.work.threads import on_one_thread

MOST_FOR_THRESHOLD = 0.5
"""Share of the frauds before the judged window that may choose the threshold."""

LEAST_MORE = 0.25
"""Share of the threshold window's frauds that must come on top for the rows to reach back."""


def freeze(
    family: str,
    params: Parameters,
    fit: Rows,
    threshold_rows: Rows,
    contract: Contract,
    *,
    presence: Sequence[str] = (),
    earlier: Rows | None = None,
    reach: FittedReach | None = None,
    workers: int = 1,
) -> TunedPipeline:
    """Fit on the history, calibrate and choose the threshold on `threshold_rows`; all unsampled.

    `presence` as in `build_pipeline`. `earlier` are rows before `fit` that the history may reach;
    without one it is `fit` itself. Where a guarantee breaks a ceiling of the policy that more
    frauds would mend, and the history is searched, the threshold rows reach back into it, and the
    model is fitted on what lies before them. `search` is left out: how the setting was found is
    the caller's to tell.

    Raises
    ------
    InsufficientEvidenceError
        If frauds are too few for the calibration or the threshold rule.
    """
    back = FittedReach() if reach is None else reach
    rows = fit if reach is None else joined_rows(earlier, fit)
    make = partial(
        _freeze, family, params, back, contract=contract, presence=presence, workers=workers
    )
    tuned, wanted = make(rows, threshold_rows)
    begins = None if reach is None else reaching_back(rows, threshold_rows, wanted)
    if begins is not None:
        before, more = divided(rows, begins)
        tuned, _ = make(before, joined_rows(more, threshold_rows))
        sentence = tuned.threshold.sentence + _told_reach(begins, threshold_rows.frauds)
        threshold = msgspec.structs.replace(tuned.threshold, sentence=sentence)
        tuned = replace(tuned, threshold=threshold, threshold_from=begins)
    return replace(tuned, reach=reach)


def reaching_back(rows: Rows, threshold_rows: Rows, wanted: int | None) -> np.datetime64 | None:
    """The instant from which the threshold rows hold so many frauds, or as many as may be.

    `rows` are those before them. None where they hold enough, rows have no times, or too few
    frauds lie before for another threshold to be worth an older model.
    """
    if wanted is None or rows.time is None or threshold_rows.time is None:
        return None
    own = threshold_rows.frauds
    most = int(MOST_FOR_THRESHOLD * (rows.frauds + own))
    more = min(wanted, most) - own
    if more < LEAST_MORE * own:
        return None
    return np.datetime64(rows.time[rows.label == 1][-more], "us")


def _freeze(
    family: str,
    params: Parameters,
    reach: FittedReach,
    rows: Rows,
    threshold_rows: Rows,
    *,
    contract: Contract,
    presence: Sequence[str],
    workers: int,
) -> tuple[TunedPipeline, int | None]:
    """What `freeze` gives for these rows, and how many threshold frauds would be better."""
    sampled = sample_to_fit(family, reach.taken(rows), contract).rows  # a sample of it is itself
    pipeline = fit_pipeline(
        family,
        params,
        sampled,
        threshold_rows,
        contract,
        presence=presence,
        half_life_days=reach.half_life_days,
        workers=workers,
    )
    payload = dump_pipeline(pipeline)
    scores = on_one_thread(pipeline.predict_proba, threshold_rows.features)[:, 1]
    chosen = scores, threshold_rows.label, contract.policy, threshold_rows.sender
    tuned = TunedPipeline(
        payload=payload,
        digest=sha256(payload),
        family=family,
        parameters=dict(params),
        threshold=choose_threshold(*chosen),
        features=encoded_names(pipeline.named_steps["preprocessor"]),
        training_samples=len(sampled),
        presence=tuple(presence),
    )
    return tuned, frauds_wanted(*chosen)


def _told_reach(begins: np.datetime64, own: int) -> str:
    return (
        f" The guarantee from the {own:,} frauds of the threshold window broke a ceiling, so the "
        f"threshold rows reach back to {str(begins)[:10]}, and the model was fitted on what lies "
        "before."
    )


def fit_pipeline(
    family: str,
    params: Parameters,
    fit: Rows,
    calibration: Rows,
    contract: Contract,
    *,
    presence: Sequence[str] = (),
    half_life_days: float | None = None,
    workers: int = 1,
) -> Pipeline:
    """Fit on a sample of `fit` and calibrate on all of `calibration`, ready to be pickled."""
    pipeline = fit_uncalibrated(
        family,
        params,
        fit,
        contract,
        presence=presence,
        half_life_days=half_life_days,
        workers=workers,
    )
    FAMILIES[family].tidy(pipeline.named_steps["classifier"])
    return on_one_thread(calibrate, pipeline, calibration)


def fit_uncalibrated(
    family: str,
    params: Parameters,
    fit: Rows,
    contract: Contract,
    *,
    presence: Sequence[str] = (),
    half_life_days: float | None = None,
    workers: int = 1,
) -> Pipeline:
    """Fit on a sample of `fit`, with the same bytes whatever the number of workers.

    The probabilities are the sample's. With a half-life rows lose weight as they lie back.
    """
    columns = contract.features.numeric, contract.features.categorical
    sample = sample_to_fit(family, fit, contract).rows
    many = columns_of_many_levels(sample.features, contract.features.categorical)
    seed = contract.search.seed
    pipeline = build_pipeline(family, params, *columns, seed=seed, many=many, presence=presence)
    weights = FittedReach(half_life_days=half_life_days).weights(sample.time)
    given = {} if weights is None else {"sample_weight": weights}
    preprocessor, classifier = pipeline.named_steps.values()
    if FAMILIES[family].parallel:
        classifier.set_params(n_jobs=workers)
    encoded = on_one_thread(preprocessor.fit_transform, sample.features, sample.label)
    on_one_thread(partial(FAMILIES[family].fit, **given), classifier, encoded, sample.label)
    if FAMILIES[family].parallel:
        classifier.set_params(n_jobs=None)  # threads would add trees in changing order
    return pipeline


def sample_to_fit(family: str, fit: Rows, contract: Contract) -> Sample:
    """The rows that a published model of the family is fitted on."""
    return sample_as_declared(fit, contract.search, times=FAMILIES[family].fit_times)
