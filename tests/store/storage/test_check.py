"""`fraud-assets store check`: a place that is not atomic is refused."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from fraud_assets.cli import main
from fraud_assets.store.storage import kinds
from fraud_assets.store.storage.check import check_place
from fraud_assets.store.storage.registry import storage_at
from tests.store.storage.loose import loose_server
from tests.store.storage.servers import BUCKET, KEYS

LOOSE = '''"""Looks whether the object is there, and only then writes it: as some S3 stores do."""

import time
from fraud_assets.store.storage.kinds.memory import MemoryObjects
from fraud_assets.store.storage.objects.place import Objects

class Loose(MemoryObjects):
    def create(self, key, data):
        if key in self.objects:
            return False
        time.sleep(0.01)
        self.objects.pop(key, None)
        return super().create(key, data)

held = Loose()

def open_storage(url):
    return Objects(url, held)
'''


def check(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["store", "check", *words])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_a_folder_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """32 writers, one wins each time; nothing stays behind."""
    code, out, _ = check(str(tmp_path / "models"), "--json", capsys=capsys)

    assert code == 0
    assert [(one["writers"], one["held"] == one["rounds"]) for one in json.loads(out)] == [
        (32, True),
        (32, True),
    ]
    assert list((tmp_path / "models").iterdir()) == []


def test_few_writers_on_a_real_s3_server(s3: object) -> None:
    """The same in little, over the network; the scratch part is gone afterwards."""
    url = f"s3://{BUCKET}/{uuid.uuid4().hex}"

    found = check_place(url, writers=4, rounds=1)

    assert [(one.held, one.fault) for one in found] == [(1, None)] * 2
    assert storage_at(url).client.found("") == []  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.long
def test_a_real_s3_server_will_do(s3: object, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command, with as many writers as it has."""
    url = f"s3://{BUCKET}/{uuid.uuid4().hex}"

    code, out, err = check(url, capsys=capsys)

    assert (code, err) == (0, "")
    assert "32 writers" in out
    assert storage_at(url).client.found("") == []  # type: ignore[attr-defined]


def test_one_that_is_not_atomic_on_purpose_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says how many won at once, and what to do. One more kind is one more file."""
    (tmp_path / "loose.py").write_text(LOOSE)
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])

    code, out, err = check("loose://x", capsys=capsys)

    assert code == 1
    assert "won in round" in out
    assert "loose://x is not atomic" in err
    assert "name a store that keeps If-None-Match" in err


def test_a_server_that_looks_before_it_writes_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over the network, by the client that a store has; each of its answers alone is right."""
    pytest.importorskip("obstore", reason="needs obstore, which the extra s3 brings")
    with loose_server() as endpoint:
        for name, value in {**KEYS, "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "x"}.items():
            monkeypatch.setenv(name, value)

        code, out, err = check(f"s3://{BUCKET}/{uuid.uuid4().hex}", capsys=capsys)

    assert code == 1
    assert out.count("32 writers, 4 rounds: of 32 writers") == 2
    assert "is not atomic" in err


def test_what_cannot_be_reached_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file is no folder."""
    (tmp_path / "file").touch()

    code, _, err = check(str(tmp_path / "file"), capsys=capsys)

    assert code == 1
    assert "Cannot check the store" in err
    assert "Traceback" not in err


def test_a_place_that_refuses_everybody_is_said_to_do_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that answers with errors is not judged; its own words are passed on."""
    refusing = LOOSE.replace(
        "if key in self.objects:", 'raise StoreError("No such bucket.")'
    ).replace("            return False\n", "")
    (tmp_path / "closed.py").write_text(
        "from fraud_assets.errors import StoreError\n" + refusing.split('"""', 2)[2]
    )
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])

    code, _, err = check("closed://x", capsys=capsys)

    assert code == 1
    assert "refused them all" in err
    assert "No such bucket." in err
    assert "atomic" not in err
