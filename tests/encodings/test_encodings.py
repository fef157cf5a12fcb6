"""Encodings of text levels: found by their files, asked instead of known, served bit for bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from fraud_assets.encodings.encoding import Encoding
from fraud_assets.encodings.registry import encoding_of, encodings
from fraud_assets.encodings.tables import codes_of
from fraud_assets.modelling.fitting import fit_pipeline
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import (
    MANY_LEVELS,
    build_preprocessor,
    columns_of_many_levels,
    encoded_names,
)
from fraud_assets.modelling.tuned import dump_pipeline
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import load_scorer
from tests.modelling.made_rows import make_rows, small_contract

CONTRACT = small_contract()


def with_merchants(seed: int, n: int = 4000, merchants: int = 300):
    """Made rows whose country is one of many, of which a tenth hold three quarters of frauds."""
    rows = make_rows(n, 0.08, seed)
    rng = np.random.default_rng(seed)
    bad = np.arange(merchants // 10)
    chosen = np.where(
        (rows.label == 1) & (rng.random(n) < 0.75),
        rng.choice(bad, n),
        rng.integers(0, merchants, n),
    )
    names = np.array([f"M{(7919 * k) % 10007:05d}" for k in range(merchants)], dtype=object)
    rows.features["sender_country"] = pd.Series(names[chosen], dtype=object)
    rows.features.loc[rng.random(n) < 0.05, "sender_country"] = np.nan
    return rows


@pytest.mark.parametrize("encoding", list(encodings().values()), ids=list(encodings()))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_codes_are_what_the_encoder_gives(encoding: Encoding, data: st.DataObject):
    """Each level's numbers in the table are the encoder's own for a row that holds it."""
    names = st.sampled_from(["A", "B", "C", "D", "É", "10", " "])
    rows = data.draw(st.lists(st.tuples(names, names), min_size=12, max_size=40))
    levels = np.array(rows, dtype=object)
    label = np.arange(len(rows)) % 2
    encoder = encoding.build(0).fit(levels, label)

    codes = codes_of(encoding, encoder, encoder.categories_)

    assert encoding_of(encoder) is encoding
    matrix = encoder.transform(levels)
    matrix = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    for row, given_row in zip(rows, matrix, strict=True):
        told = [codes[j].levels[str(level)] for j, level in enumerate(row)]
        assert np.concatenate(told).tolist() == list(given_row)


def test_hand_worked_share():
    """Of 4 rows of A three are frauds, of 6 in all three: drawn from .75 towards the share of .5.

    With y's variance .25, A's own .1875 and so a prior weight of .75 rows (Micci-Barreca's
    lambda 4 * .25 / (4 * .25 + .1875)), A is .25 * 16/19 over .5.
    """
    column = np.array(["A"] * 4 + ["B"] * 2, dtype=object)[:, None]
    label = np.array([1, 1, 1, 0, 0, 0])

    encoder = encodings()["target"].build(0).fit(column, label)

    share = 4 * 0.25 / (4 * 0.25 + 0.1875)
    assert encoder.transform([["A"]])[0, 0] == pytest.approx(0.75 * share + 0.5 * (1 - share))
    assert encoder.transform([["never"]])[0, 0] == 0.5


def test_only_columns_of_many_levels_take_their_share_of_frauds():
    """At the bound a column keeps the family's encoding, one level above it does not."""
    levels = [f"L{k:03d}" for k in range(MANY_LEVELS + 1)]
    frame = pd.DataFrame({"few": levels[:-1] + levels[:1], "many": levels})

    many = columns_of_many_levels(frame, ("few", "many"))
    preprocessor = build_preprocessor((), ("few", "many"), "onehot", many)
    matrix = preprocessor.fit_transform(frame, np.arange(len(frame)) % 2)

    assert many == ("many",)
    assert matrix.shape[1] == MANY_LEVELS + 1
    assert encoded_names(preprocessor)[-1] == "many"


def test_a_code_does_not_know_its_own_rows_label():
    """Codes of training rows are cross-fitted: levels of one row each say nothing there."""
    levels = pd.DataFrame({"one": [f"L{k:04d}" for k in range(400)]})
    label = np.random.default_rng(0).integers(0, 2, 400)
    preprocessor = build_preprocessor((), ("one",), "ordinal", ("one",))

    codes = preprocessor.fit_transform(levels, label)[:, 0]

    assert abs(np.corrcoef(codes, label)[0, 1]) < 0.2
    assert abs(np.corrcoef(preprocessor.transform(levels)[:, 0], label)[0, 1]) > 0.9


@pytest.mark.parametrize(
    "family", ["hist_gradient_boosting", "logistic_regression", "extra_trees", "adaboost"]
)
def test_many_levels_are_served_as_they_were_trained(family: str):
    """The service's tables give the pipeline's probabilities and reasons that add up."""
    fit, later = with_merchants(0), with_merchants(1)
    later.features.loc[:9, "sender_country"] = "NEVER SEEN"

    pipeline = fit_pipeline(family, {}, fit, later, CONTRACT)

    files = export_scorer(pipeline, CONTRACT, later.take(later.label == 0), 0.5)
    scorer = load_scorer(files)
    records = later.features.iloc[:300].to_dict("records")
    rows = [{k: None if pd.isna(v) else v for k, v in record.items()} for record in records]
    served = [scorer.probability(scorer.encoder.row(row)) for row in rows]
    expected = pipeline.predict_proba(later.features.iloc[:300])[:, 1]
    assert scorer.spec.why_pipeline == ""
    np.testing.assert_allclose(served, expected, rtol=0, atol=1e-12)
    assert "sender_country" in scorer.spec.columns


def test_the_share_ranks_where_names_do_not():
    """A tree ranks later rows better by the share than by the order of the levels' names."""
    fit, later = with_merchants(2), with_merchants(3)
    columns = CONTRACT.features.numeric, CONTRACT.features.categorical

    def ap(many: tuple[str, ...]) -> float:
        pipeline = build_pipeline("hist_gradient_boosting", {"max_iter": 60}, *columns, many=many)
        pipeline.fit(fit.features, fit.label)
        return average_precision_score(later.label, pipeline.predict_proba(later.features)[:, 1])

    assert ap(("sender_country",)) > ap(()) + 0.01


def test_the_pickle_names_public_libraries_only():
    """A pipeline with a column of many levels loads without this package."""
    pipeline = build_pipeline("logistic_regression", {}, (), ("one",), many=("one",))
    frame = pd.DataFrame({"one": ["A", "B", "C", "D"] * 5})
    pipeline.fit(frame, [0, 1] * 10)

    assert b"fraud_assets" not in dump_pipeline(pipeline)
