"""A stack's folder: ports and passwords are drawn once and seen by nobody else."""

from __future__ import annotations

import contextlib
import socket
import stat
from pathlib import Path

import pytest

from stack.__main__ import main
from stack.place import PORTS, Place
from stack.program import all_programs
from stack.supervisor import Supervisor
from stack.table import printed, rows_of


def test_a_stack_keeps_its_ports_and_passwords(tmp_path: Path) -> None:
    """Made again it is the same; its settings are for its user alone."""
    first = Place.at(tmp_path / "stack")
    again = Place.at(tmp_path / "stack", is_free=True)

    assert again == first
    assert stat.S_IMODE(first.private.stat().st_mode) == 0o700
    assert stat.S_IMODE((first.private / "stack.json").stat().st_mode) == 0o600
    assert len(set(first.passwords.values())) == len(first.passwords)


def test_a_stack_stays_that_of_its_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named when it was made, it holds for whoever starts it later; a new name replaces it."""
    (tmp_path / "mine.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", "mine.toml")
    Place.at(tmp_path / "stack")

    monkeypatch.delenv("FRAUD_ASSETS_CONTRACT")
    later = Place.at(tmp_path / "stack").environment["FRAUD_ASSETS_CONTRACT"]
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", "crypto_gateway")
    changed = Place.at(tmp_path / "stack").environment["FRAUD_ASSETS_CONTRACT"]

    assert later == str(tmp_path / "mine.toml")
    assert changed == "crypto_gateway"


def test_a_port_that_is_taken_is_exchanged(tmp_path: Path) -> None:
    """The others stay the usual ones where those are free; none is given twice."""
    with socket.socket() as other:
        # Connections that ended a moment ago would keep it from listening, and leave the port free.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # somebody else's then: taken all the same
            other.bind(("127.0.0.1", PORTS["valkey"]))
            other.listen()
        place = Place.at(tmp_path / "stack")

    assert place.ports["valkey"] != PORTS["valkey"]
    assert len(set(place.ports.values())) == len(place.ports)


def test_the_table_tells_where_each_answers_and_no_password(tmp_path: Path) -> None:
    """Of a stack that does not run, too."""
    place = Place.at(tmp_path / "stack", is_free=True)
    programs = all_programs(place)

    rows = rows_of(Supervisor(place, programs), programs)
    text = printed(place, rows)

    assert {row.state for row in rows} == {"stopped"}
    assert place.url("http", "balancer") in text
    assert not [secret for secret in place.passwords.values() if secret in text]
    secrets = list(place.passwords.values())
    assert any(secret in str(place.environment) for secret in secrets)
    assert not any(
        secret in " ".join(map(str, one.words)) for one in programs for secret in secrets
    )


def test_a_port_that_somebody_took_meanwhile_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the port, the program and what to do; nothing is started."""
    place = Place.at(tmp_path / "stack", is_free=True)
    with socket.socket() as other:
        other.bind(("127.0.0.1", place.ports["balancer"]))
        other.listen()

        code = main(["up", "--folder", str(tmp_path / "stack")])

    said = capsys.readouterr().err.strip()
    assert code == 1
    assert (
        f"needs the port {place.ports['balancer']} of balancer, which another program has" in said
    )
    assert "--folder NAME" in said
    assert len(said.splitlines()) == 1
    assert not place.logs.exists()


def test_where_there_is_no_stack_both_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence for a person, an empty list for a program; neither makes one."""
    folder = tmp_path / "stack"

    for words in (["down"], ["status"]):
        assert main([*words, "--folder", str(folder)]) == 0
        assert f"There is no stack in {folder}" in capsys.readouterr().out
    assert main(["status", "--json", "--folder", str(folder)]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert not folder.exists()
