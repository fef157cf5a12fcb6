"""Numbers that are missing reach a family that takes them as they are, and are served so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract.schema import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.lookback.lengths import lengths
from fraud_assets.modelling.lookback.walk import Try, Walk
from fraud_assets.modelling.preprocessing import build_preprocessor, columns_with_gaps
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.search.folds import EncodedFolds
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.modelling.tuning import tune
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import load_scorer
from tests.modelling.incomes import contract_of

MISSING = (None, np.nan, pd.NA, "")
NUMERIC, CATEGORICAL = ("amount", "income", "age"), ("country",)
TAKE_MISSING = ("hist_gradient_boosting", "boosting_and_extra_trees")


def contract() -> Contract:
    return contract_of("hist_gradient_boosting")


def payments(seed: int, n: int = 3000) -> Rows:
    """Half of the incomes are missing, of frauds more; so are some ages; no amount is."""
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < 0.1).astype("int8")
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3 + label, 1),
            "income": rng.normal(3 * label, 1),
            "age": rng.exponential(200, n),
            "country": rng.choice(np.array(["DE", "FR"], dtype=object), n),
        }
    )
    frame.loc[rng.random(n) < 0.4 + 0.3 * label, "income"] = np.nan
    frame.loc[rng.random(n) < 0.2, "age"] = np.nan
    time = np.datetime64("2025-01-01", "us") + np.arange(n) * np.timedelta64(1, "h")
    return Rows(frame, label, time=time)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*MISSING, 2.0, "3"]), min_size=1, max_size=6))
def test_whatever_says_missing_is_missing_in_a_column_with_gaps(values: list[object]) -> None:
    """NaN, None, NA and "" are NaN in the matrix; a number is (number - median) / quartiles."""
    train = pd.DataFrame({"amount": [1.0, 2.0, 3.0, np.nan, 9.0]})
    preprocessor = build_preprocessor(("amount",), (), "ordinal", gaps=("amount",)).fit(train)
    asked = pd.DataFrame({"amount": pd.Series(values, dtype=object)})

    matrix = preprocessor.transform(asked)

    numbers = [None if pd.isna(value) or value == "" else value for value in values]
    centre, spread = 2.5, 4.5 - 1.75  # median and quartiles of 1, 2, 3, 9
    expected = [np.nan if one is None else (float(one) - centre) / spread for one in numbers]
    np.testing.assert_allclose(matrix[:, 0], expected)


def test_gaps_are_columns_that_are_missing_in_some_rows_and_there_in_others() -> None:
    """One that is always there has no gap, and one that is never there nothing but."""
    nan = np.nan
    frame = pd.DataFrame({"there": [1.0, 2.0], "some": [nan, 2.0], "never": [nan, nan]})

    assert columns_with_gaps(frame, ("there", "some", "never")) == ("some",)


def test_a_fold_sees_the_gaps_of_its_own_training_rows() -> None:
    """A column that begins later is constant there, whatever the later rows hold."""
    rows = payments(0, 400)
    rows.features.loc[:199, "income"] = np.nan
    halves = [(np.arange(200), np.arange(200, 400))]
    folds = EncodedFolds(rows, halves, NUMERIC, CATEGORICAL)

    (fold,) = folds.of(FAMILIES["hist_gradient_boosting"])

    assert np.isnan(fold.train).any(axis=0).tolist() == [False, False, True, False]
    assert np.unique(fold.train[:, 1]).tolist() == [0.0]
    assert folds.of(FAMILIES["boosting_and_extra_trees"])[0] is fold
    assert not np.isnan(folds.of(FAMILIES["extra_trees"])[0].train).any()


@pytest.mark.parametrize("family", TAKE_MISSING)
def test_a_column_that_the_newest_rows_never_have_is_no_fault(family: str) -> None:
    """The history has it, the fitted part has not: it splits nothing, and the rest is learned."""
    rows = payments(5)
    rows.features.loc[300:, "income"] = np.nan
    walk = Walk(Sample(rows, int((rows.label == 0).sum())), 1500, contract())
    lengths_of_history = lengths(rows, 1500)

    found = walk.score([Try(family, FAMILIES[family].defaults, one) for one in lengths_of_history])

    assert len(found) == len(lengths_of_history) > 1
    assert all(np.isfinite(np.concatenate(one.margins)).all() for one in found)


def test_a_column_of_which_no_value_may_be_drawn_splits_nothing() -> None:
    """HistGradientBoosting draws 200,000 rows for its bins, and fails where it draws no value."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(210_000, 2))
    label = (matrix[:, 0] + rng.normal(size=len(matrix)) > 2).astype("int8")
    matrix[2_000:, 1] = np.nan
    weight = np.r_[np.full(2_000, 1e-6), np.ones(208_000)]
    family = FAMILIES["hist_gradient_boosting"]
    classifier = family.build({"max_iter": 2, "max_leaf_nodes": 4}, 0)

    family.fit(classifier, matrix, label, sample_weight=weight)

    forest = family.convert(classifier).model
    assert set(forest.feature) == {-1, 0}


@pytest.mark.parametrize("family", TAKE_MISSING)
def test_what_is_served_is_what_was_trained(family: str) -> None:
    """Missing, absent or null: every payment gets the pipeline's own probability to rounding."""
    rows, later = payments(1), payments(2, 600)
    pipeline = fit_uncalibrated(family, FAMILIES[family].defaults, rows, contract())
    scorer = load_scorer(export_scorer(pipeline, contract(), later.take(later.label == 0), 0.5))
    expected = pipeline.predict_proba(later.features)[:, 1]

    found = [scorer.score(values) for values in later.features.to_dict("records")]
    absent = [
        scorer.score({name: value for name, value in values.items() if not pd.isna(value)})
        for values in later.features.to_dict("records")
    ]

    assert scorer.spec.why_pipeline == ""
    assert found == pytest.approx(expected, abs=1e-12)
    assert absent == found
    sides = {feature.name: len(getattr(feature, "sides", ())) for feature in scorer.spec.features}
    assert sides["amount"] == sides["country"] == 0
    assert 1 <= sides["age"] <= 2
    assert 1 <= sides["income"] <= 2


def test_the_week_is_searched_and_published_with_gaps() -> None:
    """The family takes missing numbers: no column of absence is tried, and the gaps are served."""
    fit, later = payments(3), payments(4)

    found = tune(fit, later, compare_candidates(fit, contract()), contract())

    assert found.presence == ()
    assert found.features == ("amount", "income", "age", "country_DE", "country_FR")
    pipeline = unpickle_unverified(found.payload)
    parts = {name: columns for name, _, columns in pipeline[0].transformers_}
    assert parts["gaps"] == ["income", "age"]
