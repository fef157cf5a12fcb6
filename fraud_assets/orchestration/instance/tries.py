"""Which earlier runs a run repeats, by itself or because a person said so.

Concept: https://docs.dagster.io/guides/deploy/execution/run-retries
"""

from __future__ import annotations

import dagster as dg

_MOST = 20


def earlier_tries(run: dg.DagsterRun, instance: dg.DagsterInstance) -> list[str]:
    """The ids of the runs that this one re-executes, the last one first; at most twenty."""
    found: list[str] = []
    now: dg.DagsterRun | None = run
    while now is not None and now.parent_run_id is not None and len(found) < _MOST:
        found.append(now.parent_run_id)
        now = instance.get_run_by_id(now.parent_run_id)
    return found
