"""A run that is tried again publishes nothing twice, and only what may help is tried again."""

import dagster as dg
import pytest
from dagster._core.storage.tags import MAX_RETRIES_TAG, WILL_RETRY_TAG
from dagster._core.test_utils import create_run_for_test

from fraud_assets.errors import FraudAssetsError, RefusedError, StoreError
from fraud_assets.orchestration.failures import as_sentences, tell_failures
from fraud_assets.orchestration.instance.tries import earlier_tries
from fraud_assets.release.case import Case
from fraud_assets.release.judgement import judge_candidate
from fraud_assets.release.publish import publish
from tests.weeks import Week, small_parts


@pytest.mark.slow
def test_a_try_finds_what_an_earlier_one_published_before_it_was_killed(week: Week) -> None:
    """The same bytes serve, of a run that this one repeats: told, and not published again."""
    parts, store = small_parts(), week.settings.store()
    case = Case(week.settings.contract(), parts.cleaned, parts.tuned, store)
    judgement = judge_candidate(case, run_id="first")
    first = publish(case, judgement, actor="test", run_id="first")

    again = publish(case, judgement, actor="test", run_id="second", tries=["first"])
    assert (again.version, again.move) == (first.version, first.move)
    assert again.sentence.startswith("An earlier try of this run had published ")
    assert len(store.history()) == 1

    another = publish(case, judgement, actor="test", run_id="third", tries=["unknown"])
    assert another.version != first.version
    assert len(store.history()) == 2


def test_the_tries_of_a_run_are_the_runs_that_it_repeats() -> None:
    """The last one first; one that was deleted meanwhile ends the row."""
    with dg.DagsterInstance.ephemeral() as instance:
        first = create_run_for_test(instance, "work")
        second = create_run_for_test(
            instance, "work", parent_run_id=first.run_id, root_run_id=first.run_id
        )
        third = create_run_for_test(
            instance, "work", parent_run_id=second.run_id, root_run_id=first.run_id
        )

        assert earlier_tries(third, instance) == [second.run_id, first.run_id]
        assert earlier_tries(first, instance) == []


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (RefusedError("Recall must be at least 0.9."), "0"),
        (FraudAssetsError("Something else."), "0"),
        (StoreError("The store does not answer."), None),
    ],
)
def test_a_decision_is_not_tried_again(error: FraudAssetsError, tries: str | None) -> None:
    """Another try would decide the same; a store may answer by then."""

    @dg.asset
    def decided() -> None:
        with as_sentences():
            raise error

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([decided], instance=instance, raise_on_error=False)
        run = instance.get_run_by_id(result.run_id)

    assert run is not None
    assert run.tags.get(MAX_RETRIES_TAG) == tries


def test_a_failure_that_is_tried_again_says_so(told: list[dict[str, str]]) -> None:
    """To whoever reads the webhook's notice."""

    @dg.op
    def crash() -> None:
        raise ValueError("a mistake")

    @dg.job(tags={WILL_RETRY_TAG: "true"})
    def work() -> None:
        crash()

    with dg.DagsterInstance.ephemeral() as instance:
        result = work.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            "tell_failures", result.get_run_failure_event(), instance, result.dagster_run
        )
        tell_failures(context.for_run_failure())

    (notice,) = told
    assert notice["text"].endswith("It is run again by itself.")
