"""Laws of serving that hold for every family, those of the extra `boosting` included.

Payments are drawn with missing values, levels never seen, and numbers up to the largest that the
service lets in.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.profiles import ADDITIVITY_TOLERANCE
from fraud_assets.scoring.limits import LARGEST
from fraud_assets.scoring.scorer import Scorer, link_of, load_scorer
from tests.scoring.worlds import NAMES, ROUNDING, contract, files, fitted

SMALLEST = 5e-324
numbers = st.one_of(
    st.none(),
    st.just(math.nan),
    st.floats(0.01, 1e5),
    st.floats(-LARGEST, LARGEST),
    st.integers(-(10**18), 10**18).map(float),
    st.sampled_from([0.0, -0.0, SMALLEST, -SMALLEST, 1e-300, LARGEST, -LARGEST, 2.0**24 + 1]),
)
texts = st.one_of(
    st.none(),
    st.sampled_from(["ETH", "BTC", "SOL", "DE", "US", "eth", " DE ", "", "NULL", "UNKNOWN"]),
    st.text(max_size=12),
)
payment = st.fixed_dictionaries(
    {"amount": numbers, "age": numbers, "count": numbers, "chain": texts, "country": texts}
)
payments_drawn = st.lists(payment, min_size=8, max_size=16)
every_family = pytest.mark.parametrize("family", NAMES)
both = pytest.mark.parametrize("calibrated", [False, True], ids=["plain", "calibrated"])


def cleaned(scorer: Scorer, rows: list[dict[str, object]]) -> pd.DataFrame:
    """The rows as training would have them: texts as levels, every missing value the same."""
    features = contract().features
    kinds = dict.fromkeys(features.numeric, "float64") | dict.fromkeys(
        features.categorical, "object"
    )
    levelled = [
        {k: scorer.encoder.level(v) if isinstance(v, str) else v for k, v in row.items()}
        for row in rows
    ]
    return pd.DataFrame(levelled).astype(kinds)


@both
@every_family
@settings(max_examples=10, deadline=None)
@given(rows=payments_drawn)
def test_a_served_probability_is_the_pipelines(family, calibrated, rows):
    """To the last bits, or to the float32 sums of a family that adds in float32."""
    scorer = load_scorer(files(family, calibrated))
    expected = fitted(family, calibrated).predict_proba(cleaned(scorer, rows))[:, 1]

    found = np.array([scorer.score(row) for row in rows])

    assert np.abs(found - expected).max() < ROUNDING.get(family, 1e-12)


@both
@every_family
@settings(max_examples=10, deadline=None)
@given(rows=payments_drawn)
def test_contributions_sum_to_the_margin_that_gives_the_probability(family, calibrated, rows):
    """Base and contributions are the margin, in the scale that the version states."""
    scorer = load_scorer(files(family, calibrated))
    link = link_of(scorer.spec)

    for values in rows:
        row = scorer.encoder.row(values)
        split = scorer.explain(row)

        summed = split.base + split.contributions.sum()
        largest = max(1.0, float(np.abs(split.contributions).max()))
        assert abs(summed - split.margin) <= ADDITIVITY_TOLERANCE * largest
        assert link(split.margin) == pytest.approx(scorer.probability(row), abs=1e-12)
        assert np.isfinite(split.contributions).all()
        assert len(split.contributions) == len(scorer.spec.features)


@every_family
@settings(max_examples=10, deadline=None)
@given(rows=payments_drawn)
def test_the_scale_of_contributions_is_log_odds_or_what_the_version_says(family, rows):
    """Log-odds are those of the uncalibrated pipeline's probability; others state their scale."""
    scorer, pipeline = load_scorer(files(family)), fitted(family)
    expected = pipeline.predict_proba(cleaned(scorer, rows))[:, 1]
    margins = np.array([scorer.margin(row) for row in rows])

    assert scorer.spec.scale in {"log-odds", "probability", "vote"}
    if scorer.spec.scale == "log-odds":
        told = np.array([1 / (1 + math.exp(-m)) if m > -700 else 0.0 for m in margins])
        assert np.abs(told - expected).max() < ROUNDING.get(family, 1e-12)
    if scorer.spec.scale == "probability":
        assert np.abs(margins - expected).max() < 1e-12
