"""A folder of contracts: each has a chain, a schedule, a store; none knows of the others."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from fraud_assets.contract.load import contracts_in
from fraud_assets.errors import ContractError
from fraud_assets.orchestration.definitions import code_location
from tests.orchestration.runs import command
from tests.weeks import Week

_NAME = 'name = "crypto_gateway"'


class Folder(Week):
    """The same place, with a folder of contracts instead of one."""

    @property
    def contract(self) -> Path:
        return self.folder / "contracts"


def folder_of(week: Week, **changes: tuple[str, str]) -> Path:
    """The week's contract under several names, each with one edit of its text."""
    folder = week.folder / "contracts"
    folder.mkdir()
    shutil.move(week.folder / "transactions", folder / "transactions")
    for name, (old, new) in changes.items():
        text = week.contract.read_text().replace(_NAME, f'name = "{name}"')
        assert old in text
        (folder / f"{name}.toml").write_text(text.replace(old, new))
    return folder


def test_each_contract_has_its_own_assets_job_and_schedule(week, monkeypatch):
    """Asset keys bear the contract's name; jobs and schedules end with it."""
    folder = folder_of(week, alpha=("", ""), beta=("", ""))
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder))

    location = code_location()

    assert set(location) == {"alpha", "beta"}
    beta = location["beta"]
    assert isinstance(beta, dg.RepositoryDefinition)
    assert dg.AssetKey(["beta", "published_artifact"]) in beta.asset_graph.get_all_asset_keys()
    schedules = {schedule.name for schedule in beta.schedule_defs}
    assert schedules == {"weekly_retrain_beta", "daily_health_beta"}
    assert {"retrain_on_alarm_beta"} <= {sensor.name for sensor in beta.sensor_defs}
    assert {"weekly_retrain_beta", "daily_health_beta", "backtest_beta"} <= set(beta.job_names)


def test_the_daily_look_of_each_contract_is_its_own(week, monkeypatch):
    """`daily_health_alpha` makes alpha's assets under alpha's record, and its sensor hears them."""
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder_of(week, alpha=("", ""), beta=("", ""))))
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", str(week.folder / "models"))
    alpha = code_location()["alpha"]

    with dg.DagsterInstance.ephemeral() as instance:
        result = alpha.get_job("daily_health_alpha").execute_in_process(instance=instance)
        with dg.build_sensor_context(instance=instance, repository_def=alpha) as context:
            tick = alpha.get_sensor_def("retrain_on_alarm_alpha").evaluate_tick(context)

    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert made == {"alpha/decisions", "alpha/outcomes", "alpha/production_health"}
    assert tick.skip_message == "No alarm."


def test_a_faulty_contract_hinders_no_other(week, monkeypatch):
    """Its chain loads all the same; the run says what is wrong."""
    folder = folder_of(week, alpha=("", ""), beta=("min_recall", "min_recal"))
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder))

    location = code_location()

    assert set(location) == {"alpha", "beta"}


def test_a_schedule_of_several_sets_the_week_of_its_own_chain(week, monkeypatch):
    """The tick's run config names the step under the contract's prefix."""
    folder = folder_of(week, alpha=("", ""))
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(folder))
    schedule = code_location()["alpha"].get_schedule_def("weekly_retrain_alpha")
    monday = dg.build_schedule_context(
        scheduled_execution_time=datetime(2025, 6, 30, 6, tzinfo=UTC),
        resources={"settings": week.settings},
    )

    request = schedule.evaluate_tick(monday).run_requests[0]

    step = request.run_config["ops"]["alpha__raw_transactions"]
    assert step == {"config": {"as_of": "2025-06-30"}}


@pytest.mark.slow
def test_one_refused_contract_stops_no_other(week):
    """`fraud-assets run` publishes alpha in its store, refuses beta in beta's, and ends with 1."""
    folder_of(week, alpha=("", ""), beta=("min_precision = 0.01", "min_precision = 0.99"))
    ended = command(Folder(week.folder), "fraud-assets", "run")

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "alpha:" in ended.stdout
    assert "Refused by rule" in ended.stderr
    models = week.folder / "models"
    assert (models / "alpha" / "latest.json").is_file()
    assert not (models / "beta" / "latest.json").exists()
    assert list((models / "beta" / "refused").iterdir())


def test_a_folder_without_contracts_or_with_odd_names_is_refused(tmp_path):
    """The sentence says what a folder of contracts holds."""
    with pytest.raises(ContractError, match=r"must hold contracts, files that end in \.toml"):
        contracts_in(tmp_path)
    (tmp_path / "my-team.toml").write_text("")

    with pytest.raises(ContractError, match="letters, digits and _"):
        contracts_in(tmp_path)
