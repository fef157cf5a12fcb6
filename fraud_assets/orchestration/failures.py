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


@contextmanager
def as_sentences() -> Iterator[None]:
    """Stop the run with a domain error's sentence; its kind and its report become an event."""
    try:
        yield
    except FraudAssetsError as error:
        _observe(error)
        raise Stopped(str(error), _kind(error)) from None


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
    except dg.DagsterInvariantViolationError:
        return  # an op or an IO manager has no asset to speak of
    report = error.report if isinstance(error, RefusedError) else None
    metadata = {
        "kind": dg.MetadataValue.text(_kind(error)),
        **(report_links(report) if report else {}),
    }
    observed = dg.AssetObservation(context.asset_key, description=str(error), metadata=metadata)
    # `log_event` keeps its events until the step returns, and this one will not.
    dg.DagsterEvent.asset_observation(context.get_step_execution_context(), observed)


def _kind(error: FraudAssetsError) -> str:
    return next(name for cls, name in KINDS if isinstance(error, cls))
