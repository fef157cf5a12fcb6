"""The chain publishes a good week, and refuses a weak one, on every way of launching it."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
from msgspec.structs import force_setattr

from fraud_assets.intermediates.cabinet import Cabinet
from fraud_assets.orchestration.assets import moved_by
from fraud_assets.release.judgement import Judgement
from fraud_assets.store.texts import default_actor
from tests.orchestration.runs import failure, instance, launch, snapshot
from tests.weeks import Week

CHAIN = [
    "raw_transactions",
    "cleaned_features",
    "candidate_models",
    "tuned_pipeline",
    "evaluation_report",
    "published_artifact",
]


def demand_fewer_alerts(week: Week) -> None:
    """A gateway's own ceiling, which the tests' weak model cannot keep."""
    week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.05")


def test_the_chain_is_six_assets_one_job_and_one_running_schedule(made_week):
    """Names and wiring are what the UI, the schedule and the command line share."""
    defs = made_week.definitions()

    graph = defs.resolve_asset_graph()
    chain = [k for k in graph.toposorted_asset_keys if graph.get(k).group_name == "weekly_model"]
    keys = [key.to_user_string() for key in chain]
    schedule = defs.resolve_schedule_def("weekly_retrain")

    assert keys == CHAIN
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "weekly_retrain"


def test_a_good_week_is_published_and_a_second_run_publishes_a_second_version(week):
    """Both runs succeed; the pointer names the newer version and the log both moves."""
    first, second = launch(week), launch(week)

    store = week.settings.store()
    assert first.success, failure(first)
    assert second.success, failure(second)
    assert len(store.versions()) == 2
    assert store.current().version == store.versions()[-1]
    assert [move.version for move in store.history()] == store.versions()
    assert {move.actor for move in store.history()} == {default_actor()}


@pytest.mark.parametrize(
    ("tags", "parent", "is_schedule"),
    [
        ({"dagster/schedule_name": "weekly_retrain"}, None, True),
        ({"dagster/schedule_name": "weekly_retrain", "dagster/retry_number": "1"}, "r", True),
        ({"dagster/schedule_name": "weekly_retrain"}, "r", False),
        ({}, None, False),
    ],
    ids=["scheduled", "retried by itself", "re-executed by a person", "launched by a person"],
)
def test_the_schedule_moves_production_only_in_its_own_runs(tags, parent, is_schedule):
    """A re-execution bears the tags of the run that it repeats, and is somebody's act."""
    run = dg.DagsterRun(
        job_name="weekly_retrain", tags=tags, parent_run_id=parent, root_run_id=parent
    )

    assert moved_by(run) == ("weekly_retrain" if is_schedule else default_actor())


def test_a_weak_week_is_refused_by_its_check_and_kept_with_its_refusal(week, told):
    """The blocking check stops the run, nothing is published, the candidate is kept signed.

    The webhook is told once, in the same sentence, with where the report lies.
    """
    demand_fewer_alerts(week)

    result = launch(week)

    store = week.settings.store()
    checks = {e.check_name: e.passed for e in result.get_asset_check_evaluations()}
    assert not result.success
    assert checks["recall_at_least_floor"]
    assert not checks["verdict"]
    assert store.versions() == []
    refusal = store.verify_refused(store.refused_versions()[0]).metadata.refusal
    assert "alert_rate" in refusal.reason
    (notice,) = told
    assert (notice["event"], notice["kind"]) == ("stopped", "refused")
    assert refusal.reason in notice["text"] or notice["text"] in refusal.reason
    assert Path(notice["report"]).is_file()


@pytest.fixture(scope="module")
def refused_once(made_week, tmp_path_factory) -> Week:
    """A store with one good version, and a later week that was refused; made once."""
    folder = tmp_path_factory.mktemp("refused") / "week"
    shutil.copytree(made_week.folder, folder)
    week = Week(folder)
    assert launch(week).success
    demand_fewer_alerts(week)
    assert not launch(week).success
    return week


@pytest.fixture
def refused(refused_once, tmp_path) -> tuple[Week, dict[str, bytes]]:
    """A copy of the refused week with its Dagster home, and the store's bytes."""
    shutil.copytree(refused_once.folder, tmp_path / "week")
    week = Week(tmp_path / "week")
    return week, snapshot(week)


@pytest.mark.parametrize(
    "selection", [["published_artifact"], ["evaluation_report", "published_artifact"]]
)
def test_a_selection_in_a_later_run_publishes_nothing(refused, selection):
    """The publisher decides for itself, whether or not the check ran."""
    week, before = refused

    result = launch(week, selection)

    assert not result.success
    assert snapshot(week) == before


def test_a_job_without_checks_publishes_nothing(refused):
    """Leaving the checks out leaves the gate in."""
    week, before = refused

    result = launch(week, dg.AssetSelection.groups("weekly_model").without_checks())

    assert "Refused by rule" in failure(result)
    assert snapshot(week) == before


def test_a_check_that_returns_nothing_publishes_nothing(refused):
    """A check that shows no failure, or none at all, is not what holds the gate."""
    week, before = refused
    whole = week.definitions()

    @dg.asset_check(asset="evaluation_report", name="verdict", blocking=True)
    def silent() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True, severity=dg.AssetCheckSeverity.WARN)

    lax = dg.Definitions(
        assets=whole.assets,
        asset_checks=[silent],
        resources=whole.resources,
        executor=whole.executor,
    )
    result = launch(week, definitions=lax)

    assert "Refused by rule" in failure(result)
    assert snapshot(week) == before


def test_eager_automation_of_the_publisher_publishes_nothing(refused):
    """An automation that requests the publisher alone launches a run that is refused."""
    week, before = refused
    whole = week.definitions()
    eager = [
        asset.map_asset_specs(
            lambda spec: spec.replace_attributes(
                automation_condition=dg.AutomationCondition.eager()
            )
        )
        for asset in whole.assets
    ]
    lax = dg.Definitions(assets=eager, resources=whole.resources, executor=whole.executor)

    result = launch(week, ["published_artifact"], definitions=lax)

    assert "Refused by rule" in failure(result)
    assert snapshot(week) == before


def test_a_stale_report_of_another_model_publishes_nothing(week):
    """A model retrained under new settings meets the report of the old one."""
    assert launch(week).success
    before = snapshot(week)
    week.edit("legitimate_per_fraud = 5", "legitimate_per_fraud = 6")
    assert launch(week, ["candidate_models", "tuned_pipeline"]).success

    result = launch(week, ["published_artifact"])

    assert "Run evaluation_report again" in failure(result)
    assert snapshot(week) == before


def test_an_older_week_is_reported_and_not_published_over_a_newer_one(week):
    """Replaying gives that week's report; production stays."""
    assert launch(week).success
    before = snapshot(week)

    result = launch(week, as_of="2025-06-15")

    report = result.asset_value("evaluation_report").report
    assert report.as_of.startswith("2025-06-15")
    assert not result.success
    assert "as_of_not_older" in [rule.name for rule in report.verdict.failed]
    assert snapshot(week) == before


@pytest.fixture(scope="module")
def judged_once(made_week, tmp_path_factory) -> Week:
    """A week judged good and not published yet; made once."""
    folder = tmp_path_factory.mktemp("judged") / "week"
    shutil.copytree(made_week.folder, folder)
    assert launch(Week(folder), CHAIN[:-1]).success
    return Week(folder)


@pytest.mark.parametrize(
    ("edit", "section"),
    [
        (lambda report: force_setattr(report, "as_of", "2099-01-01"), "as_of"),
        (lambda report: force_setattr(report.data.quarantine, "share", 0.0), "data"),
        (lambda report: force_setattr(report.model, "training_samples", 10**6), "model"),
        (lambda report: force_setattr(report.metrics.recall, "value", 1.0), "metrics"),
    ],
)
def test_an_edited_stored_report_publishes_nothing_and_is_kept_put_right(
    judged_once, tmp_path, edit, section
):
    """Every section that this run can know is compared; the refusal keeps what is true."""
    week = Week(Path(shutil.copytree(judged_once.folder, tmp_path / "week")))
    kept = Cabinet(
        week.folder / "home" / "storage" / "intermediates",
        week.settings.contract().name,
        week.settings.store().keys,
    )
    judgement = kept.get("evaluation_report", (), Judgement)
    edit(judgement.report)
    kept.put("evaluation_report", "edited", "9999", judgement)

    result = launch(week, ["published_artifact"])

    store = week.settings.store()
    assert "describes_model" in failure(result)
    assert section in failure(result)
    assert store.versions() == []
    refused = store.verify_refused(store.refused_versions()[0])
    assert json.loads(refused.read("report.json"))["as_of"].startswith("2025-06-29")


def test_data_that_ended_long_ago_is_stale(week):
    """A week far after the data's end fails in that sentence and publishes nothing."""
    result = launch(week, as_of="2026-01-05")

    assert "Stale data" in failure(result)
    assert week.settings.store().current() is None


def test_a_faulty_contract_fails_in_its_own_words(week):
    """All faults of the contract are the failure's description."""
    week.edit("min_recall = 0.90", "min_recall = 0.5")

    result = launch(week)

    assert "policy.min_recall" in failure(result)


def test_a_schedule_tick_sets_the_week(week):
    """The run request carries the day on which the tick is due."""
    schedule = week.definitions().resolve_schedule_def("weekly_retrain")
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2025, 6, 30, 6), resources={"settings": week.settings}
    )

    request = schedule.evaluate_tick(context).run_requests[0]

    assert request.run_config == {"ops": {"raw_transactions": {"config": {"as_of": "2025-06-30"}}}}


TIMELESS = """
format = 1
name = "timeless"
[source]
path = "payments.csv"
[label]
column = "fraud"
[features]
numeric = ["amount"]
[windows]
by = "shares"
"""


def test_a_schedule_tick_of_data_without_time_names_no_week(week):
    """Such a contract refuses an `as_of`, so the tick leaves it out."""
    week.contract.write_text(TIMELESS)
    schedule = week.definitions().resolve_schedule_def("weekly_retrain")
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2025, 6, 30, 6), resources={"settings": week.settings}
    )

    request = schedule.evaluate_tick(context).run_requests[0]

    assert week.settings.contract().columns.event_time is None
    assert request.run_config == {}


def test_the_list_of_runs_reads_like_a_history(week):
    """Tags say which week a run was of, what was decided, and which version came of it."""
    published = launch(week)
    demand_fewer_alerts(week)
    refused = launch(week)

    with instance(week) as running:
        good, bad = (running.get_run_by_id(run.run_id).tags for run in (published, refused))
    assert (good["as_of"], good["verdict"]) == ("2025-06-29", "promote")
    assert good["version"] == week.settings.store().current().version
    assert (bad["verdict"], "version" in bad) == ("refuse", False)


def test_a_failure_says_what_kind_it_is_and_a_refusal_where_its_report_lies(refused):
    """A typo in the contract looks different from a refusal; both without a search."""
    week, _ = refused
    refusal = launch(week, ["published_artifact"])
    week.edit("min_recall = 0.90", "min_recal = 0.90")
    typo = launch(week, ["raw_transactions"])

    def known(result: dg.ExecuteInProcessResult) -> dict[str, object]:
        with instance(week) as running:
            (event,) = running.all_logs(result.run_id, dg.DagsterEventType.ASSET_OBSERVATION)
        metadata = event.asset_observation.metadata
        return {key: value.value for key, value in metadata.items()}

    assert known(typo) == {"kind": "faulty contract"}
    assert known(refusal)["kind"] == "refused"
    assert Path(known(refusal)["report"]).exists()


def test_the_week_stands_in_every_launchpad(made_week):
    """`as_of` is the one thing that a launch may set; its default is there to be seen."""
    field = made_week.definitions().resolve_job_def("weekly_retrain")

    defaults = field.run_config_schema.config_type.fields["ops"].default_value
    assert defaults["raw_transactions"]["config"] == {"as_of": "newest"}


def test_each_asset_bears_the_version_of_its_code(made_week):
    """Dagster shows which assets an edit has made outdated."""
    specs = made_week.definitions().resolve_all_asset_specs()

    versions = {spec.key.to_user_string(): spec.code_version for spec in specs}
    assert set(versions) == {*CHAIN, "decisions", "outcomes", "production_health"}
    assert all(versions.values())
    assert len(set(versions.values())) > 3


def test_assets_jobs_and_schedules_say_what_the_contract_says(week):
    """Its name and description everywhere, and where the payments come from at the first asset."""
    week.edit('name = "crypto_gateway"', 'name = "harbour"')
    week.edit('description = "Payments through a crypto gateway', 'description = "Harbour dues')
    defs = week.definitions()

    said = [spec.description for spec in defs.resolve_all_asset_specs()]
    said += [defs.resolve_job_def(name).description for name in ("weekly_retrain", "daily_health")]
    said += [
        defs.resolve_schedule_def(name).description for name in ("weekly_retrain", "daily_health")
    ]
    first = defs.resolve_asset_graph().get(dg.AssetKey("raw_transactions")).description
    assert all("Contract harbour: Harbour dues" in text for text in said)
    assert "Source: transactions" in first
    assert {owner for spec in defs.resolve_all_asset_specs() for owner in spec.owners} == {
        "team:payments-risk"
    }


def test_an_owner_that_dagster_does_not_take_hinders_nothing(week):
    """The house's own owner stands there; the report still names the contract's."""
    week.edit("team:payments-risk", "Payments Risk, 3rd floor")

    owners = [spec.owners for spec in week.definitions().resolve_all_asset_specs()]

    assert all(owners)


def test_run_config_reaches_the_week_and_no_setting(made_week):
    """Settings are a ConfigurableResource without a field that a launch could fill in."""
    defs = made_week.definitions()
    job = defs.resolve_job_def("weekly_retrain")

    assert isinstance(defs.resources["settings"], dg.ConfigurableResource)
    for field in ("contract_path", "models", "fixed"):
        bypass = {"resources": {"settings": {"config": {field: "elsewhere"}}}}
        with pytest.raises(dg.DagsterInvalidConfigError, match="unexpected config entry"):
            dg.validate_run_config(job, bypass)


@pytest.mark.parametrize(
    ("edit", "as_of", "opening", "tag"),
    [
        (("max_alert_rate = 0.75", "max_alert_rate = 0.75\nmax_quarantine_share = 0.0001"), None,
         "Data: The share of quarantined rows", ("stopped", "data")),
        (("min_recall = 0.90", "min_recal = 0.90"), None,
         "Faulty contract: ", ("stopped", "faulty contract")),
        (("format = 1", "format = 1"), "2026-01-05", "Stale data: ", ("stopped", "stale data")),
        (("judged_frauds = 120", "judged_frauds = 12000"), None,
         "Insufficient evidence", ("stopped", "insufficient evidence")),
    ],
)  # fmt: skip
def test_each_kind_of_stop_says_its_kind_and_shows_no_frames(week, edit, as_of, opening, tag):
    """On the step, on the run and in the list of runs; a check that blocks is no exception."""
    week.edit(*edit)

    result = launch(week, as_of=as_of)

    (step,) = [event for event in result.all_events if event.is_step_failure]
    (run,) = [event for event in result.all_events if event.is_run_failure]
    for error in (step.step_failure_data.error, run.job_failure_data.error):
        assert error.message.startswith(opening)
        assert (error.stack, error.cause) == ([], None)
    with instance(week) as running:
        assert tag in running.get_run_by_id(result.run_id).tags.items()


def test_a_refusal_is_a_sentence_and_no_stack_trace(refused):
    """What stops the run on purpose shows no frames, of the step and of the run alike."""
    week, _ = refused
    whole, alone = launch(week), launch(week, ["published_artifact"])
    week.edit("min_recall = 0.90", "min_recal = 0.90")
    typo = launch(week, ["raw_transactions"])

    for result, opening in (
        (whole, "Refused by rule alert_rate: "),
        (alone, "Refused by rule alert_rate: "),
        (typo, "Faulty contract: "),
    ):
        (step,) = [event for event in result.all_events if event.is_step_failure]
        (run,) = [event for event in result.all_events if event.is_run_failure]
        for error in (step.step_failure_data.error, run.job_failure_data.error):
            assert error.message.startswith(opening)
            assert (error.stack, error.cause) == ([], None)
        shown = step.step_failure_data.user_failure_data.metadata
        assert ("report" in shown) is ("evidence" in shown) is opening.startswith("Refused")
