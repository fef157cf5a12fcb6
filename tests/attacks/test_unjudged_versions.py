"""A version that comes into force without a verdict being decided again.

At d2ae1cc `Store.promote` took the word "promote" in the metadata for the verdict, so that whoever
could sign metadata, or call the store, moved production past the gate without a record of it.
"""

from __future__ import annotations

import pytest

from fraud_assets.cli import main
from fraud_assets.errors import RefusedError
from fraud_assets.store.store import Store
from fraud_assets.store.versions.verified import Verified
from tests.store.stores import added, content, files, metadata, promoted, staged_oddly


def test_the_store_has_no_promotion_without_a_judge(store: Store) -> None:
    """The ways into production are a release with a judge, an override and a rollback."""
    assert not hasattr(store, "promote")
    staged = store.stage(files("1"), metadata())
    with pytest.raises(TypeError, match="judge"):
        store.release(staged, expected=None, actor="a", reason="r")  # type: ignore[call-arg]
    assert store.current() is None
    store.discard(staged)


@pytest.mark.parametrize("decision", ["promote", "Promote", "refuse", None])
def test_what_the_judge_refuses_does_not_serve(store: Store, decision: str | None) -> None:
    """Whatever the signed metadata says of its own verdict."""
    now = promoted(store, "1")
    before = content(store.root)
    staged = staged_oddly(
        store, files("2"), metadata(), verdict={"decision": decision, "rules": []}
    )

    def judge(_: Verified) -> None:
        raise RefusedError("Refused by rule recall: got 0.81.")

    with pytest.raises(RefusedError):
        store.release(staged, expected=now.version, actor="a", reason="r", judge=judge)
    store.discard(staged)
    assert content(store.root) == before


def test_a_judge_sees_the_bytes_that_will_serve(store: Store) -> None:
    """A file exchanged after signing is noticed before the judge believes it."""
    staged = store.stage(files("1"), metadata())
    report = staged.path / "report.json"
    report.chmod(0o644)
    report.write_bytes(b'{"verdict": "promote"}')
    asked: list[Verified] = []

    with pytest.raises(Exception, match=r"report\.json differs"):
        store.release(staged, expected=None, actor="a", reason="r", judge=asked.append)
    assert asked == []
    store.discard(staged)


@pytest.mark.parametrize("words", [[], ["--actor", "a", "--reason", "r"]])
def test_the_command_promotes_nothing_without_saying_override(
    store: Store, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signed verdict to promote in the folder changes nothing about it."""
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    now = promoted(store, "1")
    version = added(store, files("2"), metadata())

    assert main(["models", "promote", version, "--store", str(store.root), *words]) == 1
    assert store.current() == now
