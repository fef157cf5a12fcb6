"""A shadow scores what was decided, and no answer is another for it: the real server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import asdict

from fraud_assets.decisions.reading import read_entries, with_shadows
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Decision
from fraud_assets.replay.one import replay
from fraud_assets.replay.versions import Versions
from fraud_assets.service.shadow.choice import shadow_names
from fraud_assets.store.store import Store
from tests.service.decisions.test_decisions import CONTRACT, payment
from tests.service.decisions.test_record import deciding
from tests.service.stores import Server, new_store, promote
from tests.store.stores import files, metadata, promoted
from tests.store.stores import new_store as plain_store
from tests.waiting import wait_until

FAMILIES = ("logistic_regression", "gradient_boosting")
SENT = [payment(n, id=f"p{n}", who=f"w{n % 7}", amount=10.0 * 3 ** (n % 9)) for n in range(40)]


def store_of_two(folder: Path, *, shadow: bool, subject: str = "") -> Store:
    """Two versions under the same keys and times; the newer one serves."""
    store = new_store(folder)
    text = CONTRACT + subject + f"[live]\nrelease_share = 1\nshadow = {str(shadow).lower()}\n"
    for family in FAMILIES:
        promote(store, family, {"contract.toml": text.encode()})
    return store


def scored(folder: Path) -> list[Decision]:
    return list(with_shadows(read_entries(folder / "log")))


def wait_for_shadows(server: Server, folder: Path, decisions: int) -> None:
    """Until each decision has been scored by the shadow as well."""

    def done() -> bool:
        found = [one for one in scored(folder) if one.shadow]
        return len(found) >= decisions

    try:
        wait_until(done, 180)
    except AssertionError:
        raise AssertionError(server.ask("/health")[1]) from None


def told(server: Server) -> dict:
    """What /health says of the shadow; it follows the record by a moment."""
    return dict(server.ask("/health")[1]["shadow"])


def answers(server: Server, sent: Sequence[dict]) -> list[bytes]:
    """Answers as bytes, without the id, which no two decisions share."""
    found = []
    for one in sent:
        status, _, data = server.ask_raw("/decisions", one)
        assert status == 200, data
        decision_id = json.loads(data)["decision_id"]
        found.append(data.replace(decision_id.encode(), b""))
    return found


@pytest.mark.slow
def test_answers_are_the_same_bytes_and_the_record_has_both(tmp_path: Path) -> None:
    """With and without; the shadow's scores are that version's own, and they replay."""
    said = {}
    for name in ("off", "on"):
        store = store_of_two(tmp_path / name, shadow=name == "on")
        with deciding(store, tmp_path / name) as server:
            said[name] = answers(server, SENT)
            health = server.ask("/health")[1]
            if name == "on":
                wait_for_shadows(server, tmp_path / name, len(SENT))
                wait_until(lambda: told(server)["scored"] == len(SENT), 180)
                health = server.ask("/health")[1]
                made = scored(tmp_path / name)[0]
                kept = server.ask(f"/decisions/{made.decision_id}")[1]
                assert kept["shadow"] == [asdict(one) for one in made.shadow]
            else:
                assert health["shadow"] is None

    assert said["on"] == said["off"]
    older = store.versions()[0]
    assert health["shadow"] == {
        "version": older, "scored": len(SENT), "passed_over": 0, "why": None,
    }  # fmt: skip
    found = scored(tmp_path / "on")
    assert {shadow.version for one in found for shadow in one.shadow} == {older}
    assert all(len(one.shadow) == 1 for one in found)
    assert any(one.shadow[0].is_flagged != one.is_flagged for one in found)
    versions = Versions(store)
    assert {replay(one, versions).standing for one in found} == {"match"}
    log = verify_log(tmp_path / "on" / "log")
    assert (log.difference, log.decisions, log.missing) == ("", len(SENT), 0)
    assert not any(one.shadow for one in scored(tmp_path / "off"))


@pytest.mark.slow
def test_the_shadow_goes_on_after_a_kill_and_scores_each_decision_once(tmp_path: Path) -> None:
    """The service is killed; the next one's shadow takes up what was left; nothing twice."""
    store = store_of_two(tmp_path, shadow=True, subject='[decisions]\nsubject = "who"\n')
    with deciding(store, tmp_path, "--record-sync") as server:
        answers(server, SENT[:20])
        wait_for_shadows(server, tmp_path, 1)
        answers(server, SENT[20:30])
        server.process.kill()
    with deciding(store, tmp_path, "--record-sync") as server:
        answers(server, SENT[30:])
        wait_for_shadows(server, tmp_path, len(SENT))

    found = scored(tmp_path)
    assert all(len(one.shadow) == 1 for one in found)
    assert verify_log(tmp_path / "log").difference == ""


def test_the_shadow_is_the_named_version_else_the_newest_that_does_not_serve(
    tmp_path: Path,
) -> None:
    """A refused candidate counts; while the named one serves itself there is none."""
    store = plain_store(tmp_path)
    first, second, now = (promoted(store, mark) for mark in "123")
    act = {"actor": "ada", "reason": "to compare"}
    assert shadow_names(store, now)[0] == (second.version, False)

    refused = store.refuse(files("bad"), metadata(decision="refuse"), reason="recall")
    assert shadow_names(store, now)[0] == (refused, True)
    store.name_shadow(first.version, **act)
    assert shadow_names(store, now) == [(first.version, False)]
    assert shadow_names(store, first) == []
    store.name_shadow(refused, **act)
    assert shadow_names(store, now) == [(refused, True)]
