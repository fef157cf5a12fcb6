"""Whoever is not looking at the UI is told when a run stops, crashes or loses its worker."""

from __future__ import annotations

import dagster as dg
import pytest

from fraud_assets.errors import ContractError, Fault, FraudAssetsError
from fraud_assets.orchestration.failures import Stopped, as_sentences, tell_failures


def failed(error: Exception, instance: dg.DagsterInstance) -> None:
    """A run that ends with the error, and the sensor's look at it."""

    @dg.op
    def step() -> None:
        with as_sentences():
            raise error

    @dg.job
    def work() -> None:
        step()

    result = work.execute_in_process(instance=instance, raise_on_error=False)
    context = dg.build_run_status_sensor_context(
        "tell_failures", result.get_run_failure_event(), instance, result.dagster_run
    )
    tell_failures(context.for_run_failure())


def test_a_crash_is_told_by_the_sensor(told: list[dict[str, str]]) -> None:
    """Nobody wrote a sentence for it: run, job and Dagster's own words."""
    with dg.DagsterInstance.ephemeral() as instance:
        failed(ValueError("a mistake"), instance)

    (notice,) = told
    assert notice["event"] == "failed"
    assert notice["job"] == "work"
    assert "of work failed" in notice["text"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (
            ContractError("contract.toml", [Fault("label.column", "must be named", None)]),
            "faulty contract",
        ),
        (FraudAssetsError("Something else."), "failure"),
    ],
)
def test_a_stop_in_a_sentence_is_told_once(
    told: list[dict[str, str]], error: FraudAssetsError, kind: str
) -> None:
    """By the step itself, with what kind of stop it is; the sensor is silent."""
    with dg.DagsterInstance.ephemeral() as instance:
        failed(error, instance)

    (notice,) = told
    assert (notice["event"], notice["kind"]) == ("stopped", kind)
    assert notice["text"].endswith(str(error)) or str(error) in notice["text"]


def test_without_a_webhook_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run stops as ever."""
    monkeypatch.delenv("FRAUD_ASSETS_WEBHOOK", raising=False)

    with pytest.raises(Stopped), as_sentences():
        raise FraudAssetsError("Something else.")
