"""The pipeline that is published: fitted once, calibrated, its threshold chosen and frozen."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.contract.schema import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.modelling.fitting import fit_pipeline, sample_to_fit
from fraud_assets.modelling.judging.thresholds import choose_threshold
from fraud_assets.modelling.left_out import score_left_out
from fraud_assets.modelling.preprocessing import encoded_names
from fraud_assets.modelling.reach import FittedReach, joined_rows
from fraud_assets.modelling.tuned import TunedPipeline, dump_pipeline, sha256
from fraud_assets.work.threads import on_one_thread


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
    without one it is `fit` itself. A guarantee counts the frauds of the history too (see
    `score_left_out`). `search` is left out: how the setting was found is the caller's to tell.

    Raises
    ------
    InsufficientEvidenceError
        If frauds are too few for the calibration or the threshold rule.
    """
    back = FittedReach() if reach is None else reach
    rows = fit if reach is None else joined_rows(earlier, fit)
    fitted = back.taken(rows)
    sampled = sample_to_fit(family, params, fitted, contract).rows  # a sample of it is itself
    pipeline = fit_pipeline(
        family,
        params,
        sampled,
        threshold_rows,
        contract,
        presence=presence,
        half_life_days=back.half_life_days,
        workers=workers,
    )
    payload = dump_pipeline(pipeline)
    scores = on_one_thread(pipeline.predict_proba, threshold_rows.features)[:, 1]
    before, why = score_left_out(
        family, params, back, fitted, contract, presence=presence, workers=workers
    )
    return TunedPipeline(
        payload=payload,
        digest=sha256(payload),
        family=family,
        parameters=dict(params),
        threshold=choose_threshold(
            scores,
            threshold_rows.label,
            contract.policy,
            threshold_rows.sender,
            earlier=before,
            not_scored=why,
        ),
        features=encoded_names(pipeline.named_steps["preprocessor"]),
        training_samples=len(sampled),
        presence=tuple(presence),
        reach=reach,
        earlier=before,
        not_scored=why,
    )
