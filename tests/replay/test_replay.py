"""Replay: each decision matches its signed version, or the field that differs is named."""

from __future__ import annotations

import json
import math

import msgspec
import pytest

from fraud_assets.cli import main
from fraud_assets.documents.decision import Shadow
from fraud_assets.replay.answer import same_bits
from fraud_assets.replay.many import Range, Workshop, replay_all
from fraud_assets.replay.one import replay
from fraud_assets.replay.versions import Versions
from tests.decisions.deciding import decided
from tests.service.stores import new_store, promote


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A store of three versions, and a log of what each decided; never written to."""
    folder = tmp_path_factory.mktemp("world")
    store = new_store(folder)
    names = [
        promote(store, family)
        for family in ("logistic_regression", "random_forest", "gradient_boosting")
    ]
    made = [
        one for at, name in enumerate(names) for one in decided(folder / "log", store, name, 40, at)
    ]
    return folder, store, made


def test_every_decision_matches_its_own_version(world):
    """Linear and tree versions, flagged and not, missing and unseen values: all bits agree."""
    _, store, made = world
    versions = Versions(store)

    found = [replay(one, versions) for one in made]

    assert {one.standing for one in found} == {"match"}
    assert any(one.is_flagged for one in made)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("probability", lambda d: math.nextafter(d.probability, 2)),
        ("threshold", lambda d: math.nextafter(d.threshold, 2)),
        ("is_flagged", lambda d: not d.is_flagged),
        ("manifest", lambda d: "0" * 64),
        ("features", lambda d: {"amount": 1.0}),
        ("reasons", lambda d: d.reasons[1:]),
    ],
)
def test_the_field_that_differs_is_named(world, field, change):
    """One bit of a number, a flag, another version's digest, a reason that is gone."""
    _, store, made = world
    one = next(d for d in made if len(d.reasons) > 1)

    found = replay(msgspec.structs.replace(one, **{field: change(one)}), Versions(store))

    assert found.standing == "differs"
    assert field in [difference.field for difference in found.differences]
    assert f"differs. {found.differences[0].field}: recorded" in found.sentence()


def test_a_feature_that_was_changed_shows_in_what_follows_from_it(world):
    """It no longer gives the probability or the reasons on record."""
    _, store, made = world
    one = next(d for d in made if d.version == made[0].version and d.features["amount"])
    features = {**one.features, "amount": one.features["amount"] * 1.01}

    found = replay(msgspec.structs.replace(one, features=features), Versions(store))

    assert found.standing == "differs"


def test_a_version_that_is_gone_or_damaged_is_said(world):
    """It cannot be replayed, and the sentence says why."""
    _, store, made = world
    one = msgspec.structs.replace(made[0], version="fraud_detector_20200101_000000")

    found = replay(one, Versions(store))

    assert found.standing == "unavailable"
    assert "There is no fraud_detector_20200101_000000" in found.sentence()


def test_what_a_shadow_would_have_decided_is_replayed_too(world):
    """By its own version; a difference names the shadow."""
    _, store, made = world
    first, other = made[0], made[-1]
    versions = Versions(store)
    scorer = versions.get(other.version).scorer
    probability = scorer.score(first.features)
    flagged = probability >= scorer.threshold
    shadow = Shadow(other.version, other.manifest, probability, flagged)

    right = replay(msgspec.structs.replace(first, shadow=(shadow,)), versions)
    wrong = msgspec.structs.replace(shadow, probability=math.nextafter(probability, 2))
    found = replay(msgspec.structs.replace(first, shadow=(wrong,)), versions)

    assert right.standing == "match"
    assert [one.field for one in found.differences] == [f"shadow.{other.version}.probability"]


def test_all_of_a_range_in_several_processes(world):
    """Each decision once, counted by version; progress is told; a range holds what lies in it."""
    folder, store, made = world
    said = []
    workshop = Workshop(store.root, store.keys.folder, folder / "log.keys")

    found = replay_all(folder / "log", workshop, Range(), 2, said.append)
    some = replay_all(folder / "log", workshop, Range(made[10].decided_at, made[50].decided_at), 1)

    assert (found.match, found.total) == (120, 120)
    assert set(found.versions.values()) == {40}
    assert said[-1] == 120
    assert some.total == 40


def test_the_command(world, capsys, monkeypatch):
    """`decisions show`, `verify`, `replay ID` and `replay --all`, in words and as JSON."""
    folder, store, made = world
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(store.root))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(folder / "log"))
    one = next(d for d in made if d.is_flagged)

    assert main(["decisions", "show", one.decision_id]) == 0
    shown = capsys.readouterr().out
    assert one.payment_id in shown
    assert repr(one.probability) in shown
    assert main(["decisions", "show", one.decision_id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["probability"] == one.probability
    assert main(["decisions", "verify"]) == 0
    assert (
        "120 decisions and 0 labels in 1 segment.\nThe chain holds, and no checkpoint"
        in capsys.readouterr().out
    )
    assert main(["decisions", "replay", one.decision_id]) == 0
    assert "match, every bit" in capsys.readouterr().out
    assert main(["decisions", "replay", "--all", "--jobs", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["match"] == 120
    assert main(["decisions", "replay"]) == 2
    assert main(["decisions", "show", "nothing"]) == 1
    assert "There is no decision 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(0.0, -0.0, False), (1, 1.0, True), (1.0, 1.0, True), (None, 0.0, False), ("a", "a", True)],
)
def test_bits(one, other, same):
    """Equal means every bit; a whole number may be written without its point."""
    assert same_bits(one, other) is same
    assert same_bits(other, one) is same


def test_another_store_than_the_default(world, capsys, monkeypatch, tmp_path):
    """`--store` takes a folder, and refuses what is none; of one decision and of all."""
    folder, store, made = world
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(folder / "log"))
    words = ["decisions", "replay", made[0].decision_id]

    assert main([*words, "--store", str(store.root)]) == 0
    assert main(["decisions", "replay", "--all", "--jobs", "1", "--store", str(store.root)]) == 0
    assert main([*words, "--store", str(tmp_path / "none")]) == 1
    assert "--store must be a folder" in capsys.readouterr().err


def test_pruning_keeps_the_versions_that_decided(tmp_path, monkeypatch, capsys):
    """A version that a kept decision needs stays, however old; another one goes."""
    monkeypatch.delenv("FRAUD_ASSETS_DECISIONS", raising=False)
    store = new_store(tmp_path)
    names = [promote(store, "logistic_regression") for _ in range(4)]
    decided(tmp_path / "decisions", store, names[0], 2)
    place = ["--store", str(store.root)]
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))

    assert main(["models", "prune", "--keep", "1", "--dry-run", "--json", *place]) == 0

    pruned = json.loads(capsys.readouterr().out)["pruned"]
    assert names[0] not in pruned
    assert names[1] in pruned
