"""Someone who may start a service, or write the store, with a version that the gate refused.

At d2ae1cc `serve --version-dir refused/X` served a refused model under the heading "the rules it
passed", a pointer's word was enough for any version, and a public key that everybody could write
was trusted. Each test here fails there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from typing import Any

import pytest
from msgspec.structs import replace

from fraud_assets.documents.verdict import Finding, Verdict
from fraud_assets.errors import FraudAssetsError
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.pages.model_card import health
from fraud_assets.service.pages.page import render_page
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.versions.holder import Holder
from fraud_assets.store.journal import moves
from fraud_assets.store.keys import rotation
from fraud_assets.store.store import Store
from tests.service.stores import (
    COMMAND,
    MONDAY,
    new_store,
    promote,
    serving,
    version_files,
    version_metadata,
)
from tests.store.stores import added

FAMILY = "logistic_regression"
PASSED = {"name": "recall", "bound": 0.9, "value": 0.94, "n": 500, "passed": True}
FAILED = {"name": "precision", "bound": 0.8, "value": 0.11, "n": 500, "passed": False}
UNFIT: dict[str, dict[str, Any]] = {
    "refused": {"verdict": {"decision": "refuse", "rules": [PASSED, FAILED]}},
    "too little evidence": {"verdict": {"decision": "insufficient_evidence", "rules": [PASSED]}},
    "a failed rule": {"verdict": {"decision": "promote", "rules": [PASSED, FAILED]}},
    "other letters": {"verdict": {"decision": "Promote", "rules": [PASSED]}},
    "no verdict": {"verdict": None},
    "a word for a verdict": {"verdict": "promote"},
    "a refusal beside it": {
        "verdict": {"decision": "promote", "rules": [PASSED]},
        "refusal": {"reason": "recall", "at": "2026-11-23T06:30:00Z"},
    },
}


def unfit(store: Store, **changed: Any) -> str:
    """A signed version among those that may serve; its name."""
    return added(store, version_files(FAMILY), version_metadata(FAMILY), MONDAY, **changed)


def refused(store: Store) -> str:
    rules = tuple(Finding(**rule, sentence="") for rule in (PASSED, FAILED))
    about = replace(version_metadata(FAMILY), verdict=Verdict("refuse", "Refused.", rules))
    return store.refuse(version_files(FAMILY), about, reason="precision", now=MONDAY)


def pointed(store: Store, version: str) -> None:
    """Move production to a version as a publisher would that believes whatever it is told."""
    verified = store.verify(version)
    store._move(
        moves.draft(store.position(), verified, kind="promotion", actor="x", reason="y"), None
    )


def started(store: Store, **more: Any) -> Holder:
    return Holder.start(
        ServiceSettings(models=store.root, keys=store.keys.folder, **more), ServiceMetrics()
    )


@pytest.mark.parametrize("changed", UNFIT.values(), ids=UNFIT)
def test_a_folder_is_served_only_if_it_passed(tmp_path, changed):
    """Its own signed verdict is read, strictly; with --refused it serves and is called so."""
    store = new_store(tmp_path)
    folder = store.root / unfit(store, **changed)

    with pytest.raises(FraudAssetsError, match="--refused"):
        started(store, version_dir=folder)
    holder = started(store, version_dir=folder, refused=True)

    assert health(holder)["verdict"] == "refused"
    assert "<strong>Refused</strong>" in render_page(holder.served, False, True)


@pytest.mark.parametrize("changed", UNFIT.values(), ids=UNFIT)
def test_a_pointers_word_is_not_enough(tmp_path, changed):
    """Signed as a promotion without an override, and still not followed."""
    store = new_store(tmp_path)
    good = promote(store, "gradient_boosting")
    holder = started(store)
    pointed(store, unfit(store, **changed))

    with pytest.raises(FraudAssetsError, match="--override"):
        started(store)
    asyncio.run(holder.refresh())

    assert holder.served.version == good
    assert "--override" in health(holder)["refused"]["why"]


def test_under_an_override_the_rules_that_failed_are_not_among_those_it_passed(tmp_path):
    """The page says who put it past the gate, and lists each outcome apart."""
    store = new_store(tmp_path)
    store.override(refused(store), actor="ada", reason="an outage")

    holder = started(store)
    page = render_page(holder.served, False, True)

    passed = page[page.index("The rules it passed") :].partition("</table>")[0]
    failed = page[page.index("The rules it failed") :].partition("</table>")[0]
    assert ("recall" in passed, "precision" in passed) == (True, False)
    assert ("recall" in failed, "precision" in failed) == (False, True)
    assert "<strong>Put past the gate</strong> by ada: an outage" in page
    assert "<strong>Refused</strong>" in page
    assert health(holder)["verdict"] == "refused"
    assert health(holder)["override"]["actor"] == "ada"


def test_the_real_command_refuses_a_refused_folder_in_one_sentence(tmp_path):
    """And serves it with --refused, where page and health say so."""
    store = new_store(tmp_path)
    folder = store.root / "refused" / refused(store)
    keys = {**os.environ, "FRAUD_ASSETS_KEYS": str(store.keys.folder)}
    command = [*COMMAND, "serve", "--version-dir", str(folder)]

    done = subprocess.run(
        command, env=keys, capture_output=True, text=True, timeout=60, check=False
    )
    with serving(store, "--version-dir", str(folder), "--refused") as running:
        told, page = running.ask("/health")[1], running.ask("/")[1]

    assert done.returncode == 1
    assert "precision" in done.stderr
    assert "Traceback" not in done.stderr
    assert told["verdict"] == "refused"
    assert "<strong>Refused</strong>" in page


@pytest.mark.parametrize("mode", [0o666, 0o646, 0o664])
def test_a_public_key_that_others_may_write_is_not_trusted(tmp_path, mode):
    """Whoever exchanges it could have anything served; it ends with the sentence."""
    store = new_store(tmp_path)
    promote(store, FAMILY)
    store.keys.public.chmod(mode)

    with pytest.raises(FraudAssetsError, match="chmod"):
        started(store)


def test_a_running_service_follows_a_new_key(tmp_path):
    """Old versions verify, moves signed with the new key are taken, without a restart."""
    store = new_store(tmp_path)
    promote(store, FAMILY)
    state = tmp_path / "state"
    holder = started(store, last_good=state)
    rotation.rotate(store.keys.folder, actor="ada", reason="yearly")
    second = promote(store, "gradient_boosting")

    asyncio.run(holder.refresh())
    shutil.rmtree(store.root)
    again = started(store, last_good=state)

    assert holder.served.version == again.served.version == second
    assert again.loaded.place == "last good copy"
