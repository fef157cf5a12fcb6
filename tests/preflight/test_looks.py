"""What would stop a run is said at its first step, all at once, and before any training."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fraud_assets.contract import load_contract
from fraud_assets.errors import PlaceError
from fraud_assets.preflight import Workplace, demand_workable, found
from fraud_assets.preflight.looks import clock, packages, room
from fraud_assets.store.keys import Keys
from tests.weeks import Week

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NOBODY = 54_321
"""A user's number that no machine knows."""


@pytest.fixture
def place(week: Week, tmp_path: Path) -> Workplace:
    """A place where a run could work."""
    return Workplace(load_contract(week.contract), str(tmp_path / "models"), tmp_path / "keys")


def codes(place: Workplace) -> list[str]:
    return [finding.code for finding in found(place)]


def test_a_place_where_a_run_works_has_no_finding(place):
    """And nothing was written by looking: neither store nor keys."""
    assert found(place) == []
    assert not Path(place.models).exists()
    assert not place.keys().folder.exists()


def test_keys_that_exist_and_hold_are_no_finding(place):
    """A pair as the first run makes it."""
    place.keys().ensure()

    assert found(place) == []


def test_a_private_key_that_others_may_read(place):
    """With the command that closes it."""
    Keys(place.keys().folder).ensure().private.chmod(0o644)

    finding = found(place)[0]

    assert finding.code == "keys"
    assert "chmod 600" in finding.text


def test_a_pair_that_does_not_match(place, tmp_path):
    """A public key of another pair."""
    place.keys().ensure()
    other = Keys(tmp_path / "other").ensure()
    place.keys().public.chmod(0o644)
    shutil.copy(other.public, place.keys().public)

    assert "does not belong to" in found(place)[0].text


def test_a_public_key_alone_may_verify_but_not_sign(place):
    """As on a machine that serves."""
    place.keys().ensure().private.unlink()

    assert "without its private one" in found(place)[0].text


def test_no_home_folder(place, monkeypatch):
    """Neither HOME nor an entry of this user: a sentence that names the setting."""
    for name in ("HOME", "XDG_CONFIG_HOME", "FRAUD_ASSETS_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", _no_home)
    homeless = Workplace(place.contract, place.models)

    assert codes(homeless) == ["keys"]
    assert "FRAUD_ASSETS_KEYS" in found(homeless)[0].text


def _no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_a_file_in_the_stores_place(place, tmp_path):
    """Where a folder is expected."""
    (tmp_path / "models").write_text("")

    assert "store" in codes(place)
    assert "is no folder" in " ".join(finding.text for finding in found(place))


@pytest.mark.skipif(IS_ROOT, reason="root may write anywhere; see the user without a name below")
def test_a_folder_that_this_user_may_not_write(place, tmp_path):
    """Said with the setting that names another."""
    (tmp_path / "models").mkdir(mode=0o500)

    assert "FRAUD_ASSETS_MODELS" in found(place)[0].text


def test_the_clock_behind_the_files(place):
    """A clock of 1970 would put every payment aside as later than now."""
    behind = Workplace(
        place.contract, place.models, place.keys_folder, lambda: datetime(1970, 1, 2, tzinfo=UTC)
    )

    assert codes(behind) == ["clock"]
    assert "The clock says 1970-01-02" in found(behind)[0].text


def test_files_from_another_time_zone_are_no_finding(place):
    """Archives without a zone may put a file half a day ahead."""
    now = datetime.now(UTC)
    slow = Workplace(
        place.contract, place.models, place.keys_folder, lambda: now - timedelta(hours=14)
    )

    assert list(clock.faults(slow)) == []


def test_a_package_that_only_publishing_needs(place, monkeypatch):
    """Said before the training, with the command that installs it."""
    monkeypatch.setattr(packages, "needed", lambda: ["pandas", "not-a-package-at-all"])

    assert "not-a-package-at-all, not installed here: pip install" in found(place)[0].text


def test_every_package_of_a_run_is_looked_for():
    """Those of both extras, none of another platform."""
    assert {"pandas", "onnx", "fastapi", "uvicorn", "numpy"} <= set(packages.needed())


def test_a_full_disk(place, monkeypatch):
    """With how much there is and should be."""
    monkeypatch.setattr(room, "LEAST_BYTES", 10**18)

    assert "MB free" in found(place)[0].text


def test_all_faults_are_said_at_once(place, tmp_path, monkeypatch):
    """Three things, three sentences, one error."""
    (tmp_path / "models").write_text("")
    place.keys().ensure().private.chmod(0o644)
    monkeypatch.setattr(packages, "needed", lambda: ["not-a-package-at-all"])

    with pytest.raises(PlaceError) as caught:
        demand_workable(place)

    assert len(caught.value.faults) == 3
    assert str(caught.value).startswith("3 things keep a run from working here:")


@pytest.mark.skipif(not IS_ROOT, reason="only root may become another user")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv")
def test_a_user_without_name_and_home_is_told_at_once(week: Week):
    """As in a container that runs under a number: exit 1, a sentence, no training."""
    readable = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *readable]
    unset = ["HOME", "XDG_CONFIG_HOME", "FRAUD_ASSETS_KEYS", "FRAUD_ASSETS_MODELS"]
    env = {name: value for name, value in os.environ.items() if name not in unset}

    done = subprocess.run(
        [*become, sys.executable, "-m", "fraud_assets", "run"],
        cwd=week.folder,
        env=env | {"FRAUD_ASSETS_CONTRACT": str(week.folder / "contract.toml")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "has no home" in done.stderr
    assert "Versions must be written to" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_looks_are_found_by_their_folder():
    """Each has a code and faults; load_contract is what a place starts from."""
    place = Workplace.here(load_contract())

    assert isinstance(found(place), list)
