"""Someone who may write the store but has no key, or an accident, and then a restart.

At d2ae1cc the service could not start on a torn log, a deleted store or an unreadable key, though
it had served well a minute before; and it took an older pointer and log, or another store's, for
new. Each test here fails there.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.pages.model_card import health
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.versions.holder import Holder
from fraud_assets.store.store import Store
from tests.service.stores import RISKY, new_store, promote, serving

FAMILIES = ("logistic_regression", "gradient_boosting", "logistic_regression")
JOURNAL = ("latest.json", "promotions.jsonl")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with a store of three moves, its keys, its journal after each, and another store."""
    folder = tmp_path_factory.mktemp("made")
    store = new_store(folder)
    for at, family in enumerate(FAMILIES):
        promote(store, family)
        keep(store.root, folder / f"journal{at}")
    other = Store(folder / "other", store.keys)
    for family in FAMILIES:
        promote(other, family)
    keep(other.root, folder / "journal-other")
    return folder


def keep(root: Path, folder: Path) -> None:
    folder.mkdir()
    for name in JOURNAL:
        shutil.copy(root / name, folder / name)


class World:
    """A store and a service's settings, free to be damaged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "models", new_keys(folder))
        self.root = self.store.root

    @property
    def settings(self) -> ServiceSettings:
        keys, state = self.store.keys.folder, self.folder / "state"
        return ServiceSettings(models=self.root, keys=keys, last_good=state)

    def start(self) -> Holder:
        return Holder.start(self.settings, ServiceMetrics())

    def put(self, name: str) -> None:
        """Put another journal in place."""
        for file in JOURNAL:
            shutil.copy(self.folder / name / file, self.root / file)


def new_keys(folder: Path):
    from fraud_assets.store.keys import Keys

    return Keys(folder / "keys")


@pytest.fixture
def world(made, tmp_path) -> World:
    shutil.copytree(made, tmp_path / "world")
    # A scoring machine has the public key alone, and no marks of its own.
    shutil.rmtree(tmp_path / "world" / "keys" / "marks", ignore_errors=True)
    return World(tmp_path / "world")


def tear(world: World) -> None:
    log = world.root / "promotions.jsonl"
    log.write_bytes(log.read_bytes()[:-300])
    (world.root / "latest.json").write_bytes(b"")


def edit_a_line(world: World) -> None:
    log = world.root / "promotions.jsonl"
    before, found, after = log.read_bytes().rpartition(b"a test")
    log.write_bytes(before + found.replace(b"t", b"b", 1) + after)


def damage_the_version(world: World) -> None:
    file = world.root / world.store.current().version / "scorer.json"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-9])


def remove_the_version(world: World) -> None:
    shutil.rmtree(world.root / world.store.current().version)


def remove_the_journal(world: World) -> None:
    for name in JOURNAL:
        (world.root / name).unlink()


def remove_the_key(world: World) -> None:
    world.store.keys.public.unlink()


def spoil_the_key(world: World) -> None:
    world.store.keys.public.write_bytes(b"-----BEGIN")


DAMAGES: dict[str, Callable[[World], None]] = {
    "torn log": tear,
    "edited last line": edit_a_line,
    "damaged version": damage_the_version,
    "deleted version": remove_the_version,
    "deleted journal": remove_the_journal,
    "deleted store": lambda world: shutil.rmtree(world.root),
    "older pointer and log": lambda world: world.put("journal1"),
    "another store's journal": lambda world: world.put("journal-other"),
    "deleted key": remove_the_key,
    "spoilt key": spoil_the_key,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_restart_serves_the_last_good_version_and_says_so(world, damage):
    """From the copy outside the store, verified again; the reason stands in /health."""
    before = world.start()
    damage(world)

    after = world.start()

    told = health(after)
    assert after.served.version == before.served.version
    assert after.served.scorer.score(RISKY) == before.served.scorer.score(RISKY)
    assert (told["status"], told["degraded"]) == ("ok", True)
    assert told["serving_from"] == "last good copy"
    assert told["refused"]["why"]
    assert "fraud_assets_degraded 1" in after.metrics.text("v", 0.5)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_running_service_keeps_what_it_has_and_says_why(world, damage):
    """Whatever journal or key say; files of a version that is in memory already do not matter."""
    holder = world.start()
    before = holder.served
    damage(world)

    asyncio.run(holder.refresh())

    version_alone = damage in {damage_the_version, remove_the_version}
    assert holder.served is before
    assert health(holder)["degraded"] is not version_alone


@pytest.mark.parametrize("damage", ["older pointer and log", "another store's journal"])
def test_what_was_put_back_is_followed_again(world, damage):
    """No restart is needed once the journal is mended, and new moves are taken."""
    holder = world.start()
    keep(world.root, world.folder / "now")
    DAMAGES[damage](world)
    asyncio.run(holder.refresh())
    assert health(holder)["degraded"]

    world.put("now")
    asyncio.run(holder.refresh())
    assert not health(holder)["degraded"]
    second = promote(world.store, "gradient_boosting")
    asyncio.run(holder.refresh())

    assert holder.served.version == second


def test_moves_are_refused_while_the_journal_does_not_hold(world):
    """A move on top of what was replaced is not followed either."""
    holder = world.start()
    served = holder.served.version
    world.put("journal0")
    promote(world.store, "gradient_boosting")

    asyncio.run(holder.refresh())

    assert holder.served.version == served
    assert "seen before" in health(holder)["refused"]["why"]


def test_without_a_last_good_copy_it_ends_with_the_sentence(world):
    """Nothing is served that never was verified here."""
    remove_the_key(world)

    with pytest.raises(StoreError, match=r"public\.pem"):
        world.start()


def test_the_copy_is_believed_only_where_it_verifies(world):
    """A changed byte, another key beside it, a folder that others may write: not served."""
    world.start()
    state = world.folder / "state"
    shutil.rmtree(world.root)
    version = next(state.glob("fraud_detector_*"))
    spec = version / "scorer.json"
    data = spec.read_bytes()

    spec.write_bytes(data.replace(b"0", b"1", 1))
    with pytest.raises(StoreError):
        world.start()
    spec.write_bytes(data)
    state.chmod(0o777)
    with pytest.raises(StoreError):
        world.start()
    state.chmod(0o700)
    assert world.start().loaded.place == "last good copy"
    new_keys(world.folder / "foreign").ensure()
    shutil.copy(world.folder / "foreign" / "keys" / "public.pem", state / "keys" / "public.pem")
    with pytest.raises(StoreError):
        world.start()


def test_a_store_out_of_a_backup_is_taken_when_told_so(world):
    """`--restored` forgets what was seen; the next start remembers again."""
    world.start()
    world.put("journal1")
    assert world.start().loaded.place == "last good copy"

    with serving(world.store, "--last-good", str(world.folder / "state"), "--restored") as running:
        told = running.ask("/health")[1]

    assert (told["degraded"], told["serving_from"]) == (False, "store")
    assert told["model_version"] == told["last_good_copy"]


def test_the_real_command_restarts_without_its_store(world):
    """Answers, page and health come from the copy."""
    state = ("--last-good", str(world.folder / "state"))
    with serving(world.store, *state) as running:
        before = running.ask("/predict", RISKY)
    shutil.rmtree(world.root)

    with serving(world.store, *state) as running:
        after = running.ask("/predict", RISKY)
        told = running.ask("/health")[1]
        page = running.ask("/")[0]
        metrics = running.ask("/metrics")[1]

    assert after == before
    assert told["serving_from"] == "last good copy"
    assert "no journal" in told["refused"]["why"]
    assert page == 200
    assert "fraud_assets_degraded 1" in metrics
