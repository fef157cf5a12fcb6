"""Each command of README and docs runs, in a fresh copy, and prints what is written there."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.console import blocks, missing
from tests.orchestration.runs import BIN
from tests.weeks import REPOSITORY, Week

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]

SET_UP = {
    "make run": "fraud-assets run && fraud-assets models show",
    "make serve": "fraud-assets serve",
}
"""What the targets run once they have set up their environment; the tests have one."""

NOT_HERE = ("make ui", "make test", "pip install", "git clone")
"""Commands that other tests run, or that no test may run."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git would clone, with a store and keys of its own."""
    names = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folder = tmp_path_factory.mktemp("clone")
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name)
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FRAUD_ASSETS_", "DAGSTER_"))}
    path = f"{BIN}{os.pathsep}{kept['PATH']}"
    code = folder if (folder / "fraud_assets").is_dir() else REPOSITORY
    own = {"PYTHONPATH": str(code), "FRAUD_ASSETS_KEYS": str(folder.parent / "keys")}
    return kept | own | {"PATH": path, "DAGSTER_DISABLE_TELEMETRY": "true", "NO_COLOR": "1"}


class Shell:
    """One shell session in the clone: exports last, servers run until the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.exports = folder, list[str]()
        self.servers: list[subprocess.Popen[bytes]] = []

    def run(self, text: str) -> str:
        text = SET_UP.get(text, text)
        if text.startswith("export "):
            self.exports.append(text)
            return ""
        if text.startswith("fraud-assets serve"):
            return self._serve(text)
        script = "\n".join([*self.exports, text])
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=surroundings(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # in the order in which a terminal shows them
            text=True,
            timeout=600,
            check=False,
        )
        return done.stdout

    def _serve(self, text: str) -> str:
        script = "\n".join([*self.exports, f"exec {text}"])
        server = subprocess.Popen(
            ["bash", "-c", script], cwd=self.folder, env=surroundings(self.folder)
        )
        self.servers.append(server)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen("http://127.0.0.1:8000/ready", timeout=2):
                    return ""
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the service did not start")


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """A session whose servers end with it, so that the next page has the port for itself."""
    session = Shell(folder)
    try:
        yield session
    finally:
        for server in session.servers:
            server.terminate()
            server.wait(20)


def faults_of(page: Path, session: Shell) -> list[str]:
    """The lines that a page shows and its commands did not print, in the order of the page."""
    faults = []
    for block in blocks(page.read_text()):
        for command in block:
            if command.text.startswith(NOT_HERE):
                continue
            printed = session.run(command.text)
            absent = missing(command, printed)
            faults += [
                f"{command.text}\n  lacks: {line}\n  printed: {printed[-1500:]}" for line in absent
            ]
    return faults


def test_the_readme_prints_what_it_shows(clone: Path) -> None:
    """On the shipped weeks; `...` stands for what may differ."""
    with shell(clone) as session:
        faults = faults_of(REPOSITORY / "README.md", session)

    assert faults == [], "\n\n".join(faults)


def test_the_other_pages_print_what_they_show(week: Week) -> None:
    """On a small week that is published first: what they show is the same on any data."""
    pages = [
        page for page in sorted((REPOSITORY / "docs").glob("*.md")) if blocks(page.read_text())
    ]
    exports = [f"export {name}={value}" for name, value in week.environment.items()]

    faults = []
    for page in pages:
        with shell(week.folder) as session:
            session.exports += exports
            session.run("test -e models/latest.json || fraud-assets run")
            faults += faults_of(page, session)

    assert pages
    assert faults == [], "\n\n".join(faults)
