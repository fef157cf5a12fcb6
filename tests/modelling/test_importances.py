from __future__ import annotations

import numpy as np
import pytest
from sklearn.inspection import permutation_importance
from sklearn.pipeline import Pipeline

from fraud_assets.documents.report.explained import Importances
from fraud_assets.modelling.judging.importances import (
    _Encoded,
    importances,
    impurity_importances,
    inner_classifier,
)
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.statistics.calibration import calibrate
from tests.modelling.made_rows import make_rows
from tests.plain import plain_json

NUMERIC = ("amount_usd", "gas_price", "tx_count_24h", "address_age_days", "avg_tx_value")
CATEGORICAL = ("chain", "token_type", "sender_country")
FIT, CALIBRATION, JUDGED = (make_rows(3000, seed=seed) for seed in (0, 1, 2))


def fitted(family: str, **params: object) -> Pipeline:
    pipeline = build_pipeline(family, params, NUMERIC, CATEGORICAL)
    return calibrate(pipeline.fit(FIT.features, FIT.label), CALIBRATION)


@pytest.fixture(scope="module")
def boosting() -> Pipeline:
    return fitted("gradient_boosting", n_estimators=40)


@pytest.fixture(scope="module")
def both(boosting: Pipeline) -> Importances:
    return importances(boosting, JUDGED)


def test_permutation_agrees_with_scikit_learns(boosting: Pipeline, both: Importances) -> None:
    """On rows that are not sampled further the losses of ROC-AUC are scikit-learn's."""
    found = both.permutation
    oracle = permutation_importance(
        boosting, JUDGED.features, JUDGED.label, scoring="roc_auc", n_repeats=5, random_state=1
    )
    expected = dict(zip(JUDGED.features, oracle.importances_mean, strict=True))
    assert {row.feature for row in found} == set(NUMERIC + CATEGORICAL)
    for row in found:
        assert row.mean == pytest.approx(expected[row.feature], abs=0.03)
        assert row.low <= row.mean <= row.high
    assert found[0].feature in {"tx_count_24h", "address_age_days"}
    assert list(found) == sorted(found, key=lambda row: -row.mean)


@pytest.mark.parametrize("family", ["logistic_regression", "hist_gradient_boosting"])
def test_permuted_codes_score_as_permuted_values(family: str) -> None:
    """Each feature's columns are its own: permuting them is permuting the frame's column."""
    pipeline = build_pipeline(family, {}, NUMERIC, CATEGORICAL, presence=("gas_price",))
    pipeline.fit(FIT.features, FIT.label)
    encoded = _Encoded.of(pipeline, JUDGED)

    for name in NUMERIC + CATEGORICAL:
        order = np.random.default_rng(3).permutation(len(JUDGED))
        column = JUDGED.features[name].to_numpy()[order]
        expected = pipeline.predict_proba(JUDGED.features.assign(**{name: column}))[:, 1]

        found = encoded.permuted(name, [order, np.arange(len(JUDGED))])

        assert found is not None
        assert np.abs(found[0] - expected).max() < 1e-12
        assert np.abs(found[1] - encoded.scores(encoded.matrix)).max() < 1e-12


def test_a_feature_that_no_split_tests_costs_no_prediction() -> None:
    """It loses nothing, and that is known without asking the model."""
    pipeline = build_pipeline("gradient_boosting", {"n_estimators": 1, "max_depth": 1}, NUMERIC, ())
    pipeline.fit(FIT.features, FIT.label)
    encoded = _Encoded.of(pipeline, JUDGED)
    order = np.arange(len(JUDGED))[::-1]

    asked = [name for name in NUMERIC if encoded.permuted(name, [order]) is not None]

    assert len(asked) == 1
    found = importances(pipeline, JUDGED).permutation
    assert [row.feature for row in found if row.mean != 0] == asked


def test_a_feature_without_influence_loses_nothing(both: Importances) -> None:
    """The interval of pure noise holds 0."""
    rows = {row.feature: row for row in both.permutation}
    assert rows["token_type"].low <= 0.002
    assert abs(rows["token_type"].mean) < 0.01


def test_both_kinds_are_json_and_repeatable(boosting: Pipeline, both: Importances) -> None:
    """The same rows and seed give the same numbers."""
    assert plain_json(both) == plain_json(importances(boosting, JUDGED))


def test_impurity_is_scikit_learns_through_the_calibration(boosting: Pipeline) -> None:
    """The classifier inside is found, and its own importances carry the encoded names."""
    found = {row.feature: row.value for row in impurity_importances(boosting)}
    names = boosting.named_steps["preprocessor"].get_feature_names_out()
    oracle = dict(zip(names, inner_classifier(boosting).feature_importances_, strict=True))
    assert found == oracle


def test_hist_boosting_has_split_gains_and_logistic_regression_nothing() -> None:
    """Where scikit-learn sums no gains they are summed; without trees there is no impurity."""
    rows = impurity_importances(fitted("hist_gradient_boosting", max_iter=20))
    assert np.sum([row.value for row in rows]) == pytest.approx(1)
    assert rows[0].feature in NUMERIC
    assert impurity_importances(fitted("logistic_regression")) == ()
