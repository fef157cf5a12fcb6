"""From a family with its setting to a pipeline: sample, fit, calibrate.

The search ranks settings on a small sample of the legitimate rows. What is published is fitted
once, and a family that fits fast and does not grow with its rows takes what the budget lasts for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sklearn.pipeline import Pipeline

from fraud_assets.contract.schema import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import (
    columns_of_many_levels,
    columns_with_far_values,
    columns_with_gaps,
)
from fraud_assets.modelling.reach import FittedReach
from fraud_assets.modelling.search.budget import encoded_columns, rows_fitted
from fraud_assets.modelling.search.sampling import Sample, sample_legitimate
from fraud_assets.modelling.statistics.calibration import calibrate
from fraud_assets.work.threads import on_one_thread, on_threads


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
    sample = sample_to_fit(family, params, fit, contract).rows
    many = columns_of_many_levels(sample.features, contract.features.categorical)
    gaps = columns_with_gaps(sample.features, contract.features.numeric)
    far = columns_with_far_values(sample.features, contract.features.numeric)
    seed = contract.search.seed
    pipeline = build_pipeline(
        family, params, *columns, seed=seed, many=many, presence=presence, gaps=gaps, far=far
    )
    weights = FittedReach(half_life_days=half_life_days).weights(sample.time)
    given = {} if weights is None else {"sample_weight": weights}
    preprocessor, classifier = pipeline.named_steps.values()
    kind = FAMILIES[family]
    kind.spread(classifier, workers)
    encoded = on_one_thread(preprocessor.fit_transform, sample.features, sample.label)
    threads = workers if kind.openmp else 1
    on_threads(threads, partial(kind.fit, **given), classifier, encoded, sample.label)
    kind.spread(classifier, None)  # threads would add trees in changing order
    return pipeline


def sample_to_fit(family: str, params: Parameters, fit: Rows, contract: Contract) -> Sample:
    """The rows that a published setting of the family is fitted on (see `rows_fitted`)."""
    kind = FAMILIES[family]
    columns = encoded_columns(fit, contract, kind)
    kept = rows_fitted(len(fit), fit.frauds, contract, kind, params=params, columns=columns)
    return sample_legitimate(fit, 0, contract.search.seed, at_least=kept - fit.frauds)
