"""The group `production`: the record is verified and copied, outcomes joined as of an instant."""

from __future__ import annotations

import dagster as dg
import pyarrow.parquet as pq
import pytest

from fraud_assets.decisions.copies.parquet import read_copied
from fraud_assets.decisions.log import open_log
from fraud_assets.documents.decision import Label
from fraud_assets.orchestration.definitions import build_definitions
from fraud_assets.orchestration.production.record import decisions_on_record, outcomes_known
from fraud_assets.orchestration.settings import Settings
from tests.decisions.entries import recorded
from tests.decisions.test_opening import first_segment, written

CONTRACT = "crypto_gateway"
DAY = 86_400_000_000


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A record in a folder of the test's own, and no database."""
    monkeypatch.delenv("FRAUD_ASSETS_DATABASE", raising=False)
    return Settings(CONTRACT, tmp_path / "models", tmp_path / "keys", record=tmp_path / "log")


def materialized(settings, *, as_of="newest", raise_on_error=True):
    """Both assets, run by Dagster."""
    return dg.materialize(
        [decisions_on_record, outcomes_known],
        resources={"settings": settings},
        run_config={"ops": {"outcomes": {"config": {"as_of": as_of}}}},
        raise_on_error=raise_on_error,
    )


def shown(result, asset):
    (found,) = result.asset_materializations_for_node(asset)
    return {name: value.value for name, value in found.metadata.items()}


def test_without_a_record_there_is_nothing_to_do_and_that_is_said(settings):
    """A gateway that only asks /predict keeps nothing; its runs stay green."""
    result = materialized(settings)

    assert "No decision is on record yet" in shown(result, "decisions")["summary"]
    assert "No decision is on record yet" in shown(result, "outcomes")["summary"]


def test_the_record_is_copied_and_joined_with_what_was_known(settings):
    """Labels known later are not there yet as of an earlier day."""
    log = open_log(settings.record)
    made = recorded(log, 2, decided_at=5 * DAY, is_flagged=True)
    log.record(Label(payment_id="p0", is_fraud=True, known_at=7 * DAY, received_at=7 * DAY))
    log.record(Label(payment_id="other", is_fraud=True, known_at=6 * DAY, received_at=7 * DAY))
    log.close()

    early = shown(materialized(settings, as_of="1970-01-07"), "outcomes")
    later = materialized(settings, as_of="1970-01-09")

    assert (early["decisions"], early["labelled"]) == (2, 0)
    found = shown(later, "outcomes")
    assert (found["labelled"], found["frauds"], found["frauds_flagged"]) == (1, 1, 1)
    assert found["labels_without_decision"] == 1
    assert shown(later, "decisions")["labels"] == 2
    assert len(list(read_copied(settings.copies()))) == len(made)
    table = pq.read_table(settings.copies() / "outcomes.parquet")
    assert sorted(table["is_fraud"].to_pylist(), key=str) == [None, True]


def test_a_payment_that_stands_on_record_twice_is_one_outcome(settings):
    """Decided again after a kill: the first decision counts, and the others are counted."""
    log = open_log(settings.record)
    recorded(log, 2, decided_at=5 * DAY)
    recorded(log, 1, decided_at=6 * DAY, payment={"amount": 7.0})
    log.close()

    found = shown(materialized(settings, as_of="1970-01-09"), "outcomes")

    assert (found["decisions"], found["set_aside_as_repeated"]) == (2, 1)
    assert found["ids_with_other_content"] == "p0"
    table = pq.read_table(settings.copies() / "outcomes.parquet")
    assert sorted(table["payment_id"].to_pylist()) == ["p0", "p1"]


def test_a_record_that_does_not_hold_stops_the_run_with_the_place(settings):
    """Nothing is copied from it."""
    written(settings.record, 3)
    path = first_segment(settings.record)
    path.write_bytes(path.read_bytes().replace(b'"p0"', b'"p9"', 1))

    result = materialized(settings, raise_on_error=False)

    assert not result.success
    failures = [event for event in result.all_events if event.is_step_failure]
    assert "does not hold at byte" in str(failures[0].event_specific_data.error)
    assert not (settings.copies() / "decisions").exists()


def test_the_weekly_job_is_the_chain_alone():
    """What is done about production has a rhythm of its own."""
    definitions = build_definitions(Settings(CONTRACT))

    weekly = definitions.resolve_job_def("weekly_retrain")

    keys = {key.to_user_string() for key in weekly.asset_layer.executable_asset_keys}
    assert "published_artifact" in keys
    assert not keys & {"decisions", "outcomes"}
    groups = definitions.resolve_asset_graph()
    assert groups.get(dg.AssetKey("decisions")).group_name == "production"
