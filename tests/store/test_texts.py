from __future__ import annotations

import getpass
import socket

import pytest

from fraud_assets.store import texts


def test_the_default_actor_is_who_runs_where(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run by hand is not the schedule's; a container's nameless user has a number."""
    assert texts.default_actor() == f"{getpass.getuser()}@{socket.gethostname()}"

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 54321")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert texts.actor(texts.default_actor()).endswith(f"@{socket.gethostname()}")


@pytest.mark.parametrize("name", ["a\nb", "x" * 500, "\udc80"])
def test_an_odd_user_name_is_still_an_actor(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whatever the environment calls the user, a run by hand can be recorded."""
    monkeypatch.setattr(getpass, "getuser", lambda: name)

    assert texts.actor(texts.default_actor())
