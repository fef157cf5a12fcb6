"""Web pages that reach a loopback address under a name of their own, and keys that live for ever.

At d2ae1cc any Host was served without keys (DNS rebinding), a change of the API keys needed a
restart, and a file of keys that everybody may write was believed. Each test here fails there.
"""

from __future__ import annotations

import hashlib
import logging

import pytest

from fraud_assets.errors import RefusedError
from fraud_assets.service.api_keys import read_api_keys
from fraud_assets.service.net.hosts import hosts_of
from fraud_assets.service.settings import ServiceSettings
from tests.service.stores import PAYMENT, new_store, promote, serving


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    store = new_store(tmp_path_factory.mktemp("store"))
    promote(store, "logistic_regression")
    with serving(store, "--allowed-host", "fraud.example.org") as server:
        yield server


@pytest.mark.parametrize(
    "path", ["/predict", "/predict/batch", "/", "/model", "/health", "/report"]
)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", ""]
)
def test_a_foreign_name_is_refused_everywhere(running, path, host):
    """421, whatever is asked; the service's own names and those allowed are served."""
    body = PAYMENT if path == "/predict" else None

    assert running.ask(path, body, headers={"host": host})[0] == 421


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8000", "fraud.example.org:443"]
)
def test_own_names_are_served(running, host):
    """With any port: a tunnel's differs."""
    assert running.ask("/predict", PAYMENT, headers={"host": host})[0] == 200


def test_with_keys_or_beyond_loopback_any_name_serves_unless_some_are_named(tmp_path):
    """There the key guards, and the proxy knows the names."""
    foreign = [(b"host", b"evil.example")]
    base = {"models": tmp_path, "keys": tmp_path}

    assert hosts_of(ServiceSettings(**base, api_keys=tmp_path)).admits(foreign)
    assert hosts_of(ServiceSettings(**base, host="0.0.0.0", without_keys=True)).admits(foreign)
    named = ServiceSettings(**base, api_keys=tmp_path, allowed_hosts=("fraud.example.org",))
    assert not hosts_of(named).admits(foreign)
    assert not hosts_of(ServiceSettings(**base)).admits([(b"host", b"localhost"), *foreign])


def line(key: str) -> str:
    return f"team:{hashlib.sha256(key.encode()).hexdigest()}\n"


def test_keys_change_without_a_restart_and_none_is_logged(tmp_path, caplog):
    """A new one is let in, a removed one is not; a broken file changes nothing."""
    file = tmp_path / "keys.txt"
    file.write_text(line("old"))
    keys = read_api_keys(file)
    old, new = [(b"x-api-key", b"old")], [(b"x-api-key", b"new")]

    with caplog.at_level(logging.INFO):
        file.write_text(line("new") + line("newer"))
        keys.refresh()
        assert (keys.admits(old, "decide"), keys.admits(new, "decide")) == (False, True)
        file.write_text("team:oops-a-secret")
        keys.refresh()
        file.unlink()
        keys.refresh()

    assert keys.admits(new, "decide")
    assert not keys.admits(old, "decide")
    assert "oops" not in caplog.text
    assert hashlib.sha256(b"new").hexdigest() not in caplog.text


@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_a_file_of_keys_that_others_may_write_is_refused(tmp_path, mode):
    """Whoever adds a line would be let in."""
    file = tmp_path / "keys.txt"
    file.write_text(line("old"))
    file.chmod(mode)

    with pytest.raises(RefusedError, match="chmod"):
        read_api_keys(file)


def test_a_request_has_few_keys_looked_at(tmp_path):
    """A hundred headers of keys are no way to try a hundred at once."""
    file = tmp_path / "keys.txt"
    file.write_text(line("right"))
    keys = read_api_keys(file)

    sent = [(b"x-api-key", b"%d" % i) for i in range(50)] + [(b"x-api-key", b"right")]

    assert not keys.admits(sent, "decide")
