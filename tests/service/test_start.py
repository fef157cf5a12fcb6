"""Cold start: seconds, memory, and what is imported."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.service.stores import PAYMENT, RISKY, serving
from tests.service.test_fuzz import resident


@pytest.mark.slow
@pytest.mark.alone
def test_the_first_score_comes_within_three_seconds_and_200_mib(store):
    """Verification and self-test included; the first flagged payment waits no longer.

    The time is the processor's, which is what a cold start takes where nothing else runs.
    """
    with serving(store) as server:
        status, _ = server.ask("/predict", PAYMENT)
        seconds = processor_seconds(server.process.pid)
        flagged = timed(server, RISKY)
        later = sorted(timed(server, RISKY) for _ in range(50))
        size = resident(server.process.pid)
    assert status == 200
    assert size < 200 * 2**20
    assert seconds < 3
    assert flagged < 10 * max(later[-5], 0.001)


def test_another_programs_setting_of_workers_changes_nothing(store, monkeypatch):
    """WEB_CONCURRENCY is common in containers; --workers alone says how many there are."""
    monkeypatch.setenv("WEB_CONCURRENCY", "3")

    with serving(store) as server:
        assert server.ask("/predict", PAYMENT)[0] == 200


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(server, payment) -> float:
    started = time.monotonic()
    assert server.ask("/predict", payment)[1]["is_flagged"]
    return time.monotonic() - started


def test_the_service_imports_nothing_of_trainings_libraries():
    """Neither Dagster, pandas, scikit-learn nor the signing library."""
    code = (
        "import sys, fraud_assets.service.run; "
        "heavy = {'dagster', 'pandas', 'sklearn', 'scipy', 'onnx', 'pyarrow', 'shap', "
        "'jinja2', 'model_signing'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def pins(text: str) -> set[tuple[str, str]]:
    """Each package's name, extras left out, and its version."""
    found = re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.MULTILINE)
    return {(name, version) for name, version in found}


def test_what_is_locked_for_serving_is_what_was_tested():
    """The same versions as for development, with hashes and without addresses or training."""
    folder = Path(__file__).parents[2] / "requirements"
    locked, tested = (pins((folder / name).read_text()) for name in ("serve.lock", "dev.lock"))
    names = {name for name, _ in locked}

    assert locked <= tested
    assert {"fastapi", "httptools", "onnxruntime", "uvicorn", "uvloop", "msgspec"} <= names
    assert not names & {"dagster", "pandas", "scikit-learn", "scipy", "onnx", "pyarrow"}
    assert "://" not in (folder / "serve.lock").read_text()
    assert "--hash=sha256:" in (folder / "serve.lock").read_text()


def closure(wanted: list[Requirement]) -> dict[str, list[Requirement]]:
    """What asks for each package that these requirements bring here, by their own metadata."""
    asked: dict[str, list[Requirement]] = {}
    while wanted:
        one = wanted.pop()
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(one.name)
        if name not in asked:
            wanted += map(Requirement, metadata.requires(name) or ())
        asked.setdefault(name, []).append(one)
    return asked


DATA = {"tzdata"}
"""What is no code: the newest is right."""


def test_a_fresh_environment_for_serving_stays_below_ceilings():
    """Each package that `[serve]` brings, by whatever way, has a ceiling that the lock respects."""
    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    own = [*project["dependencies"], *project["optional-dependencies"]["serve"]]
    locked = dict(pins((root / "requirements" / "serve.lock").read_text()))
    ours = {canonicalize_name(Requirement(one).name): Requirement(one) for one in own}

    brought = closure([Requirement(one) for one in own])

    above = {
        name: str(one.specifier)
        for name, one in ours.items()
        if name not in DATA and not any(part.operator == "<" for part in one.specifier)
    }
    unbounded = {
        name
        for name, requirements in brought.items()
        if not any(p.operator in {"<", "==", "~="} for r in requirements for p in r.specifier)
    }
    assert above == {}
    assert unbounded <= DATA
    assert set(brought) <= set(locked)
    for name, requirements in brought.items():
        for one in requirements:
            assert one.specifier.contains(locked[name]), f"{one} against {locked[name]}"
            assert one.specifier.contains(metadata.version(name)), str(one)
