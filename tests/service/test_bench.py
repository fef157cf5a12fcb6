"""The serving benchmark judges itself by more than its own load."""

from __future__ import annotations

import json

from benchmarks.serve import missed
from benchmarks.serve_swap import _reloads, _wrong
from fraud_assets.scoring.scorer import load_scorer
from tests.scoring.worlds import files
from tests.service.stores import PAYMENT, RISKY


def test_a_missed_bound_ends_the_benchmark_with_1_and_a_missed_aim_does_not():
    """The aim is told only."""
    asked = {"p99 (under 5)": {"met": False}, "floor (aim 0.5)": {"met": False}}

    assert missed(asked) == ["p99 (under 5)"]


def test_answers_that_mix_versions_are_counted_with_the_share_flagged():
    """Probability, flag and version must be one version's."""
    scorers = {
        "a": load_scorer(files("gradient_boosting")),
        "b": load_scorer(files("logistic_regression")),
    }
    records = [PAYMENT, RISKY]
    answers = [(at, _answer("a", scorers["a"], row)) for at, row in enumerate(records)]
    mixed = [(0, _answer("b", scorers["a"], PAYMENT))]

    assert _wrong(answers, records, scorers) == (0, {"a"}, 0.5)
    assert _wrong(answers + mixed, records, scorers)[0] == 1


def _answer(version, scorer, payment):
    probability = scorer.score(payment)
    flagged = probability >= scorer.threshold
    reasons = [1] if flagged else []
    told = {"fraud_probability": probability, "is_flagged": flagged, "reasons": reasons}
    return json.dumps(told | {"model_version": version})


def test_what_the_service_took_over_is_asked_of_the_service(server):
    """And not believed because the pointer moved; it waits no longer than told."""
    assert _reloads(server.port, 1, seconds=0.2) == 0
