"""Turns what the domain raises on purpose into a stop of the run that says its reason.

What the run's page shows is a sentence, what kind of stop it is (a refusal, a faulty contract,
bad data, ...), and where a refusal's report lies; a decision is not a crash, so there is no stack
trace.
Concept: https://docs.dagster.io/guides/build/ops/op-retries
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import dagster as dg
from dagster._core.errors import DagsterUserCodeProcessError
from dagster._core.storage.tags import MAX_RETRIES_TAG, WILL_RETRY_TAG
from dagster_shared.error import SerializableErrorInfo

from fraud_assets.errors import (
    ContractError,
    DataError,
    EvidenceError,
    FraudAssetsError,
    InsufficientEvidenceError,
    PlaceError,
    RefusedError,
    StaleDataError,
    StoreError,
)
from fraud_assets.notices import notify

EventMetadata = dict[str, dg.MetadataValue]

KINDS: tuple[tuple[type[FraudAssetsError], str], ...] = (
    (ContractError, "faulty contract"),
    (RefusedError, "refused"),
    (InsufficientEvidenceError, "insufficient evidence"),
    (StaleDataError, "stale data"),
    (DataError, "data"),
    (EvidenceError, "outdated step"),
    (StoreError, "store"),
    (PlaceError, "machine"),
    (FraudAssetsError, "failure"),
)
"""What a failure is called, the more specific class first."""


_PASSING = ("store", "machine")
"""Kinds of stop that another try may not meet; after any other one no retry would help."""


class Stopped(DagsterUserCodeProcessError, dg.Failure):  # noqa: N818 - a decision, not an error
    """Ends a step, and with it the run, in a sentence without a stack trace.

    Whatever else a step raises Dagster wraps, and shows its own frames on the run's page. Of
    this error it shows what the error brings: the sentence, after the kind of stop where the
    sentence does not begin with it, no frames, and below it the metadata, as of any `Failure`.
    """

    def __init__(
        self, sentence: str, kind: str = "refused", metadata: EventMetadata | None = None
    ) -> None:
        is_said = sentence.lower().startswith(kind)
        message = sentence if is_said else f"{kind}: {sentence}"
        message = message[:1].upper() + message[1:]
        shown = SerializableErrorInfo(f"{message}\n", stack=[], cls_name=type(self).__name__)
        super().__init__(  # type: ignore[no-untyped-call]  # Dagster's own says no types
            message, user_code_process_error_infos=[shown]
        )
        self.metadata = {"kind": dg.MetadataValue.text(kind), **(metadata or {})}
        self.allow_retries = False


def stopped(
    sentence: str, kind: str = "refused", report: str | None = None, chain: Sequence[str] = ()
) -> Stopped:
    """What ends the run, after the webhook was told of it; `chain` as in `report_links`."""
    made = Stopped(sentence, kind, report_links(report, chain) if report else None)
    _tag_run(kind)
    details = {"kind": kind} | ({"report": report} if report else {})
    if failed := notify("stopped", str(made), details):
        dg.get_dagster_logger().warning(failed)
    return made


def _tag_run(kind: str) -> None:
    """Say in the list of runs why this one stopped."""
    for context_of in (dg.AssetExecutionContext, dg.AssetCheckExecutionContext):
        with suppress(dg.DagsterError):
            context = context_of.get()
            tags = {"verdict": "refuse"} if kind == "refused" else {"stopped": kind}
            if kind not in _PASSING:
                tags[MAX_RETRIES_TAG] = "0"
            context.instance.add_run_tags(context.run.run_id, tags)


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
    if run.tags.get(WILL_RETRY_TAG) == "true":
        text += " It is run again by itself."
    if failed := notify("failed", text, {"run_id": run.run_id, "job": run.job_name}):
        context.log.warning(failed)


@contextmanager
def as_sentences() -> Iterator[None]:
    """Stop the run with a domain error's sentence; its kind and its report become an event."""
    try:
        yield
    except FraudAssetsError as error:
        report = error.report if isinstance(error, RefusedError) else None
        key = _asset_being_made()
        made = stopped(str(error), _kind(error), report, key.path[:-1] if key else ())
        if key is not None:
            _observe(key, made)
        raise made from None


def report_links(report: str, chain: Sequence[str] = ()) -> EventMetadata:
    """Where the evidence is: the report's file, and the asset that shows it in this UI.

    `chain` is the prefix of the asset's key, where there are several chains.
    """
    return {
        "report": dg.MetadataValue.path(report),
        "evidence": dg.MetadataValue.asset(dg.AssetKey([*chain, "evaluation_report"])),
    }


def _asset_being_made() -> dg.AssetKey | None:
    """None in an op, an asset check or an IO manager, which have no asset to speak of."""
    try:
        return dg.AssetExecutionContext.get().asset_key
    except dg.DagsterError:
        return None


def _observe(key: dg.AssetKey, made: Stopped) -> None:
    """Put kind and links beside the failure, on the asset that was being made."""
    context = dg.AssetExecutionContext.get().get_step_execution_context()
    observed = dg.AssetObservation(key, description=str(made), metadata=made.metadata)
    # `log_event` keeps its events until the step returns, and this one will not.
    dg.DagsterEvent.asset_observation(context, observed)


def _kind(error: FraudAssetsError) -> str:
    return next(name for cls, name in KINDS if isinstance(error, cls))
