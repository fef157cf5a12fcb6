"""`production_health` in Dagster: the check, the webhook, the retraining that an alarm requests."""

from __future__ import annotations

import shutil

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from fraud_assets.notices import notify
from fraud_assets.orchestration.definitions import build_definitions
from fraud_assets.orchestration.production import health
from fraud_assets.orchestration.settings import Settings
from fraud_assets.watch.once import look
from tests.watch.test_monitor import Gateway


@pytest.fixture
def gateway(tmp_path, monkeypatch):
    """Its payments lie in days to come, since its versions are promoted now; so does the look."""
    found = Gateway(tmp_path)
    monkeypatch.setattr(health, "look", lambda *known: look(*known, until=found.until))
    return found


def looked(gateway: Gateway, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    gateway.finish()
    settings = Settings(models=gateway.store.root, keys=gateway.store.keys.folder)
    definitions = build_definitions(settings)
    return definitions.resolve_job_def("daily_health").execute_in_process(
        instance=instance, raise_on_error=False
    )


def ticked(instance: dg.DagsterInstance) -> SensorExecutionData:
    definitions = build_definitions()
    with dg.build_sensor_context(instance=instance, definitions=definitions) as context:
        return definitions.resolve_sensor_def("retrain_on_alarm").evaluate_tick(context)


def test_nothing_on_record_is_no_alarm(gateway):
    """A factory whose service keeps no decisions yet has a green check that says so."""
    gateway.finish()
    shutil.rmtree(gateway.log)

    with dg.DagsterInstance.ephemeral() as instance:
        result = looked(gateway, instance)

    check = result.get_asset_check_evaluations()[0]
    assert result.success
    assert check.passed
    assert "No decision is on record yet" in check.description


def test_an_alarm_fails_the_check_tells_the_webhook_and_requests_a_retraining(gateway, told):
    """One request for each version called bad, however often one looks."""
    gateway.serve(0.95)
    bad = gateway.serve(0.6)

    with dg.DagsterInstance.ephemeral() as instance:
        result = looked(gateway, instance)
        tick = ticked(instance)

    check = result.get_asset_check_evaluations()[0]
    assert result.success
    assert not check.passed
    assert check.description.startswith("Alarm since ")
    assert [notice["event"] for notice in told] == ["alarm"]
    assert [request.run_key for request in tick.run_requests] == [f"alarm-{bad}"]


def test_without_an_alarm_nothing_is_requested(gateway, told):
    """The sensor skips, the webhook stays silent."""
    gateway.serve(0.95)

    with dg.DagsterInstance.ephemeral() as instance:
        result = looked(gateway, instance)
        tick = ticked(instance)

    assert result.get_asset_check_evaluations()[0].passed
    assert tick.run_requests == []
    assert tick.skip_message == "No alarm."
    assert told == []


def test_a_webhook_that_does_not_answer_is_a_sentence(monkeypatch):
    """No exception, no secret: the text is in the sentence so that the log has it."""
    monkeypatch.setenv("FRAUD_ASSETS_WEBHOOK", "http://user:hidden@127.0.0.1:9/hook?token=hidden")

    said = notify("alarm", "The promise broke.")

    assert said.startswith("The webhook at 127.0.0.1 did not take the notice")
    assert "The promise broke." in said
    assert "hidden" not in said


def test_a_webhook_that_is_no_url_is_said(monkeypatch):
    """Only http and https are spoken."""
    monkeypatch.setenv("FRAUD_ASSETS_WEBHOOK", "file:///etc/passwd")

    assert "must be an http or https URL" in notify("alarm", "text")
