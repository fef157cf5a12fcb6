"""The proof before promotion: the real command on the candidate."""

from __future__ import annotations

import importlib.util

import msgspec
import pytest

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.errors import RefusedError
from fraud_assets.gate.decide import findings_of
from fraud_assets.release.proof import prove
from fraud_assets.scoring.golden import read_golden, write_golden
from fraud_assets.scoring.spec import GOLDEN
from tests.scoring.worlds import files
from tests.service.stores import MONDAY, new_store, version_files, version_metadata
from tests.store.stores import added as placed

SERVING = ("serving_parity", "serving_latency")


def added(store, **changed):
    content = {**version_files("gradient_boosting"), **changed}
    about = version_metadata("gradient_boosting")
    return store.root / placed(store, content, about, now=MONDAY)


def test_a_sound_candidate_is_proved(tmp_path):
    """It serves, gives pipeline.joblib's answers, and the gate's two rules pass."""
    store = new_store(tmp_path)

    proof = prove(added(store), store.keys)

    assert proof.served is True
    assert proof.error is None
    assert proof.max_probability_difference < 1e-12
    assert proof.n > 200
    parity, latency = findings_of(SERVING, None, Policy(), proof=proof)
    assert parity.passed
    assert latency.value == proof.p95_ms > 0


def test_a_candidate_whose_golden_rows_fail_is_not_served_and_says_why(tmp_path):
    """The service's own sentence is the proof's error."""
    store = new_store(tmp_path)
    rows = list(read_golden(files("gradient_boosting", calibrated=True)[GOLDEN]).rows)
    rows[3] = msgspec.structs.replace(rows[3], probability=0.123)

    proof = prove(added(store, **{GOLDEN: write_golden(rows)}), store.keys)

    assert proof.served is False
    assert "Golden row 3" in proof.error
    assert not any(rule.passed for rule in findings_of(SERVING, None, Policy(), proof=proof))


def test_without_the_serving_extra_promotion_is_refused(tmp_path, monkeypatch):
    """In a sentence that says what to install."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "fastapi" else found(name)
    )

    with pytest.raises(RefusedError, match=r"fastapi is not installed.*fraud-assets\[serve\]"):
        prove(tmp_path, new_store(tmp_path).keys)
