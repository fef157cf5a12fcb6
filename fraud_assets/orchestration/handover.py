"""The IO manager: what a step hands to the next lies sealed in the instance's own storage.

It takes no run config, so that nobody who launches a run chooses the folder; and it keeps no
pickles, so that nothing in the folder is code. `fraud_assets.intermediates` does the work.
Concept: https://docs.dagster.io/guides/build/io-managers
"""

from pathlib import Path
from typing import Any

import dagster as dg

from fraud_assets.errors import EvidenceError
from fraud_assets.intermediates.cabinet import Cabinet
from fraud_assets.orchestration.failures import as_sentences
from fraud_assets.orchestration.instance.tries import earlier_tries
from fraud_assets.orchestration.settings import Settings

_NO_RUN = "outside-runs"


class Handover(dg.IOManager):
    """Puts each value under its contract, step and run, and gets it from there."""

    def __init__(self, root: Path, settings: Settings, runs: tuple[str, ...]) -> None:
        self._root, self._settings, self._runs = root, settings, runs

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Keep a step's value."""
        if obj is None:
            return
        made = getattr(obj, "made", None)
        week = "" if made is None else made.record.week
        with as_sentences():
            self._cabinet().put(_step(context), self._runs[0], week, obj)

    def load_input(self, context: dg.InputContext) -> Any:
        """The value of this run, of the run that it re-executes, or of the newest week."""
        upstream = context.upstream_output
        step = context.asset_key.path[-1] if context.has_asset_key else None
        if step is None and upstream is not None:
            step = _step(upstream)
        kind = context.dagster_type.typing_type
        with as_sentences():
            if step is None:
                raise EvidenceError("An input must come from a step; name an asset or an op.")
            return self._cabinet().get(step, self._runs, kind)

    def _cabinet(self) -> Cabinet:
        settings = self._settings
        return Cabinet(self._root, settings.contract().name, settings.store().keys)


def _step(context: dg.OutputContext) -> str:
    return context.asset_key.path[-1] if context.has_asset_key else f"{context.step_key}"


@dg.io_manager(config_schema={}, required_resource_keys={"settings"})
def handover(context: dg.InitResourceContext) -> Handover:
    """The IO manager of this run, in the instance's own storage."""
    instance = context.instance
    if instance is None:
        raise EvidenceError("Values are kept in a Dagster instance; run inside one.")
    run = context.run
    runs = [_NO_RUN] if run is None else [run.run_id, *earlier_tries(run, instance)]
    return Handover(
        Path(instance.storage_directory()) / "intermediates",
        context.resources.settings,
        tuple(runs),
    )
