"""The leaderboard of families on the same folds."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_score
from threadpoolctl import threadpool_limits

from fraud_assets.errors import ContractError
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.search.folds import make_folds
from fraud_assets.modelling.search.sampling import sample_legitimate
from tests.modelling.made_rows import make_rows, small_contract


@pytest.fixture
def small_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every family with ten trees, for tests that are not about their quality."""
    for name, family in FAMILIES.items():
        if family.size is not None:
            monkeypatch.setitem(FAMILIES, name, replace(family, defaults={family.size: 10}))


@pytest.mark.usefixtures("small_families")
def test_leaderboard_is_cross_val_score():
    """Fold scores are those of scikit-learn's own cross-validation on the sampled rows."""
    rows, contract = make_rows(900, 0.05), small_contract(folds=2, legitimate_per_fraud=6)

    board = compare_candidates(rows, contract)

    sample = sample_legitimate(rows, 6, 0).rows
    features = contract.features
    for candidate in board.candidates:
        pipeline = build_pipeline(
            candidate.family, candidate.parameters, features.numeric, features.categorical
        )
        folds = make_folds(sample, 2, 0)
        with threadpool_limits(1):
            oracle = cross_val_score(
                pipeline, sample.features, sample.label, cv=folds, scoring="roc_auc"
            )
        np.testing.assert_allclose(candidate.fold_auc, oracle, atol=1e-12)
    assert [c.auc_mean for c in board.candidates] == sorted(
        (c.auc_mean for c in board.candidates), reverse=True
    )
    assert board.rows == len(sample)
    assert board.legitimate_total == len(rows) - rows.frauds


@pytest.mark.usefixtures("small_families")
def test_records_are_json_and_progress_counts():
    """One JSON-able record a family, all required keys in it, and a last line with all fits."""
    said: list[str] = []
    contract = small_contract(families=("logistic_regression", "adaboost"), folds=2)

    board = compare_candidates(make_rows(400), contract, progress=said.append)

    records = json.loads(json.dumps(msgspec.to_builtins(board.candidates), allow_nan=False))
    assert {r["family"] for r in records} == set(contract.search.families)
    assert set(records[0]) >= {
        "auc_mean", "auc_std", "average_precision", "fit_seconds", "cost", "encoding",
        "n_features", "fold_auc", "precision_at_recall",
    }  # fmt: skip
    assert all(r["cost"] > 0 and r["fit_seconds"] > 0 for r in records)
    assert "4 of 4 fits" in said[-1]
    assert "about 0 s left" in said[-1]


def test_unknown_families_are_all_named():
    """Unknown family names end in one contract error that lists each of them."""
    contract = small_contract(families=("neural_network", "adaboost", "prophet"))

    with pytest.raises(ContractError) as caught:
        compare_candidates(make_rows(400), contract)

    assert "'neural_network'" in str(caught.value)
    assert "'prophet'" in str(caught.value)
    assert len(caught.value.faults) == 2


def test_average_precision_refers_to_the_real_prior():
    """The weighted sample's average precision lies far nearer to all rows' than the plain one."""
    rows = make_rows(40_000, 0.02, seed=3)
    score = rows.features["amount_usd"].to_numpy() / rows.features["address_age_days"].to_numpy()
    everything = average_precision_score(rows.label, score)
    sample = sample_legitimate(rows, 5, 0)
    ratio = sample.rows.features["amount_usd"] / sample.rows.features["address_age_days"]

    weighted = average_precision_score(sample.rows.label, ratio, sample_weight=sample.weights)

    plain = average_precision_score(sample.rows.label, ratio)
    assert abs(weighted - everything) < 0.03 < abs(plain - everything)
