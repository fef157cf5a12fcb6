"""The scorer gives pipeline.joblib's answers, whichever family won."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.profiles import PARITY_TOLERANCE
from fraud_assets.scoring.scorer import load_scorer
from tests.scoring.worlds import NAMES, ROUNDING, contract, files, fitted, payments

numbers = st.one_of(
    st.none(),
    st.floats(-1e12, 1e12, allow_nan=False),
    st.sampled_from([0.0, 1.0, 2.0, 1e-9, 99.99999]),
)
texts = st.one_of(
    st.none(), st.sampled_from(["ETH", "BTC", "SOL", "DE", "US", "DOGE", "", "UNKNOWN"])
)
payment = st.fixed_dictionaries(
    {"amount": numbers, "age": numbers, "count": numbers, "chain": texts, "country": texts}
)


def frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    kinds = dict.fromkeys(contract().features.numeric, "float64")
    kinds |= dict.fromkeys(contract().features.categorical, "object")
    return pd.DataFrame(rows).astype(kinds)


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("family", NAMES)
class TestEveryFamily:
    def test_unseen_payments_get_the_pipelines_probability_and_flag(self, family, calibrated):
        """On fresh rows no probability differs by more than rounding, and no flag at all."""
        scorer, pipeline = load_scorer(files(family, calibrated)), fitted(family, calibrated)
        features = payments(2000, 7).features
        expected = pipeline.predict_proba(features)[:, 1]

        found = np.array([scorer.score(row) for row in features.to_dict("records")])

        assert np.abs(found - expected).max() < ROUNDING.get(family, 1e-12)
        assert ((found >= scorer.threshold) == (expected >= scorer.threshold)).all()

    @settings(max_examples=8, deadline=None)
    @given(rows=st.lists(payment, min_size=20, max_size=20))
    def test_edges_get_the_pipelines_probability(self, family, calibrated, rows):
        """Missing values, unseen levels and extreme numbers are encoded as in training."""
        scorer = load_scorer(files(family, calibrated))
        expected = fitted(family, calibrated).predict_proba(frame(rows))[:, 1]

        found = [scorer.score(row) for row in rows]

        assert np.abs(found - expected).max() <= PARITY_TOLERANCE

    def test_many_rows_at_once_give_what_one_gives(self, family, calibrated):
        """A batch is its rows."""
        scorer = load_scorer(files(family, calibrated))
        rows = [scorer.encoder.row(row) for row in payments(50, 3).features.to_dict("records")]

        batch = scorer.score_batch(rows)

        assert batch == pytest.approx([scorer.probability(row) for row in rows], abs=1e-14)

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 32, 65])
    def test_rows_that_come_together_get_the_bits_of_each_alone(self, family, calibrated, size):
        """A decision does not hang on who asked at the same time."""
        scorer = load_scorer(files(family, calibrated))
        rows = [scorer.encoder.row(row) for row in payments(size, 5).features.to_dict("records")]

        assert scorer.score_each(rows) == [scorer.probability(row) for row in rows]


@pytest.mark.parametrize("family", NAMES)
def test_values_beside_every_split_go_the_way_that_training_goes(family):
    """The nearest doubles below, at and above a split are routed as scikit-learn routes them.

    The splits are sought by bisecting the pipeline's own steps along one feature, so that the
    test knows nothing of the conversion.
    """
    scorer, pipeline = load_scorer(files(family)), fitted(family)
    usual = {"amount": 120.0, "age": 80.0, "count": 2.0, "chain": "SOL", "country": "US"}

    def ask(amounts: list[float]) -> np.ndarray:
        return pipeline.predict_proba(frame([usual | {"amount": a} for a in amounts]))[:, 1]

    low, high = np.logspace(0, 4, 25)[:-1].copy(), np.logspace(0, 4, 25)[1:].copy()
    before = ask(low.tolist())
    for _ in range(60):
        middle = (low + high) / 2
        same = ask(middle.tolist()) == before
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    beside = [*low, *high, *np.nextafter(low, 0), *np.nextafter(high, 1e9)]

    found = [scorer.score(usual | {"amount": a}) for a in beside]

    assert np.abs(found - ask(beside)).max() < ROUNDING.get(family, 1e-12)


@pytest.mark.parametrize("sent", [None, "", "  ", "null", "N/A", "nan", float("nan")], ids=repr)
def test_every_way_to_say_missing_is_the_same(sent):
    """None, NaN and the texts that cleaning takes for missing give the missing payment's score."""
    scorer = load_scorer(files("gradient_boosting"))
    usual = {"amount": 50.0, "age": 10.0, "count": 2.0, "country": "US"}

    assert scorer.score(usual | {"chain": sent}) == scorer.score(usual)


def test_text_is_trimmed_and_put_into_the_contracts_case():
    """' eth ' is ETH where the contract says upper case."""
    scorer = load_scorer(files("gradient_boosting"))
    usual = {"amount": 50.0, "age": 10.0, "count": 2.0, "country": "US"}

    assert scorer.score(usual | {"chain": " sol "}) == scorer.score(usual | {"chain": "SOL"})
    assert scorer.score(usual | {"chain": "SOL"}) != scorer.score(usual | {"chain": "BTC"})
