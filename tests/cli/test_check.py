"""`fraud-assets check`: JSON with public names, a page of 80 columns, and an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fraud_assets.cli import main
from tests.checkup.test_checkup import CONTRACT, payments

KEYS = {"ok", "rows", "frauds", "amount", "senders", "span", "rules", "files", "warnings"}


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team's folder with payments and their contract."""
    payments().to_csv(tmp_path / "p.csv", index=False)
    (tmp_path / "contract.toml").write_text(CONTRACT)
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(tmp_path / "keys"))
    return tmp_path


def test_json_has_the_public_names_and_no_other(team, capsys):
    """Exactly those of the interface, in exit 0."""
    code = main(["check", str(team / "contract.toml"), "--json"])
    found = json.loads(capsys.readouterr().out)

    assert code == 0
    assert set(found) == KEYS
    assert found["rows"] == {"read": 3_000, "kept": 3_000, "quarantined": 0}
    assert found["files"] == {"read": 1, "skipped": []}
    assert found["warnings"] == []


def test_data_that_cannot_serve_exit_1_with_json_all_the_same(team, capsys):
    """And the reason among the warnings."""
    payments().assign(fraud="N").to_csv(team / "p.csv", index=False)

    code = main(["check", str(team / "contract.toml"), "--json"])
    found = json.loads(capsys.readouterr().out)

    assert code == 1
    assert found["ok"] is False
    assert [warned["code"] for warned in found["warnings"]] == ["insufficient_evidence"]


def test_a_faulty_contract_exits_2_with_every_fault(team, capsys):
    """On stderr; nothing is read."""
    text = CONTRACT.replace("sender =", "sendr =").replace("[label]", "[lable]")
    (team / "contract.toml").write_text(text)

    code = main(["check", str(team / "contract.toml")])
    printed = capsys.readouterr()

    assert code == 2
    assert printed.out == ""
    assert "did you mean 'sender'" in printed.err
    assert "did you mean 'label'" in printed.err


def test_the_environment_names_the_contract(team, capsys, monkeypatch):
    """Without an argument."""
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(team / "contract.toml"))

    assert main(["check"]) == 0
    assert "small: 3,000 rows in 1 file" in capsys.readouterr().out


def test_a_machine_where_no_run_works_is_warned_of(team, capsys):
    """The data can serve, whatever the machine."""
    (team / "models").write_text("")

    code = main(["check", str(team / "contract.toml"), "--json"])
    found = json.loads(capsys.readouterr().out)

    assert code == 0
    assert "store" in [warned["code"] for warned in found["warnings"]]


def test_a_person_reads_80_columns_and_the_answer_last(team):
    """In a pipe and with NO_COLOR, without control characters."""
    frame = payments()
    frame.loc[frame["fraud"] == "Y", "fraud"] = "a rather long word for fraud that nobody knows"
    frame.to_csv(team / "p.csv", index=False)

    done = subprocess.run(
        [sys.executable, "-m", "fraud_assets", "check", str(team / "contract.toml")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"},
    )

    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith(("The data cannot serve", "insufficient_evidence"))
    assert done.stdout.isprintable() or all(ord(c) >= 32 or c == "\n" for c in done.stdout)
    assert done.stderr == ""


def test_a_long_contract_name_and_rule_keep_the_width(team, capsys):
    """The table's first column gives way."""
    name = "a_rule_with_a_name_" * 6
    text = CONTRACT.replace("paid_not_negative", name).replace('"small"', f'"{"small" * 20}"')
    frame = payments()
    frame.loc[0, "paid"] = -1
    frame.to_csv(team / "p.csv", index=False)
    (team / "contract.toml").write_text(text)

    main(["check", str(team / "contract.toml")])

    lines = [line for line in capsys.readouterr().out.splitlines() if "small" not in line]
    assert max(map(len, lines)) <= 80
