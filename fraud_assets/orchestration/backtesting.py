"""The job `backtest`: the weekly run over history, the same functions as `fraud-assets backtest`.

It publishes nothing and touches no store; launched again, it goes on where it was interrupted.
Concept: https://docs.dagster.io/guides/build/ops
"""

from pathlib import Path

import dagster as dg

from fraud_assets.backtest.run import SEARCH_EVERY, Options, backtest
from fraud_assets.backtest.tables import backtest_sentences
from fraud_assets.documents.backtest.whole import Backtest
from fraud_assets.orchestration.failures import as_sentences
from fraud_assets.orchestration.naming import chain_name, said_by
from fraud_assets.orchestration.settings import Settings


class BacktestOptions(dg.Config):
    """How far back, how often to search, and the folder of the result.

    `weeks` is the number of newest Mondays; left out, all that history allows.
    """

    weeks: int | None = None
    search_every: int = SEARCH_EVERY
    out: str = "backtest"


@dg.op
def walk_history(
    context: dg.OpExecutionContext, config: BacktestOptions, settings: dg.ResourceParam[Settings]
) -> Backtest:
    """What the weekly run would have promised and done, as in backtest.json."""
    out = Path(config.out).resolve()
    with as_sentences(), settings.executor() as workers:
        options = Options(config.weeks, config.search_every, workers)
        result = backtest(settings.contract(), out, options, context.log.info)
    context.add_output_metadata(
        {
            "summary": dg.MetadataValue.md(
                "\n".join(f"- {line}" for line in backtest_sentences(result))
            ),
            "page": dg.MetadataValue.path(str(out / "backtest.html")),
            "weeks": len(result.weeks),
        }
    )
    return result


def backtest_of(settings: Settings, chain: str | None = None) -> dg.JobDefinition:
    """The job of one op; the weeks inside it run in parallel and resume by themselves."""

    @dg.job(
        name=chain_name("backtest", chain),
        executor_def=dg.in_process_executor,
        description="The weekly run over history: promise against outcome; publishes nothing."
        + said_by(settings),
    )
    def job() -> None:
        walk_history()

    return job
