"""The service's own files: deterministic, self-tested, refused when damaged or too old."""

from __future__ import annotations

import io
import subprocess
import sys

import msgspec
import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from fraud_assets.errors import StoreError
from fraud_assets.profiles import GOLDEN_ROWS
from fraud_assets.scoring.fallback import PipelineScorer, load_any
from fraud_assets.scoring.golden import read_golden, self_test, write_golden
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.scoring.spec import FOREST, FORMAT, GOLDEN, SPEC, TABLES
from tests.scoring.worlds import (
    NAMES,
    contract,
    files,
    fitted,
    legitimate,
    median_threshold,
    payments,
)


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("family", NAMES)
def test_every_family_is_converted_and_passes_its_golden_rows(family, calibrated):
    """No family of ours needs scikit-learn to serve; edges are among the golden rows."""
    found = files(family, calibrated)
    scorer, golden = load_any(found, never), read_golden(found[GOLDEN])

    self_test(scorer, golden)

    assert scorer.runtime == "native"
    assert {row.is_flagged for row in golden.rows} == {True, False}
    assert any(all(value is None for value in row.values.values()) for row in golden.rows)


@pytest.mark.parametrize("scores_known", [False, True])
def test_the_same_pipeline_gives_the_same_bytes(scores_known: bool):
    """A version can be made again; who knows its scores need not wait for them."""
    pipeline, rows = fitted("gradient_boosting"), payments(800, 2)
    threshold = median_threshold(pipeline)
    scores = pipeline.predict_proba(rows.features)[:, 1] if scores_known else None

    again = export_scorer(pipeline, contract(), legitimate(), threshold, rows, scores=scores)

    assert again == files("gradient_boosting")


def test_payments_that_nobody_may_send_are_passed_over_with_their_scores():
    """An export may hold what the service refuses: such a row moves no other's score."""
    pipeline, rows = fitted("gradient_boosting"), payments(800, 2)
    rows.features.loc[:399, "amount"] = -1.0
    scores = pipeline.predict_proba(rows.features)[:, 1]
    threshold = float(np.quantile(scores[400:], 0.9))
    scores[:400] = 1.0

    found = export_scorer(pipeline, contract(), legitimate(), threshold, rows, scores=scores)

    golden = read_golden(found[GOLDEN])
    assert all(row.is_flagged == (row.probability >= threshold) for row in golden.rows)
    assert sum(row.is_flagged for row in golden.rows) >= GOLDEN_ROWS // 2


@pytest.mark.parametrize("what", ["probability", "flag", "reasons"])
def test_a_golden_answer_that_differs_is_refused(what):
    """Probability, flag and reasons are each compared."""
    found = files("gradient_boosting")
    rows = list(read_golden(found[GOLDEN]).rows)
    at = next(i for i, row in enumerate(rows) if row.is_flagged)
    first = rows[at].reasons[0]
    changed = {
        "probability": {"probability": rows[at].probability - 2e-5},
        "flag": {"is_flagged": False},
        "reasons": {
            "reasons": (
                msgspec.structs.replace(first, contribution=first.contribution * (1 + 1e-5)),
                *rows[at].reasons[1:],
            )
        },
    }[what]
    rows[at] = msgspec.structs.replace(rows[at], **changed)

    with pytest.raises(StoreError, match=what):
        self_test(load_scorer(found), read_golden(write_golden(rows)))


@pytest.mark.parametrize("name", [SPEC, TABLES, FOREST, GOLDEN])
@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_damaged_files_are_one_sentence(name, damage):
    """Whatever is wrong with a file, the error is a StoreError that names what to do."""
    found = dict(files("hist_gradient_boosting"))
    data = found.pop(name)
    if damage != "missing":
        found[name] = data[: len(data) // 2] if damage == "cut" else b'{"format": 1}'

    with pytest.raises(StoreError):
        self_test(load_any(found, never), read_golden(found.get(GOLDEN, b"")))


@pytest.mark.parametrize("number", [0, FORMAT + 1, None, "1"])
def test_a_format_that_is_not_read_is_refused_by_its_number(number):
    """Older than the previous format or newer than this release."""
    found = dict(files("logistic_regression"))
    spec = msgspec.json.decode(found[SPEC])
    found[SPEC] = msgspec.json.encode(spec | {"format": number})

    with pytest.raises(StoreError, match="format"):
        load_scorer(found)


def test_the_previous_format_is_upgraded(monkeypatch):
    """What `_UPGRADES` names is read through it."""
    from fraud_assets.scoring import spec as module

    found = dict(files("logistic_regression"))
    old = msgspec.json.decode(found[SPEC])
    old["limit"] = old.pop("threshold")
    found[SPEC] = msgspec.json.encode(old | {"format": FORMAT - 1})

    def upgrade(raw):
        return {**raw, "threshold": raw["limit"], "format": FORMAT}

    monkeypatch.setitem(module._UPGRADES, FORMAT - 1, upgrade)

    assert load_scorer(found).threshold == old["limit"]


def test_a_version_of_format_3_scores_and_explains_as_it_did():
    """A forest's leaves and medians alone: nothing in it knows of sides, or of stored forests."""
    found = dict(files("gradient_boosting"))
    old = msgspec.json.decode(found[SPEC])
    features = [{k: v for k, v in one.items() if k != "sides"} for one in old["features"]]
    with np.load(io.BytesIO(found[TABLES])) as tables:
        assert any(name.startswith("leaves_") for name in tables.files)
    found[SPEC] = msgspec.json.encode(old | {"format": 3, "features": features})
    scorer, today = load_scorer(found), load_scorer(files("gradient_boosting"))

    for values in payments(40, 6).features.to_dict("records"):
        row = scorer.encoder.row(values)

        assert scorer.probability(row) == today.probability(row)
        assert scorer.row_reasons(row, True) == today.row_reasons(row, True)


def test_a_winner_without_conversion_is_served_through_scikit_learn_and_says_so():
    """Its probabilities are the pipeline's own, it has no reasons, and it passes golden rows."""
    preprocessor = fitted("logistic_regression").named_steps["preprocessor"]
    rows = payments(300, 1)
    neighbours = KNeighborsClassifier().fit(preprocessor.transform(rows.features), rows.label)
    pipeline = Pipeline([("preprocessor", preprocessor), ("classifier", neighbours)])

    found = export_scorer(pipeline, contract(), legitimate(), 0.5, rows)
    scorer = load_any(found, lambda: pipeline)
    self_test(scorer, read_golden(found[GOLDEN]))

    assert isinstance(scorer, PipelineScorer)
    assert scorer.explain(scorer.encoder.row({})) is None
    assert scorer.runtime == "scikit-learn"
    assert "KNeighborsClassifier" in scorer.spec.why_pipeline
    expected = pipeline.predict_proba(rows.features)[:, 1]
    ours = scorer.score_batch([scorer.encoder.row(r) for r in rows.features.to_dict("records")])
    assert np.array_equal(ours, expected)
    with pytest.raises(StoreError, match="KNeighborsClassifier"):
        load_scorer(found)


def test_scoring_needs_neither_pandas_nor_scikit_learn():
    """A service that starts light imports nothing of training's libraries."""
    code = (
        "import sys, fraud_assets.scoring.fallback, fraud_assets.scoring.golden; "
        "heavy = {'pandas', 'sklearn', 'scipy', 'onnx', 'pyarrow', 'shap'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def never():
    raise AssertionError("nothing is unpickled for a converted winner")
