"""Where a contract's record and page lie: alone, beside another contract's, among several."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from fraud_assets.cli import main
from fraud_assets.decisions.log import open_log
from fraud_assets.decisions.places import places_of
from fraud_assets.errors import RecordError
from tests.decisions.test_opening import written


def kept(folder: Path, contract: str) -> Path:
    """A record in which a contract's service has decided."""
    open_log(folder, contract=contract).close()
    written(folder, 1)
    return folder


def paged(folder: Path, contract: str) -> Path:
    """A page about a contract's production."""
    folder.mkdir(parents=True)
    (folder / "production.json").write_bytes(msgspec.json.encode({"contract": contract}))
    return folder


def test_a_contract_that_is_alone_has_the_folders_themselves(tmp_path: Path) -> None:
    """Before its first decision as after it."""
    base = tmp_path / "decisions"
    before = places_of("alpha", base)
    kept(base, "alpha")
    paged(tmp_path / "production", "alpha")

    assert before == places_of("alpha", base) == (base, tmp_path / "production")


def test_another_contract_has_folders_of_its_own_in_them(tmp_path: Path) -> None:
    """Whoever came first stays where it is."""
    base = kept(tmp_path / "decisions", "alpha")
    page = paged(tmp_path / "production", "alpha")
    second = kept(base / "beta", "beta")

    assert places_of("beta", base) == (second, page / "beta")
    assert places_of("gamma", base) == (base / "gamma", page / "gamma")
    assert places_of("alpha", base) == (base, page)


def test_two_named_records_side_by_side_have_pages_apart(tmp_path: Path) -> None:
    """The page's place is found by whose it is, not by the record's name."""
    one, other = kept(tmp_path / "one", "alpha"), kept(tmp_path / "other", "beta")
    page = paged(tmp_path / "production", "alpha")

    assert places_of("alpha", one) == (one, page)
    assert places_of("beta", other) == (other, page / "beta")


def test_a_record_of_an_earlier_release_is_whose_service_opens_it_first(tmp_path: Path) -> None:
    """It says no contract; from then on it does, and another one is refused with what to set."""
    base = tmp_path / "decisions"
    written(base, 2)
    assert places_of("alpha", base).record == places_of("beta", base).record == base

    open_log(base, contract="alpha").close()

    assert places_of("alpha", base).record == base
    assert places_of("beta", base).record == base / "beta"
    with pytest.raises(RecordError, match=r"belongs to contract alpha.*FRAUD_ASSETS_DECISIONS="):
        open_log(base, contract="beta")


def test_one_of_several_never_takes_the_folder_itself(tmp_path: Path) -> None:
    """But for the one whose record lies there since it was alone."""
    base = tmp_path / "decisions"
    empty = places_of("beta", base, is_one_of_several=True)
    kept(base, "alpha")

    assert empty == (base / "beta", tmp_path / "production" / "beta")
    assert places_of("beta", base, is_one_of_several=True) == empty
    assert places_of("alpha", base, is_one_of_several=True).record == base


def test_the_store_of_one_of_several_leads_to_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`models/alpha/` has `decisions/alpha/` beside `models/`, where a service keeps it."""
    record = kept(tmp_path / "decisions" / "alpha", "alpha")
    monkeypatch.delenv("FRAUD_ASSETS_DECISIONS", raising=False)
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models" / "alpha"))

    assert places_of("alpha").record == record


def test_a_command_that_may_mean_several_records_asks_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """It names the contract's by the environment, or the only one that is there."""
    base = tmp_path / "decisions"
    kept(base / "alpha", "alpha")
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("FRAUD_ASSETS_CONTRACT", raising=False)
    monkeypatch.delenv("FRAUD_ASSETS_DECISIONS", raising=False)
    assert main(["decisions", "verify"]) == 0

    written(kept(base / "beta", "beta"), 4)
    assert main(["decisions", "verify"]) == 2
    asked = capsys.readouterr().err
    (tmp_path / "beta.toml").write_text('name = "beta"\nfaulty = true\n')
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(tmp_path / "beta.toml"))
    assert main(["decisions", "verify"]) == 0

    assert "There are 2 records of decisions" in asked
    assert "FRAUD_ASSETS_CONTRACT" in asked
    assert str(base / "beta") in asked
    assert capsys.readouterr().out.startswith("5 decisions")
