"""The tuned pipeline: reproducible bytes, the prior put back, the stand-in for boosting."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import joblib
import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ParameterGrid
from threadpoolctl import threadpool_info

from fraud_assets.data.rows import Rows
from fraud_assets.errors import ContractError, InsufficientEvidenceError
from fraud_assets.families.members.hist_gradient_boosting import STEADY_TREES
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import fit_pipeline, fit_uncalibrated, sample_to_fit
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.search.folds import make_folds
from fraud_assets.modelling.search.sampling import sample_as_declared
from fraud_assets.modelling.statistics.calibration import calibrate
from fraud_assets.modelling.tuned import dump_pipeline, sha256, unpickle_unverified
from fraud_assets.modelling.tuning import tune
from fraud_assets.work.threads import on_threads
from tests.modelling.made_rows import make_rows, small_contract

GRIDS = {
    "gradient_boosting": {"n_estimators": (5, 10), "max_depth": (3,), "learning_rate": (0.1,)},
    "hist_gradient_boosting": {"max_iter": (5, 10), "max_depth": (3,), "learning_rate": (0.1,)},
    "adaboost": {"n_estimators": (5, 10), "max_depth": (1, 2)},
    "random_forest": {"n_estimators": (5, 10)},
    "extra_trees": {"n_estimators": (5, 10), "max_features": ("sqrt", 0.7)},
    "logistic_regression": {"C": (0.1, 1.0)},
}
CONTRACT = small_contract(folds=2, legitimate_per_fraud=2)
BOOSTING = FAMILIES["hist_gradient_boosting"]
"""As it is published, before the fixture below makes it small."""


@pytest.fixture(autouse=True)
def small_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small grids and ten trees: these tests are not about quality."""
    for name, family in FAMILIES.items():
        defaults = family.defaults if family.size is None else {family.size: 10}
        monkeypatch.setitem(FAMILIES, name, replace(family, grid=GRIDS[name], defaults=defaults))


@pytest.fixture(scope="module")
def rows():
    return make_rows(1600, 0.08), make_rows(1600, 0.08, seed=1)


@pytest.fixture(scope="module")
def board(rows):
    """A leaderboard of all families; its numbers do not matter here."""
    with pytest.MonkeyPatch.context() as patch:
        for name, family in FAMILIES.items():
            defaults = family.defaults if family.size is None else {family.size: 10}
            patch.setitem(FAMILIES, name, replace(family, defaults=defaults))
        return compare_candidates(rows[0], CONTRACT)


@pytest.mark.parametrize("family", list(GRIDS))
def test_every_family_ends_in_a_plain_pipeline(family: str, rows, board):
    """Each family's payload loads, ranks frauds above others, and has its probabilities."""
    fit, later = rows

    tuned = tune(fit, later, board, CONTRACT, family=family)

    assert tuned.digest == hashlib.sha256(tuned.payload).hexdigest()
    pipeline = unpickle_unverified(tuned.payload)
    assert list(pipeline.named_steps) == ["preprocessor", "classifier"]
    probability = pipeline.predict_proba(later.features)[:, 1]
    assert tuned.threshold.recall.value == np.mean(
        probability[later.label == 1] >= tuned.threshold.value
    )
    assert tuned.family == tuned.search.chosen == family
    assert (tuned.training_samples < len(fit)) == (FAMILIES[family].fit_times == 1)
    taken = fit if tuned.reach is None else tuned.reach.taken(fit)
    assert tuned.training_samples == len(
        sample_to_fit(family, tuned.parameters, taken, CONTRACT).rows
    )
    assert "chain_unknown" in tuned.features
    json.dumps(msgspec.to_builtins(tuned.search), allow_nan=False)


def test_calibration_puts_the_prior_back_and_keeps_the_ranks(rows):
    """Mean probability is the fraud share of unsampled rows; the order is the classifier's."""
    fit, later = rows

    pipeline = fit_pipeline("gradient_boosting", {"n_estimators": 20}, fit, later, CONTRACT)

    probability = pipeline.predict_proba(later.features)[:, 1]
    assert probability.mean() == pytest.approx(later.label.mean(), abs=0.002)
    inner = pipeline.named_steps["classifier"].calibrated_classifiers_[0].estimator
    margin = inner.decision_function(pipeline.named_steps["preprocessor"].transform(later.features))
    order = np.argsort(margin, kind="stable")
    assert (np.diff(probability[order]) >= 0).all()
    assert len(np.unique(probability)) == len(np.unique(margin))


@pytest.mark.parametrize("family", ["gradient_boosting", "random_forest"])
def test_where_no_margin_is_far_the_sigmoid_is_scikit_learns(family: str, rows):
    """Its own calibration on all rows has the same slope and the same offset, to the last bit."""
    fit, later = rows
    pipeline = fit_uncalibrated(family, FAMILIES[family].defaults, fit, CONTRACT)
    preprocessor, classifier = pipeline.named_steps.values()
    theirs = CalibratedClassifierCV(FrozenEstimator(classifier), method="sigmoid")
    theirs.fit(preprocessor.transform(later.features), later.label)

    ours = calibrate(pipeline, later).named_steps["classifier"]

    pairs = [
        [(one.a_, one.b_) for part in each.calibrated_classifiers_ for one in part.calibrators]
        for each in (ours, theirs)
    ]
    assert pairs[0] == pairs[1]


def test_the_published_fit_takes_more_rows_where_trees_do_not_grow(rows):
    """Boosting is fitted on five times the search's legitimate rows, a forest on the search's.

    On all rows, did the time last for it (see `test_entrants`).
    """
    fit, _ = rows
    contract = small_contract(legitimate_per_fraud=1.5, minutes=0.0001)

    kept = {
        name: sample_to_fit(name, family.defaults, fit, contract).legitimate_kept
        for name, family in FAMILIES.items()
    }

    searched = int(np.ceil(1.5 * fit.frauds))
    assert kept == dict.fromkeys(FAMILIES, searched) | {
        "hist_gradient_boosting": int(np.ceil(7.5 * fit.frauds))
    }
    forest = fit_uncalibrated("random_forest", {"n_estimators": 2}, fit, contract)
    boosting = fit_uncalibrated("hist_gradient_boosting", {"max_iter": 2}, fit, contract)
    root = forest.named_steps["classifier"].estimators_[0].tree_.weighted_n_node_samples[0]
    first = boosting.named_steps["classifier"]._predictors[0][0].nodes["count"][0]
    assert (root, first) == (
        fit.frauds + kept["random_forest"], fit.frauds + kept["hist_gradient_boosting"],
    )  # fmt: skip


@pytest.mark.parametrize("far", [60, 1e3, 1e7, -1e12])
@pytest.mark.parametrize("fraud", [0, 1])
def test_one_far_margin_spoils_no_calibration(rows, far: float, fraud: int):
    """A payment whose number lies beyond all reason moves nobody else's probability much."""
    fit, later = rows
    pipeline = fit_uncalibrated("logistic_regression", {"max_iter": 1000}, fit, CONTRACT)
    usual = calibrate(pipeline, later).predict_proba(later.features)[:, 1]
    features, at = later.features.copy(), int(np.flatnonzero(later.label == fraud)[5])
    features.loc[at, "tx_count_24h"] = far * features["tx_count_24h"].std()
    others = np.arange(len(later)) != at

    found = calibrate(pipeline, replace(later, features=features))

    probability = found.predict_proba(features)[:, 1]
    assert np.abs(probability - usual)[others].max() < 0.1
    assert (np.diff(probability[others][np.argsort(usual[others], kind="stable")]) >= 0).all()


@pytest.mark.parametrize("caught", [3, 24])
def test_what_few_frauds_carry_is_calibrated(caught: int):
    """A flag that 1 payment in 100 or fewer has: its share of frauds, not that of everybody."""
    flag = np.r_[np.ones(caught + 10), np.zeros(5990 - caught)]
    label = np.r_[np.ones(caught), np.zeros(5940), np.ones(60 - caught)].astype("int8")
    rows = Rows(pd.DataFrame({"flag": flag}), label, None)
    for family in ("extra_trees", "logistic_regression"):
        pipeline = build_pipeline(family, {}, ("flag",), ()).fit(rows.features, label)

        found = calibrate(pipeline, rows).predict_proba(rows.features)[:, 1]

        assert found[0] == pytest.approx(caught / (caught + 10), abs=0.1)


def test_a_model_that_ranks_no_better_than_chance_is_refused(rows):
    """Its probabilities would fall where its margins rise: no threshold stands for that."""
    fit, later = rows
    turned = replace(fit, label=1 - fit.label)
    pipeline = fit_uncalibrated("logistic_regression", {"max_iter": 1000}, turned, CONTRACT)

    with pytest.raises(
        InsufficientEvidenceError, match="are on average no higher than those of the other"
    ):
        calibrate(pipeline, later)


def test_every_setting_of_boosting_is_steady():
    """Defaults and each of the 81 settings carry the small trees and the penalty."""
    assert STEADY_TREES["l2_regularization"] > 0
    settings = [BOOSTING.defaults, *ParameterGrid(dict(BOOSTING.grid))]
    assert len(settings) == 82
    assert all(STEADY_TREES.items() <= dict(setting).items() for setting in settings)


def test_boosting_does_not_diverge_where_frauds_are_rare():
    """At 2 frauds in 1,000, not sampled, boosting ranks; without its penalty it loses its way."""
    rare, later = make_rows(60_000, 0.002), make_rows(60_000, 0.002, seed=1)
    contract = small_contract(legitimate_per_fraud=1000)

    def auc(**changed: float) -> float:
        params = {"max_iter": 300, "learning_rate": 0.1} | STEADY_TREES | changed
        fitted = fit_uncalibrated("hist_gradient_boosting", params, rare, contract)
        return roc_auc_score(later.label, fitted.predict_proba(later.features)[:, 1])

    assert auc() > 0.92
    assert auc(l2_regularization=0.0) < 0.9


def test_too_few_frauds_to_calibrate_is_a_sentence(rows):
    """Too few frauds among the threshold rows are refused with the count."""
    fit, later = rows
    few = later.take(np.flatnonzero(later.label == 0)[:100])

    with pytest.raises(InsufficientEvidenceError, match=r"at least 5 frauds .* got 0 frauds"):
        fit_pipeline("logistic_regression", {}, fit, few, CONTRACT)


def test_unknown_family_is_a_sentence(rows, board):
    """Forcing a family that does not exist names it and those that do."""
    fit, later = rows

    with pytest.raises(ContractError, match="'neural_network'"):
        tune(fit, later, board, CONTRACT, family="neural_network")


def test_a_stand_in_is_searched_where_the_slow_family_leads(
    rows, board, monkeypatch: pytest.MonkeyPatch
):
    """On many rows the slow family's grid is searched by its stand-in, which takes its place."""
    fit, later = rows
    _search_the_stand_in(monkeypatch)
    board = _led_by(board, "gradient_boosting", rows, 0.5, 0.2)

    tuned = tune(fit, later, board, CONTRACT)

    assert tuned.family == "hist_gradient_boosting"
    assert {s.family for s in tuned.search.settings} == {"hist_gradient_boosting"}
    assert "Searched were all 8 settings of hist_gradient_boosting." in tuned.search.sentence


def test_the_slow_family_stays_where_nothing_reaches_it(
    rows, board, monkeypatch: pytest.MonkeyPatch
):
    """It is tried with the setting that served its stand-in best, and both are told."""
    fit, later = rows
    _search_the_stand_in(monkeypatch)
    board = _led_by(board, "gradient_boosting", rows, 8.0, 0.5)

    tuned = tune(fit, later, board, CONTRACT)

    assert tuned.family == "gradient_boosting"
    assert {s.family for s in tuned.search.settings} == {
        "gradient_boosting", "hist_gradient_boosting",
    }  # fmt: skip
    assert "tried beside the defaults" in tuned.search.sentence


def test_boostings_grid_is_searched_beside_the_leaders(rows, board):
    """Its defaults tell little of what its grid reaches; every other family has its defaults."""
    fit, later = rows
    board = _led_by(board, "extra_trees", rows, 8.0, 0.1)

    tuned = tune(fit, later, board, CONTRACT)

    assert tuned.family == "extra_trees"
    assert {s.family for s in tuned.search.settings} == {
        "extra_trees", "hist_gradient_boosting",
    }  # fmt: skip
    assert (
        "all 4 settings of extra_trees and all 8 settings of hist_gradient" in tuned.search.sentence
    )


@pytest.mark.parametrize("forced", ["extra_trees", None])
def test_boostings_grid_stays_out_where_it_may_not_win(forced: str | None, rows, board):
    """A family set by the caller, and a contract without boosting, get their own grid alone."""
    fit, later = rows
    board = _led_by(board, "extra_trees", rows, 8.0, 0.1)
    if forced is None:
        kept = tuple(c for c in board.candidates if c.family != "hist_gradient_boosting")
        board = replace(board, candidates=kept)

    tuned = tune(fit, later, board, CONTRACT, family=forced)

    assert {s.family for s in tuned.search.settings} == {tuned.family} == {"extra_trees"}


def test_a_stand_in_that_may_not_compete_is_not_published(
    rows, board, monkeypatch: pytest.MonkeyPatch
):
    """A contract without the stand-in's family gets boosting, whatever the stand-in reaches."""
    fit, later = rows
    _search_the_stand_in(monkeypatch)
    alone = tuple(c for c in board.candidates if c.family == "gradient_boosting")

    tuned = tune(fit, later, replace(board, candidates=alone), CONTRACT)

    assert tuned.family == "gradient_boosting"
    assert "whose best" in tuned.search.sentence


def _led_by(board, name: str, rows, signal: float, others: float):
    """The leaderboard with made margins: the named family sees more of the label than others.

    Margins of one family are `signal` (or `others`) standard deviations apart between classes.
    """
    sample = sample_as_declared(rows[0], CONTRACT.search).rows
    folds = make_folds(sample, CONTRACT.search.folds, CONTRACT.search.seed)
    label = np.concatenate([sample.label[valid] for _, valid in folds])
    noise = np.random.default_rng(0).normal(0, 1, len(label))
    scores = {
        c.family: ((signal if c.family == name else others) * label + noise).astype(np.float32)
        for c in board.candidates
    }
    return replace(board, scores=scores)


def _search_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on more rows than these tests have."""
    slow = FAMILIES["gradient_boosting"]
    changed = replace(slow, stand_in=replace(slow.stand_in, above_rows=10))
    monkeypatch.setitem(FAMILIES, slow.name, changed)


@pytest.mark.parametrize("family", list(GRIDS))
def test_refit_gives_the_same_bytes(family: str, rows):
    """Two fits in one process, with memory used in between, pickle to the same bytes."""
    fit, later = rows
    params = (GRIDS[family].get("max_depth") and {"max_depth": 2}) or {}

    payloads = []
    for fill in (0, 255):
        junk = [np.full(size, fill, dtype=np.uint8) for size in range(64, 65_000, 640)]
        del junk
        payloads.append(dump_pipeline(fit_pipeline(family, params, fit, later, CONTRACT)))

    assert payloads[0] == payloads[1]


def test_padding_of_tree_nodes_is_zeroed(rows):
    """Bytes between the fields of a tree's nodes are zero, and predictions stay."""
    fit, later = rows
    features = CONTRACT.features
    pipeline = build_pipeline(
        "random_forest", {"n_estimators": 3}, features.numeric, features.categorical
    ).fit(fit.features, fit.label)
    before = pipeline.predict_proba(later.features)
    forest = pipeline.named_steps["classifier"]
    for tree in forest.estimators_:
        dirty = tree.tree_.__getstate__()
        dirty["nodes"].view(np.uint8).reshape(len(dirty["nodes"]), -1)[:, 57:] = 255
        tree.tree_.__setstate__(dirty)

    FAMILIES["random_forest"].tidy(forest)

    for tree in forest.estimators_:
        nodes = tree.tree_.__getstate__()["nodes"]
        assert not nodes.view(np.uint8).reshape(len(nodes), -1)[:, 57:].any()
    np.testing.assert_array_equal(pipeline.predict_proba(later.features), before)


SCRIPT = """
import sys
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.tuning import tune
from tests.modelling.made_rows import make_rows, small_contract
from tests.modelling.test_tuning import GRIDS
from fraud_assets.families.registry import FAMILIES
from dataclasses import replace
if __name__ == "__main__":
    name, workers = sys.argv[1], int(sys.argv[2])
    FAMILIES[name] = replace(FAMILIES[name], grid=GRIDS[name])
    contract = small_contract(folds=2, families=(name,))
    fit, later = make_rows(800, 0.1), make_rows(800, 0.1, seed=1)
    board = compare_candidates(fit, contract, workers=workers)
    print(tune(fit, later, board, contract, workers=workers).digest)
"""


@pytest.mark.parametrize(
    "family",
    ["hist_gradient_boosting", pytest.param("gradient_boosting", marks=pytest.mark.slow)],
)
def test_same_digest_from_one_and_two_workers_in_two_processes(family: str):
    """Another process, hash seed and number of workers and threads give the same file."""
    digests = [_digest(family, workers) for workers in (1, 2)]

    assert digests[0] == digests[1]
    assert len(digests[0]) == 64


def _digest(family: str, workers: int) -> str:
    environment = os.environ | {"PYTHONHASHSEED": str(workers), "OMP_NUM_THREADS": str(workers)}
    command = [sys.executable, "-c", SCRIPT, family, str(workers)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    return done.stdout.strip()


SPREAD = {
    "hist_gradient_boosting": {"max_iter": 20},
    "extra_trees": {"n_estimators": 20},
    "boosting_and_extra_trees": {"max_iter": 20, "n_estimators": 20, "weight": 20.0},
}


@pytest.mark.parametrize("family", SPREAD)
def test_a_fit_on_several_threads_is_the_same(family: str, rows):
    """Those of OpenMP and those of joblib; the file says nothing of them."""
    fit, later = rows

    one, three = (
        dump_pipeline(fit_pipeline(family, SPREAD[family], fit, later, CONTRACT, workers=workers))
        for workers in (1, 3)
    )

    assert sha256(one) == sha256(three)


def test_threads_are_as_many_as_were_asked_for():
    """Of OpenMP; BLAS has one."""

    def asked() -> dict[str, int]:
        return {pool["user_api"]: pool["num_threads"] for pool in threadpool_info()}

    for count in (1, 2):
        assert on_threads(count, asked) == {"blas": 1, "openmp": count}


def test_payload_is_what_joblib_loads(rows):
    """The bytes are plain joblib: `joblib.load` alone gives the same probabilities."""
    fit, later = rows
    pipeline = fit_pipeline("logistic_regression", {}, fit, later, CONTRACT)

    loaded = joblib.load(io.BytesIO(dump_pipeline(pipeline)))

    np.testing.assert_array_equal(
        loaded.predict_proba(later.features), pipeline.predict_proba(later.features)
    )
