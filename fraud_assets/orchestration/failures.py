"""Turns what the domain raises on purpose into a stop of the run that says its reason.

What the run's page shows is a sentence, what kind of stop it is (a refusal, a faulty contract,
bad data, ...), and where a refusal's report lies; a decision is not a crash, so there is no stack
trace.
Concept: https://docs.dagster.io/guides/build/ops/op-retries
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.errors import DagsterUserCodeProcessError
from dagster_shared.error import SerializableErrorInfo

from fraud_assets.errors import (
    ContractError,
    DataError,
    EvidenceError,
    FraudAssetsError,
    InsufficientEvidenceError,
    PlaceError,
    RefusedError,
    StoreError,
)
from fraud_assets.notices import notify

KINDS: tuple[tuple[type[FraudAssetsError], str], ...] = (
    (ContractError, "faulty contract"),
    (RefusedError, "refused"),
    (InsufficientEvidenceError, "insufficient evidence"),
    (DataError, "data"),
    (EvidenceError, "outdated step"),
    (StoreError, "store"),
    (PlaceError, "machine"),
    (FraudAssetsError, "failure"),
)
"""What a failure is called, the more specific class first."""


class Stopped(DagsterUserCodeProcessError):  # noqa: N818 - a decision, not an error
    """Ends a step, and with it the run, in a sentence without a stack trace.

    Whatever else a step raises Dagster wraps, and shows its own frames on the run's page. Of
    this error it shows what the error brings: the sentence, after the kind of stop where the
    sentence does not begin with it, and no frames.
    """

    def __init__(self, sentence: str, kind: str = "refused") -> None:
        is_said = sentence.lower().startswith(kind)
        message = sentence if is_said else f"{kind.capitalize()}: {sentence}"
        shown = SerializableErrorInfo(f"{message}\n", stack=[], cls_name=type(self).__name__)
        super().__init__(  # type: ignore[no-untyped-call]  # Dagster's own says no types
            message, user_code_process_error_infos=[shown]
        )


def stopped(sentence: str, kind: str = "refused", report: str | None = None) -> Stopped:
    """What ends the run, after the webhook was told of it."""
    made = Stopped(sentence, kind)
    details = {"kind": kind} | ({"report": report} if report else {})
    if failed := notify("stopped", str(made), details):
        dg.get_dagster_logger().warning(failed)
    return made


@dg.run_failure_sensor(
    name="tell_failures",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A run that crashed or lost its worker is posted to FRAUD_ASSETS_WEBHOOK.",
)
def tell_failures(context: dg.RunFailureSensorContext) -> None:
    """Runs that stopped in a sentence have told it themselves."""
    steps = context.get_step_failure_events()
    errors = [event.step_failure_data.error for event in steps]
    if any(error is not None and error.cls_name == Stopped.__name__ for error in errors):
        return
    run = context.dagster_run
    text = f"Run {run.run_id[:8]} of {run.job_name} failed: {context.failure_event.message}"
    if failed := notify("failed", text, {"run_id": run.run_id, "job": run.job_name}):
        context.log.warning(failed)


@contextmanager
def as_sentences() -> Iterator[None]:
    """Stop the run with a domain error's sentence; its kind and its report become an event."""
    try:
        yield
    except FraudAssetsError as error:
        _observe(error)
        report = error.report if isinstance(error, RefusedError) else None
        raise stopped(str(error), _kind(error), report) from None


def report_links(report: str) -> dict[str, dg.MetadataValue]:
    """Where the evidence is: the report's file, and the asset that shows it in this UI."""
    return {
        "report": dg.MetadataValue.path(report),
        "evidence": dg.MetadataValue.asset(dg.AssetKey("evaluation_report")),
    }


def _observe(error: FraudAssetsError) -> None:
    """Put kind and links beside the failure, on the asset that was being made."""
    try:
        context = dg.AssetExecutionContext.get()
        key = context.asset_key
    except dg.DagsterError:
        return  # an op or an IO manager has no asset to speak of
    report = error.report if isinstance(error, RefusedError) else None
    metadata = {
        "kind": dg.MetadataValue.text(_kind(error)),
        **(report_links(report) if report else {}),
    }
    observed = dg.AssetObservation(key, description=str(error), metadata=metadata)
    # `log_event` keeps its events until the step returns, and this one will not.
    dg.DagsterEvent.asset_observation(context.get_step_execution_context(), observed)


def _kind(error: FraudAssetsError) -> str:
    return next(name for cls, name in KINDS if isinstance(error, cls))
