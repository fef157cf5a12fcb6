from __future__ import annotations

from dataclasses import replace

import dagster as dg

from fraud_assets.documents.backtest.whole import read_backtest
from fraud_assets.orchestration.definitions import build_definitions


def run(small, out, **config):
    settings = replace(small.settings, workers=1)
    job = build_definitions(settings).resolve_job_def("backtest")
    asked = {"weeks": 6, "search_every": 3, "out": str(out)} | config
    return job.execute_in_process(
        run_config={"ops": {"walk_history": {"config": asked}}}, raise_on_error=False
    )


def test_the_job_gives_what_the_command_gives(small, finished):
    """The same functions over the same folder: the same result, told in the UI's metadata."""
    result = run(small, finished.out)

    assert result.success
    told = result.output_for_node("walk_history")
    assert told == read_backtest((finished.out / "backtest.json").read_bytes())
    (event,) = [event for event in result.all_events if event.is_successful_output]
    metadata = event.step_output_data.metadata
    assert metadata["weeks"] == dg.MetadataValue.int(6)
    assert "Production" in str(metadata["summary"].value)


def test_the_job_fails_in_one_sentence(small, tmp_path):
    """A folder that cannot be written is the failure's description; nothing is retried."""
    (tmp_path / "file").write_text("")

    result = run(small, tmp_path / "file")

    failures = [event for event in result.all_events if event.is_step_failure]
    assert not result.success
    assert "Cannot write" in failures[0].step_failure_data.error.to_string()
