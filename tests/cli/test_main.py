"""The command as a whole: exit codes, and one sentence instead of a traceback."""

from __future__ import annotations

from importlib import metadata

import pytest

from fraud_assets import __version__
from fraud_assets.cli import COMMANDS, main


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` exits 0 and says what the command does."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    assert "usage: fraud-assets" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--weeks", "0"], "weeks must be at least 1"),
        (["--seed", "-1"], "seed must not be negative"),
        (["--fraud-rate", "2"], "fraud rate must lie between 0 and 0.5"),
    ],
)
def test_values_out_of_range_are_wrong_usage(words, told, tmp_path, capsys) -> None:
    """Exit 2 with the rule and the value; nothing is written."""
    code = main(["simulate", *words, "--out", str(tmp_path / "new")])

    assert code == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_disk_that_refuses_is_one_sentence(tmp_path, capsys) -> None:
    """Exit 1 and the system's reason, where a file stands in the folder's place."""
    (tmp_path / "file").write_text("")

    code = main(
        ["simulate", "--transactions", "20", "--weeks", "1", "--out", str(tmp_path / "file")]
    )

    assert code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_store_that_does_not_exist_does_not_verify(tmp_path, capsys) -> None:
    """A mistyped folder must not read as "holds"."""
    code = main(["models", "verify", "--store", str(tmp_path / "none")])

    assert code == 1
    assert "--store must be a folder" in capsys.readouterr().err


def test_the_bare_command_prints_the_help_and_every_command(capsys) -> None:
    """Whoever types the name alone wants to know what there is."""
    code = main([])

    printed = capsys.readouterr()
    assert code == 0
    assert "usage: fraud-assets" in printed.out
    assert all(f"\n    {command}" in printed.out for command in COMMANDS)
    assert printed.err == ""


def test_the_version_is_the_packages(capsys) -> None:
    """`--version` prints name and version, and exits 0."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"fraud-assets {__version__}\n"
    assert metadata.version("fraud-assets") == __version__
