"""A caller with a key: one that leaked, that was meant for something else, or that is long over.

At d2ae1cc a key had no scope and no end, and nothing told who had used it. Each test here fails
there.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fraud_assets.errors import RefusedError
from fraud_assets.service.api_keys import ApiKeys, read_api_keys
from tests.service.stores import PAYMENT, new_store, promote, serving
from tests.waiting import wait_until

ROUTES = {
    "/predict": "decide",
    "/predict/batch": "decide",
    "/model": "read",
    "/metrics": "read",
    "/report": "read",
}


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def written(folder: Path, *lines: str) -> Path:
    """A file of keys; a word in braces stands for that key's hash."""
    file = folder / "keys.txt"
    text = "\n".join(lines)
    for word in ("gateway", "analyst", "desk", "all", "old", "new"):
        text = text.replace(f"{{{word}}}", f"{word}:{hashed(word)}")
    file.write_text(text)
    return file


def sent(key: str) -> list[tuple[bytes, bytes]]:
    return [(b"x-api-key", key.encode())]


def status(keys: ApiKeys, key: str, scope: str) -> int:
    denied = keys.denied(sent(key), scope)
    return 200 if denied is None else denied.status


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    store = new_store(folder)
    promote(store, "logistic_regression")
    file = written(
        folder,
        "{gateway} scopes=decide",
        "{analyst} scopes=read expires=2999-12-31",
        "{desk} scopes=label,read",
        "{old} expires=2020-01-01",
        "{all}",
    )
    with serving(store, "--api-keys", str(file)) as running:
        yield running, file


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    ("key", "may"),
    [
        ("gateway", {"decide"}),
        ("analyst", {"read"}),
        ("desk", {"read"}),
        ("all", {"decide", "read"}),
    ],
)
def test_a_key_does_what_it_is_for_and_nothing_else(guarded, path, key, may):
    """By the real service: 403 names the key's id and what it may, and never the key's hash."""
    running, _ = guarded
    body = {"/predict": PAYMENT, "/predict/batch": {"transactions": [PAYMENT]}}.get(path)

    code, told = running.ask(path, body, headers={"x-api-key": key})

    assert code == (200 if ROUTES[path] in may else 403)
    if code == 403:
        assert f"{key}#{hashed(key)[:8]}" in str(told)
        assert hashed(key) not in str(told)


def test_a_key_that_has_expired_is_told_so_and_let_in_nowhere(guarded):
    """Its holder learns why; who has no key does not learn of it."""
    running, _ = guarded

    code, told = running.ask("/predict", PAYMENT, headers={"x-api-key": "old"})

    assert (code, "expired at 2020-01-02" in str(told)) == (401, True)
    assert "expired" not in str(running.ask("/predict", PAYMENT, headers={"x-api-key": "x"})[1])


def test_metrics_tell_which_key_was_used(guarded):
    """By name, so that a key that nobody uses any more can go."""
    running, _ = guarded
    running.ask("/predict", PAYMENT, headers={"x-api-key": "gateway"})

    text = running.ask("/metrics", headers={"x-api-key": "all"})[1]

    assert 'fraud_assets_key_uses_total{key="gateway"}' in text
    assert 'key="old"' not in text


def test_a_caller_changes_keys_without_a_restart_and_without_a_gap(tmp_path):
    """Two lines of one name for a while; then the old one goes."""
    store = new_store(tmp_path)
    promote(store, "logistic_regression")
    file = written(tmp_path, f"gateway:{hashed('old')}")

    def asked(running, key: str) -> int:
        return running.ask("/predict", PAYMENT, headers={"x-api-key": key})[0]

    with serving(store, "--api-keys", str(file)) as running:
        assert [asked(running, key) for key in ("old", "new")] == [200, 401]
        written(tmp_path, f"gateway:{hashed('old')}", f"gateway:{hashed('new')}")
        wait_until(lambda: asked(running, "new") == 200)
        assert asked(running, "old") == 200
        written(tmp_path, f"gateway:{hashed('new')} expires=2999-12-31")
        wait_until(lambda: asked(running, "old") == 401)
        assert asked(running, "new") == 200


def test_a_key_expires_while_the_service_runs(tmp_path):
    """The clock is asked at each request, not when the file is read."""
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    keys = read_api_keys(written(tmp_path, f"{{gateway}} expires={soon.isoformat()}"))
    assert status(keys, "gateway", "decide") == 200

    wait_until(lambda: status(keys, "gateway", "decide") == 401)


def test_where_all_keys_have_expired_nobody_is_let_in(tmp_path):
    """An empty guest list is not an open door."""
    keys = read_api_keys(written(tmp_path, "{old} expires=2020-01-01"))

    assert keys.required
    assert [status(keys, key, "decide") for key in ("old", "", "x")] == [401] * 3


def test_a_date_counts_to_its_end(tmp_path):
    """Today's key holds today, yesterday's does not."""
    today = datetime.now(UTC).date()
    keys = read_api_keys(
        written(
            tmp_path,
            f"{{new}} expires={today + timedelta(days=1)}",
            f"{{old}} expires={today - timedelta(days=1)}",
        )
    )

    assert [status(keys, key, "read") for key in ("new", "old")] == [200, 401]


def test_lines_of_former_releases_let_in_as_before(tmp_path):
    """`name:hash` alone may do everything, for ever; comments and blank lines stay."""
    keys = read_api_keys(written(tmp_path, "# teams", "", "  {all}  "))

    assert [status(keys, "all", scope) for scope in ("decide", "label", "read")] == [200] * 3


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{all} scopes=", "must have scopes of decide, label, read"),
        ("{all} scopes=admin", "must have scopes of decide, label, read"),
        ("{all} scopes=read,read", "each once"),
        ("{all} scopes=read scopes=decide", "neither one scopes="),
        ("{all} expires=tomorrow", "ISO date"),
        ("{all} expires=2027-02-30", "ISO date"),
        ("{all} expires=2027-03-31T12:00", "must have a zone"),
        ("{all} expiry=2027-03-31", "neither one scopes="),
        ("{all} my-secret-key", "neither one scopes="),
        ("gateway:my-secret-key", "is not name:sha256"),
        ("my-secret-key", "is not name:sha256"),
    ],
)
def test_a_line_that_says_something_else_is_refused_by_its_number(tmp_path, line, told):
    """A misspelt end is no key without an end; nothing of the line is repeated."""
    file = written(tmp_path, "# teams", "{gateway}", line)

    with pytest.raises(RefusedError, match=told) as refused:
        read_api_keys(file)

    assert "line 3" in str(refused.value)
    assert "line 2" not in str(refused.value)
    assert "my-secret-key" not in str(refused.value)


def test_the_log_names_who_came_and_went(tmp_path, caplog):
    """By id, never by hash or key."""
    file = written(tmp_path, "{old}")
    keys = read_api_keys(file)

    with caplog.at_level(logging.INFO):
        written(tmp_path, "{new} scopes=read")
        keys.refresh()

    assert f"added new#{hashed('new')[:8]}, removed old#{hashed('old')[:8]}" in caplog.text
    assert hashed("new") not in caplog.text
