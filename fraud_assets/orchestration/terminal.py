"""The chain in this process, with a watcher that hears how it goes; Dagster's log goes to a file.

Belongs here: launching, and turning Dagster's events into a few calls. Not here: what a terminal
looks like.
Concept: https://docs.dagster.io/guides/log-debug/logging/custom-logging
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster_shared.error import SerializableErrorInfo

from fraud_assets.errors import UsageError
from fraud_assets.orchestration.definitions import build_definitions
from fraud_assets.orchestration.failures import Stopped
from fraud_assets.orchestration.instance.held import holding_sqlite
from fraud_assets.orchestration.naming import chain_name
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.several import repository_of
from fraud_assets.orchestration.shown.words import SUMMARY
from fraud_assets.orchestration.weekly import NAME, run_config

_UNCAPTURED = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}


class Watcher(Protocol):
    """Hears what happens, in order; called on the run's own thread."""

    def started(self, step: str) -> None:
        """A step begins."""

    def progress(self, sentence: str) -> None:
        """What the running step says of itself."""

    def finished(self, step: str, summary: str) -> None:
        """A step has made its value."""

    def failed(self, sentence: str, report: str | None) -> None:
        """The running step, or a check of it, stops the run; where its report lies, if anywhere."""

    def interrupted(self) -> None:
        """Somebody stops the run; the running step leaves nothing half done."""


@dataclass(frozen=True)
class RunResult:
    """Whether everything succeeded, and where Dagster's own log lies, if it was kept."""

    succeeded: bool
    log: Path | None


def run_week(
    watcher: Watcher,
    as_of: str | None = None,
    settings: Settings | None = None,
    chain: str | None = None,
) -> RunResult:
    """Run a whole chain once, as the schedule would, recorded in the instance.

    `chain` is the name of one chain among several; `settings` are its own.
    """
    with _home() as home, holding_sqlite(), _instance(home.folder) as instance:
        folder = Path(instance.storage_directory()).parent / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix="run-", suffix=".log")
        os.close(descriptor)
        logger = _logger(watcher, Path(name))
        if chain is None or settings is None:
            launched = build_definitions(settings, logger).resolve_job_def(NAME)
        else:
            launched = repository_of(chain, settings, logger).get_job(chain_name(NAME, chain))
        config = {"loggers": {"terminal": {}}} | (run_config(as_of, chain) if as_of else {})
        try:
            result = launched.execute_in_process(
                instance=instance, run_config=config, raise_on_error=False
            )
        except DagsterExecutionInterruptedError:  # between two steps
            watcher.interrupted()
            return RunResult(False, None)
        needless = result.success or any(map(_is_interrupted, result.all_events))
        return RunResult(result.success, home.log_of(Path(name), is_needless=needless))


@dataclass(frozen=True)
class _Home:
    """Where Dagster keeps the run; `is_kept` is False where nothing stays of it."""

    folder: Path
    is_kept: bool

    def log_of(self, log: Path, *, is_needless: bool) -> Path | None:
        """The log's lasting place; where its home goes, the folder the run began in, or none."""
        if self.is_kept:
            return log
        if is_needless:
            return None
        try:
            return Path(shutil.copy(log, Path.cwd() / f"fraud-assets-{log.name}"))
        except OSError:
            return None


@contextmanager
def _home() -> Iterator[_Home]:
    """As `dagster asset materialize` finds it: DAGSTER_HOME, a dagster.yaml here, or none kept.

    The last is a temporary folder, gone when the run ends, however it ends.
    """
    named, here = os.environ.get("DAGSTER_HOME"), Path.cwd()
    if named and not (Path(named).is_absolute() and Path(named).is_dir()):
        raise UsageError(
            f"DAGSTER_HOME must be the absolute path of a folder that exists, got {named!r}; "
            "make the folder, or unset the variable."
        )
    if named or (here / "dagster.yaml").is_file():
        yield _Home(Path(named) if named else here, is_kept=True)
        return
    with tempfile.TemporaryDirectory(prefix="dagster-", ignore_cleanup_errors=True) as folder:
        yield _Home(Path(folder), is_kept=False)


def _instance(home: Path) -> dg.DagsterInstance:
    """An instance in that folder.

    What steps print is not captured: it would go through processes of Dagster's own, which answer
    a Ctrl-C with stack traces.
    """
    return dg.DagsterInstance.local_temp(str(home), overrides={"compute_logs": _UNCAPTURED})


def _logger(watcher: Watcher, file: Path) -> dg.LoggerDefinition:
    @dg.logger(config_schema={})
    def terminal(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("fraud_assets.terminal", logging.DEBUG)
        written = logging.FileHandler(file, encoding="utf-8")
        written.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(written)
        logger.addHandler(_Listener(watcher))
        return logger

    return terminal


class _Listener(logging.Handler):
    """Passes on what a person wants to know."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__()
        self._watcher = watcher
        self._report: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Hear one of Dagster's records."""
        known = getattr(record, "dagster_meta", {})
        event: dg.DagsterEvent | None = known.get("dagster_event")
        if event is None:
            if record.levelno == logging.INFO:
                self._watcher.progress(str(known.get("orig_message")))
        elif event.event_type == dg.DagsterEventType.STEP_START:
            self._watcher.started(str(event.step_key))
        elif event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            summary = event.step_materialization_data.materialization.metadata.get(SUMMARY)
            self._watcher.finished(str(event.step_key), str(summary.value) if summary else "")
        elif event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            self._check(event)
        elif event.event_type == dg.DagsterEventType.ASSET_OBSERVATION:
            observed = event.asset_observation_data.asset_observation
            self._report = _report(observed.metadata)
        elif event.event_type == dg.DagsterEventType.STEP_FAILURE:
            self._failure(event)

    def _failure(self, event: dg.DagsterEvent) -> None:
        error = _origin(event)
        if _is_interrupted(event):
            self._watcher.interrupted()
        elif error is not None and error.cls_name == Stopped.__name__:
            self._watcher.failed(error.message.strip(), self._report)
        elif error is not None:
            self._watcher.failed(error.message.strip(), None)

    def _check(self, event: dg.DagsterEvent) -> None:
        found = event.asset_check_evaluation_data
        if not found.passed and found.blocking:
            self._watcher.failed(str(found.description), _report(found.metadata))


def _origin(event: dg.DagsterEvent) -> SerializableErrorInfo | None:
    """The error that a step's failure began with."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error


def _is_interrupted(event: dg.DagsterEvent) -> bool:
    if event.event_type != dg.DagsterEventType.STEP_FAILURE:
        return False
    error = _origin(event)
    return error is not None and error.cls_name == DagsterExecutionInterruptedError.__name__


def _report(metadata: Mapping[str, dg.MetadataValue]) -> str | None:
    report = metadata.get("report")
    return None if report is None else str(report.value)
