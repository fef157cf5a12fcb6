"""Someone who may launch runs, or write Dagster's storage folder, but has no signing key.

At d2ae1cc Dagster's own IO manager unpickled whatever lay in a folder that run config chose.
"""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest

from tests.orchestration.runs import failure, instance, launch, snapshot
from tests.weeks import Week

CHAIN = [
    "raw_transactions",
    "cleaned_features",
    "candidate_models",
    "tuned_pipeline",
    "evaluation_report",
]


class Payload:
    """Unpickled, it leaves a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.fixture(scope="module")
def judged_once(made_week, tmp_path_factory) -> Week:
    folder = tmp_path_factory.mktemp("judged") / "week"
    shutil.copytree(made_week.folder, folder)
    assert launch(Week(folder), CHAIN).success
    return Week(folder)


@pytest.fixture
def judged(judged_once, tmp_path) -> Week:
    """A week judged good and not published yet."""
    return Week(Path(shutil.copytree(judged_once.folder, tmp_path / "week")))


def places(week: Week, step: str) -> list[Path]:
    kept = week.folder / "home" / "storage" / "intermediates"
    return [place for place in kept.glob(f"*/{step}/*") if place.is_dir()]


def publish(week: Week) -> str:
    result = launch(week, ["published_artifact"])
    assert not result.success
    assert snapshot(week) == {}
    return failure(result)


def test_run_config_chooses_no_folder(judged, tmp_path):
    """`resources.io_manager.config.base_dir` is refused before anything runs."""
    import dagster as dg

    poisoned = tmp_path / "poison"
    poisoned.mkdir()
    for step in CHAIN:
        (poisoned / step).write_bytes(pickle.dumps(Payload(tmp_path / "ran")))
    job = dg.define_asset_job("launched", selection=["published_artifact"])
    defs = dg.Definitions.merge(judged.definitions(), dg.Definitions(jobs=[job]))
    config = {"resources": {"io_manager": {"config": {"base_dir": str(poisoned)}}}}

    with instance(judged) as running, pytest.raises(dg.DagsterInvalidConfigError):
        defs.resolve_job_def("launched").execute_in_process(instance=running, run_config=config)

    assert not (tmp_path / "ran").exists()
    assert snapshot(judged) == {}


@pytest.mark.parametrize("step", CHAIN[1:])
def test_a_pickle_in_place_of_a_part_is_never_unpickled(judged, tmp_path, step):
    """Every part is compared with the seal before it is read; the file is named."""
    if step == "candidate_models":
        pytest.skip("the publisher does not read it")
    (place,) = places(judged, step)
    (place / "value.msgpack").write_bytes(pickle.dumps(Payload(tmp_path / "ran")))

    said = publish(judged)

    assert f"{step}/{place.name}/value.msgpack" in said
    assert not (tmp_path / "ran").exists()


def test_a_seal_without_the_key_is_no_seal(judged):
    """Whoever changes a part and its digest in the seal cannot make the seal's code."""
    import hashlib

    (place,) = places(judged, "tuned_pipeline")
    part = place / "value.msgpack"
    part.write_bytes(part.read_bytes() + b"\0")
    sealed = json.loads((place / "seal.json").read_bytes())
    sealed["parts"]["value.msgpack"] = hashlib.sha256(part.read_bytes()).hexdigest()
    (place / "seal.json").write_text(json.dumps(sealed))

    assert "seal.json was not written by a run with this machine's key" in publish(judged)


def test_a_sealed_value_of_another_step_or_run_is_not_taken(judged):
    """A value that our own key sealed counts only where it was put."""
    (place,) = places(judged, "tuned_pipeline")
    (other,) = places(judged, "cleaned_features")
    shutil.rmtree(place)
    shutil.copytree(other, place)

    assert "holds a value of cleaned_features" in publish(judged)


def test_a_newer_value_put_beside_is_not_believed(judged, tmp_path):
    """A folder that claims to be a newer run's is opened by its seal only."""
    (place,) = places(judged, "tuned_pipeline")
    forged = place.parent / "ffffffff-0000-0000-0000-000000000000"
    shutil.copytree(place, forged)
    sealed = json.loads((forged / "seal.json").read_bytes())
    sealed |= {"run": forged.name, "week": "2099-01-01"}
    (forged / "seal.json").write_text(json.dumps(sealed))

    assert str(forged.name) in publish(judged)


def test_a_link_out_of_the_folder_is_not_followed(judged, tmp_path):
    """A part must be a file of the folder itself."""
    (place,) = places(judged, "cleaned_features")
    part = next(place.glob("*.parquet"))
    elsewhere = tmp_path / "elsewhere"
    part.rename(elsewhere)
    part.symlink_to(elsewhere)

    assert part.name in publish(judged)
