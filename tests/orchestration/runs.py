"""Launches the chain the ways people launch it, and looks at what the store holds afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from tests.weeks import Week

BIN = Path(sys.executable).parent


def snapshot(week: Week) -> dict[str, bytes]:
    """Every visible file of the store by name, but for the refused candidates."""
    root = week.folder / "models"
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
        and not file.relative_to(root).parts[0].startswith(".")
        and file.relative_to(root).parts[0] != "refused"
    }


def instance(week: Week) -> dg.DagsterInstance:
    """A Dagster instance that keeps its runs and values beside the week."""
    home = week.folder / "home"
    home.mkdir(exist_ok=True)
    return dg.DagsterInstance.local_temp(str(home))


def launch(
    week: Week,
    selection: Sequence[str] | dg.AssetSelection | None = None,
    definitions: dg.Definitions | None = None,
    as_of: str | None = None,
) -> dg.ExecuteInProcessResult:
    """Run a selection of the chain in process; a failure is a result, not an exception."""
    chosen = dg.AssetSelection.groups("weekly_model") if selection is None else selection
    job = dg.define_asset_job("launched", selection=chosen)
    defs = definitions or week.definitions()
    merged = dg.Definitions.merge(defs, dg.Definitions(jobs=[job]))
    config = {"ops": {"raw_transactions": {"config": {"as_of": as_of}}}} if as_of else None
    with instance(week) as running:
        return merged.resolve_job_def("launched").execute_in_process(
            instance=running, run_config=config, raise_on_error=False
        )


def failure(result: dg.ExecuteInProcessResult) -> str:
    """Why the failed steps failed, or nothing."""
    events = [event for event in result.all_events if event.is_step_failure]
    return " ".join(event.step_failure_data.error.to_string() for event in events)


def command(
    week: Week, *words: str, home: Path | None = None, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """A real `dagster` or `fraud-assets` process in the week's folder.

    `home` is its DAGSTER_HOME, which `schedule preview` and `dagster-graphql` do not go without.
    """
    environment = {key: value for key, value in os.environ.items() if key != "DAGSTER_HOME"}
    environment |= week.environment | {"DAGSTER_DISABLE_TELEMETRY": "true"}
    environment |= {"DAGSTER_HOME": str(home)} if home else {}
    return subprocess.run(
        [str(BIN / words[0]), *words[1:]],
        cwd=week.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
