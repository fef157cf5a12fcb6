"""API keys, and where the service listens without them."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

from fraud_assets.errors import RefusedError
from fraud_assets.service.api_keys import read_api_keys
from fraud_assets.service.settings import ServiceSettings, check_exposure
from tests.service.stores import COMMAND, PAYMENT, serving

KEY = "s3cret-key"


@pytest.fixture(scope="module")
def guarded(store, tmp_path_factory):
    file = tmp_path_factory.mktemp("keys") / "keys.txt"
    hashes = [hashlib.sha256(key.encode()).hexdigest() for key in ("other", KEY)]
    file.write_text(f"# teams\nfirst:{hashes[0]}\nsecond:{hashes[1]}\n")
    with serving(store, "--api-keys", str(file)) as running:
        yield running


@pytest.mark.parametrize("headers", [{"x-api-key": KEY}, {"authorization": f"Bearer {KEY}"}])
def test_a_known_key_is_let_in(guarded, headers):
    """In either header."""
    assert guarded.ask("/predict", PAYMENT, headers=headers)[0] == 200
    assert guarded.ask("/model", headers=headers)[0] == 200


def test_a_known_key_counts_whatever_else_is_sent(guarded):
    """A proxy's own Authorization before it, or a wrong key behind it."""
    for bearer, key in (("a-proxys-token", KEY), (KEY, "wrong")):
        headers = {"authorization": f"Bearer {bearer}", "x-api-key": key}
        assert guarded.ask("/predict", PAYMENT, headers=headers)[0] == 200


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "wrong"}, {"authorization": f"Basic {KEY}"}])
def test_without_a_known_key_nothing_is_scored_or_told(guarded, headers):
    """401 for scores, metrics and evidence; health stays open for probes."""
    for path in ("/predict", "/predict/batch"):
        assert guarded.ask(path, PAYMENT, headers=headers)[0] == 401
    for path in ("/model", "/metrics", "/report"):
        assert guarded.ask(path, headers=headers)[0] == 401
    assert "94.0 %" not in guarded.ask("/", headers=headers)[1]
    assert guarded.ask("/health", headers=headers)[0] == 200


@pytest.mark.parametrize("text", ["", "first:abc", "nothing", "a:b:" + "0" * 64])
def test_a_file_without_hashes_is_refused(tmp_path, text):
    """One sentence, and no key of it."""
    file = tmp_path / "keys.txt"
    file.write_text(text)

    with pytest.raises(RefusedError, match="name:sha256"):
        read_api_keys(file)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_beyond_loopback_needs_keys_or_insistence(tmp_path, host):
    """It refuses to bind, unless told so expressly."""
    plain = ServiceSettings(models=tmp_path, keys=tmp_path, host=host)

    with pytest.raises(RefusedError, match="--without-keys"):
        check_exposure(plain)

    check_exposure(ServiceSettings(models=tmp_path, keys=tmp_path, host=host, without_keys=True))
    check_exposure(
        ServiceSettings(models=tmp_path, keys=tmp_path, host=host, api_keys=tmp_path / "k")
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_keys(tmp_path, host):
    """Only this machine may ask."""
    check_exposure(ServiceSettings(models=tmp_path, keys=tmp_path, host=host))


def test_the_command_ends_with_one_sentence_where_nothing_is_in_production(tmp_path, monkeypatch):
    """Exit code 1, no traceback."""
    from fraud_assets.store.keys import Keys

    Keys(tmp_path / "keys").ensure()
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(tmp_path / "keys"))

    done = subprocess.run(
        [*COMMAND, "serve"], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr
    assert sys.executable == COMMAND[0]
