"""Whether a number is missing is shown to the model where that is measured to help."""

from __future__ import annotations

import io
from types import SimpleNamespace

import joblib
import msgspec
import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import parse_contract
from fraud_assets.contract.schema import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.search import HistorySection
from fraud_assets.modelling import tuning
from fraud_assets.modelling.lookback.search import Lookback
from fraud_assets.modelling.reach import FittedReach
from fraud_assets.modelling.search import presence
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.modelling.tuning import tune
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import load_scorer
from tests.modelling.incomes import TOML, contract_of

SIX = [f"number_{at}" for at in range(6)]


def contract() -> Contract:
    return contract_of("logistic_regression")


def rows(seed: int, told: float, n: int = 3000) -> Rows:
    """Frauds miss their income `told` times as often as others; the age is missing by chance."""
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < 0.1).astype("int8")
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3 + label, 1),
            "income": rng.lognormal(8, 1, n),
            "age": rng.exponential(200, n),
            "country": rng.choice(np.array(["DE", "FR"], dtype=object), n),
        }
    )
    frame.loc[rng.random(n) < np.where(label == 1, min(0.15 * told, 0.9), 0.15), "income"] = np.nan
    frame.loc[rng.random(n) < 0.2, "age"] = np.nan
    time = np.datetime64("2025-01-01", "us") + np.arange(n) * np.timedelta64(1, "h")
    return Rows(frame, label, time=time)


def tuned(seed: int, told: float) -> TunedPipeline:
    fit, later = rows(seed, told), rows(seed + 100, told)
    return tune(fit, later, compare_candidates(fit, contract()), contract())


def test_absence_that_tells_of_fraud_is_taken_and_told():
    """The encoded name, the gain with its bound, and a column that noise does not get."""
    found = tuned(0, told=4.0)

    (row,) = [row for row in found.search.presence if row.taken]
    assert row.feature == "income"
    assert 0 < row.bound < row.gain
    assert 0.15 < row.missing < 0.3
    assert found.presence == ("income",)
    assert found.features[-1] == "income_missing"
    assert "age_missing" not in found.features


def test_what_one_family_gains_is_not_published_with_another(monkeypatch):
    """Where the families' second meeting takes another one, nothing was measured for it."""
    history = HistorySection((), 0, "")
    other = Lookback(FittedReach(), "extra_trees", {"n_estimators": 5}, history, "")
    monkeypatch.setattr(tuning, "begin_look_back", lambda *_, **__: lambda: other)

    found = tuned(0, told=4.0)

    assert found.family == "extra_trees"
    assert (found.presence, found.search.presence) == ((), msgspec.UNSET)


@pytest.mark.parametrize("seed", range(6))
def test_absence_by_chance_is_not_taken(seed):
    """Where frauds miss a number as often as others the model does not see it."""
    assert tuned(seed, told=1.0).presence == ()


def test_without_missing_numbers_nothing_is_tried():
    """The report says nothing of it, and no fit is spent."""
    fit, later = rows(0, 1.0), rows(1, 1.0)
    for part in (fit, later):
        part.features[["income", "age"]] = part.features[["income", "age"]].fillna(1.0)

    found = tune(fit, later, compare_candidates(fit, contract()), contract())

    assert found.search.presence is msgspec.UNSET
    assert found.presence == ()


def test_what_is_served_is_what_was_trained():
    """Every row, missing or not, absent or null, gets the pipeline's own probability."""
    found = tuned(0, told=4.0)
    pipeline, later = joblib.load(io.BytesIO(found.payload)), rows(7, 4.0, 500)
    legitimate = later.take(later.label == 0)
    scorer = load_scorer(export_scorer(pipeline, contract(), legitimate, found.threshold.value))

    served = [scorer.score(row) for row in later.features.to_dict("records")]
    expected = pipeline.predict_proba(later.features)[:, 1]

    assert np.abs(np.array(served) - expected).max() < 1e-12
    assert scorer.spec.columns[-1] == "income_missing"
    base = {"amount": 20.0, "age": 100.0, "country": "DE"}
    assert scorer.score(base) == scorer.score(base | {"income": None})
    assert scorer.score(base) > scorer.score(base | {"income": 3000.0})


def test_an_absence_that_tells_is_its_features_reason():
    """The column's contribution counts for the feature, in its sentence for a missing value."""
    found = tuned(0, told=4.0)
    pipeline, later = joblib.load(io.BytesIO(found.payload)), rows(7, 4.0, 500)
    legitimate = later.take(later.label == 0)
    scorer = load_scorer(export_scorer(pipeline, contract(), legitimate, found.threshold.value))

    (first, *_) = scorer.reasons({"amount": 20.0, "age": 100.0, "country": "DE"})

    assert (first.feature, first.value) == ("income", None)
    assert first.contribution > 0
    assert first.text.startswith("Income is missing")


@pytest.mark.parametrize(
    ("first", "tried"),
    [((0.1, -1.0), [range(3)]), ((0.4, -0.4), [range(3), range(3, 5)])],
)
def test_a_column_that_hardly_gains_is_not_tried_on_the_costly_folds(monkeypatch, first, tried):
    """Worked by hand: .1 is a tenth of its way to the bound, .4 is half of it."""
    found = [presence._Gain(0.0, 0.0, *each) for each in (first, (1.0, 0.2))]
    gains = iter(found)
    monkeypatch.setattr(presence, "_gain", lambda *_: next(gains))
    scored = []
    monkeypatch.setattr(
        presence, "_scores", lambda *given: scored.append(given[-1]) or [np.zeros(1)]
    )

    gain = presence._tried(None, None, [np.zeros(1)] * 5, ("income",), 0.95)

    assert scored == tried
    assert gain is found[len(tried) - 1]


def of_six(seed: int, told: float, n: int = 4000) -> Rows:
    """Six numbers are missing in 6 of 10 rows, each by `told` log-odds more or less fraud."""
    rng = np.random.default_rng(seed)
    missing = rng.random((n, 6)) < 0.6
    amount = rng.normal(size=n)
    odds = missing @ (told * np.array([1, -1, 1, -1, 1, -1])) + amount
    label = (rng.random(n) < 1 / (1 + np.exp(2.8 - odds))).astype("int8")
    frame = pd.DataFrame(np.where(missing, np.nan, rng.normal(size=(n, 6))), columns=SIX)
    time = np.datetime64("2025-01-01", "us") + np.arange(n) * np.timedelta64(1, "h")
    rest = {"amount": amount, "age": rng.normal(size=n), "country": "DE"}
    return Rows(frame.assign(**rest), label, time=time)


def presence_of_six(seed: int, told: float) -> TunedPipeline:
    text = TOML.format(family="logistic_regression").replace("income", '", "'.join(SIX))
    known, fit = parse_contract(text), of_six(seed, told)
    return tune(fit, of_six(seed + 100, told), compare_candidates(fit, known), known)


@pytest.mark.parametrize("seed", range(4))
def test_numbers_that_each_say_a_little_are_taken_for_what_all_gain(seed, monkeypatch):
    """Frauds are few; the same numbers are not taken, tried all the same, if they say nothing."""
    found = presence_of_six(seed, 0.5)
    monkeypatch.setattr(presence, "_worth_trying", lambda *_: SIX)
    by_chance = presence_of_six(seed, 0.0)

    assert len(found.presence) >= 4
    rows = found.search.presence
    assert {row.together for row in rows} == {True}
    assert len({(row.gain, row.bound, row.margins) for row in rows}) == 1
    assert rows[0].margins > 0
    assert by_chance.presence == ()
    assert len(by_chance.search.presence) == 6


def test_of_two_that_gain_and_not_together_the_one_of_more_merit_stays(monkeypatch):
    """Worked by hand: more average precision is not more of all that the choice is made by."""
    gains = {
        ("a",): presence._Gain(0.006, 0.001, 2.0, 0.1),
        ("b",): presence._Gain(0.004, 0.001, 8.0, 5.0),
        ("c",): presence._Gain(0.0, -0.1, 0.0, -5.0),
    }
    monkeypatch.setattr(presence, "_tried", lambda search, winner, plain, names, at: gains[names])
    monkeypatch.setattr(presence, "_scores", lambda *_: [])
    monkeypatch.setattr(presence, "_gain", lambda *_: gains["c",])
    frame = pd.DataFrame({name: [1.0, np.nan] for name in "abc"})
    search = SimpleNamespace(sample=SimpleNamespace(rows=SimpleNamespace(features=frame)))

    rows = presence._one_by_one(search, None, [], ["a", "b", "c"], 0.95)

    assert [(row.feature, row.taken) for row in rows] == [("a", False), ("b", True), ("c", False)]
