"""Whoever makes the champion impossible to compare with lets no worse model take its place.

At d2ae1cc a damaged champion, a changed input schema or a change of letter case was "unscorable",
and a far worse model was published.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from fraud_assets.documents.report.champion import UnscorableChampion
from fraud_assets.errors import FraudAssetsError, RefusedError
from fraud_assets.release.judgement import Judgement
from tests.chain.test_evidence import CHAIN, Run
from tests.weeks import Week


@pytest.fixture(scope="module")
def published_once(made_week: Week, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("published") / "week"
    shutil.copytree(made_week.folder, folder)
    run = Run(Week(folder), {})
    for name in CHAIN:
        run.step(name)
    return run


@pytest.fixture
def run(published_once: Run, tmp_path: Path) -> Run:
    """A week whose model serves, and which is judged again, in a folder of the test's own."""
    folder = Path(shutil.copytree(published_once.week.folder, tmp_path / "week"))
    shutil.rmtree(folder / "keys" / "marks", ignore_errors=True)
    return Run(Week(folder), dict(published_once.values))


def champion(run: Run) -> Path:
    store = run.week.settings.store()
    now = store.current()
    assert now is not None
    return store.root / now.version


def changed(run: Run, name: str, data: bytes) -> None:
    file = champion(run) / name
    file.unlink(missing_ok=True)
    file.write_bytes(data)


def flip_a_byte(run: Run) -> None:
    data = bytearray((champion(run) / "scorer.npz").read_bytes())
    data[len(data) // 2] ^= 1
    changed(run, "scorer.npz", bytes(data))


DAMAGES: dict[str, Callable[[Run], None]] = {
    "a flipped byte": flip_a_byte,
    "an emptied pipeline": lambda run: changed(run, "pipeline.joblib", b""),
    "a further file": lambda run: changed(run, "more", b""),
    "no signature": lambda run: (champion(run) / "model.sig").unlink(),
    "another's contract": lambda run: changed(run, "contract.toml", b"format = 1"),
    "no version": lambda run: shutil.rmtree(champion(run)),
}


USUAL = ("a flipped byte", "no version")


@pytest.mark.parametrize(
    "damage",
    [name if name in USUAL else pytest.param(name, marks=pytest.mark.slow) for name in DAMAGES],
)
def test_a_damaged_champion_refuses_its_challenger(run: Run, damage: str) -> None:
    """The sentence names the champion, the fault, and the act by which one starts anew."""
    before = champion(run).name
    DAMAGES[damage](run)

    judged = run.step("evaluation_report")

    assert isinstance(judged, Judgement)
    assert isinstance(judged.report.champion, UnscorableChampion)
    assert [rule.name for rule in judged.verdict.failed] == ["champion_non_inferior"]
    assert f"The champion {before} must be scored" in judged.sentence
    assert "promote VERSION --override" in judged.sentence
    with pytest.raises(FraudAssetsError):
        run.step("published_artifact")
    now = run.week.settings.store().current()
    assert now is not None
    assert (now.version, now.sequence) == (before, 1)


def test_damage_between_judging_and_publishing_is_noticed_too(run: Run) -> None:
    """The publisher compares again, whatever the stored report says of the champion."""
    run.step("evaluation_report")
    flip_a_byte(run)

    with pytest.raises(RefusedError, match="champion_non_inferior"):
        run.step("published_artifact")


def test_starting_anew_is_an_act_on_record(run: Run) -> None:
    """By the refused candidate's name; the next week is compared with it."""
    flip_a_byte(run)
    judged = run.step("evaluation_report")
    assert isinstance(judged, Judgement)
    assert judged.refused is not None
    store = run.week.settings.store()

    move = store.override(judged.refused, actor="ada", reason="the disk lost the champion")

    assert (move.kind, move.sequence, move.override.actor) == ("override", 2, "ada")
    again = run.step("evaluation_report")
    assert isinstance(again, Judgement)
    assert again.verdict.decision == "promote"


def other_letters(week: Week) -> None:
    week.edit('case = "upper"', 'case = "lower"')


def other_words_for_fraud(week: Week) -> None:
    week.edit('positive = [1, "true"]', 'positive = [1, "true", "fraud"]')


def another_schema(week: Week) -> None:
    """The export names a column otherwise from today on, and the contract follows."""
    for file in week.folder.rglob("*.parquet"):
        renamed = pd.read_parquet(file).rename(columns={"gas_price": "fee"})
        renamed.to_parquet(file)
    week.contract.write_text(week.contract.read_text().replace("gas_price", "fee"))


@pytest.mark.slow
@pytest.mark.parametrize("edit", [other_letters, other_words_for_fraud, another_schema])
def test_a_contract_that_reads_the_data_otherwise_refuses_its_challenger(
    run: Run, edit: Callable[[Week], None]
) -> None:
    """Other letters, other words, other columns: the champion would see other values."""
    edit(run.week)
    for name in CHAIN[:-1]:
        run.step(name)

    judged = run.values["evaluation_report"]

    assert isinstance(judged, Judgement)
    assert isinstance(judged.report.champion, UnscorableChampion)
    assert "champion_non_inferior" in [rule.name for rule in judged.verdict.failed]
