"""The quality benchmark's own figures and its promise to repeat itself."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from benchmarks.handbook import TEST_WEEKS, VALIDATION_WEEKS
from benchmarks.quality_measures import mean_ranking, recall_at_false_positives
from benchmarks.quality_settings import PARTS, Setting, family_scores, forest
from fraud_assets.contract.names import blend_names
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.families.registry import FAMILIES
from tests.modelling.made_rows import make_rows, small_contract


def _sample() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(3)
    features = pd.DataFrame(rng.normal(size=(600, 3)), columns=["a", "b", "c"])
    return features, (features["a"] + rng.normal(size=600) > 2).to_numpy(dtype=np.int8)


def test_recall_at_one_percent() -> None:
    """Of 200 legitimate rows two may be flagged: the frauds above the third count, 3 of 4."""
    legitimate = np.concatenate([[0.95, 0.8, 0.7], np.linspace(0, 0.5, 197)])
    scores = np.concatenate([[0.99, 0.9, 0.75, 0.6], legitimate])
    labels = np.concatenate([np.ones(4), np.zeros(200)])

    recall = recall_at_false_positives(scores, labels)

    assert (recall["k"], recall["n"]) == (3, 4)
    assert recall["low"] < 0.75 < recall["high"]


def test_mean_ranking_is_the_mean_of_folds() -> None:
    """The figure is the mean of the folds' own, and its interval holds it."""
    features, labels = _sample()
    folds = [(features[name].to_numpy(), labels, np.arange(600) // 3) for name in ("a", "b")]

    estimate = mean_ranking(folds)["average_precision"]

    expected = np.mean([average_precision_score(labels, scores) for scores, _, _ in folds])
    assert estimate["value"] == pytest.approx(expected)
    assert estimate["low"] < estimate["value"] < estimate["high"]


def test_a_setting_repeats_itself() -> None:
    """Two runs of a sampled, threaded setting give the same bits."""
    features, labels = _sample()
    setting = Setting("t", forest, 300)

    first, second = (setting.scores(features, labels, features) for _ in range(2))

    assert first.tobytes() == second.tobytes()


def test_the_families_tried_are_the_products_own_and_so_are_their_sums() -> None:
    """Each part with its defaults as the chain fits it, each sum at every weight that it tries."""
    rows = make_rows(1500, 0.1)
    frame = rows.features.assign(**{LABEL: rows.label, TIME: rows.time})

    found = family_scores(frame, frame.head(40), small_contract(), workers=1)

    (name,) = blend_names()
    weights = FAMILIES[name].grid["weight"]
    assert [*found] == [*PARTS, *(f"{name}, weight {weight:g}" for weight in weights)]
    first, second = FAMILIES[name].parts
    expected = found[first] + weights[0] * found[second]
    np.testing.assert_array_equal(found[f"{name}, weight {weights[0]:g}"], expected)


def test_validation_labels_are_known_before_the_first_test_row() -> None:
    """The last validation week (two after its training starts) matures before 08-08 begins."""
    judged_ends = pd.Timestamp(max(VALIDATION_WEEKS)) + pd.Timedelta(days=21)
    first_test_row = pd.Timestamp(min(TEST_WEEKS)) + pd.Timedelta(days=14)

    assert judged_ends + pd.Timedelta(days=7) <= first_test_row


def test_absent_data_end_in_one_sentence(tmp_path: object) -> None:
    """Without the public sets the command says how to get them and exits with 1."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.quality", "--only", "ulb"],
        env={"FRAUD_ASSETS_PUBLIC_DATA": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 1
    assert "FRAUD_ASSETS_PUBLIC_DATA" in done.stderr
    assert "Traceback" not in done.stderr
