"""The chain as Dagster assets: each body is one call plus its metadata.

Belongs here: names, descriptions, wiring. Not here: anything that computes, decides or draws.
Concept: https://docs.dagster.io/guides/build/assets
"""

from datetime import timedelta

import dagster as dg

from fraud_assets.chain import evidence, steps
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.provenance.code import code_digest
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.modelling.search.candidates import Leaderboard
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.orchestration.failures import as_sentences
from fraud_assets.orchestration.instance.tries import earlier_tries
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.shown import metadata, words
from fraud_assets.preflight import demand_workable
from fraud_assets.release.judgement import Judgement
from fraud_assets.store.texts import default_actor

GROUP = "weekly_model"
OWNERS = ["team:fraud"]
NEWEST = "newest"
_SCHEDULE, _RETRY = "dagster/schedule_name", "dagster/retry_number"
"""Tags of the runs that a schedule launched, and that Dagster retries by itself."""
STALE = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(days=9), warn_window=timedelta(days=7, hours=12)
)
"""A week without a new model is late on Tuesday, and overdue on Wednesday."""


def code_version_of(module: str) -> str:
    """The code version of an asset: of everything that its step runs, from its module on."""
    return code_digest(module)[:12]


def tag_run(context: dg.AssetExecutionContext, **tags: str) -> None:
    """Say in the list of runs what this run is about."""
    context.instance.add_run_tags(context.run.run_id, tags)


def moved_by(run: dg.DagsterRun) -> str:
    """Who moves production: the schedule that launched the run, else who runs this process.

    A person's re-execution of a scheduled run inherits its tags, and is the person's.
    """
    is_again = run.parent_run_id is not None and _RETRY not in run.tags
    return (None if is_again else run.tags.get(_SCHEDULE)) or default_actor()


class WeekConfig(dg.Config):
    """The week to run: `as_of` is an ISO date (that day's beginning, UTC) or time.

    "newest" is the newest plausible event time in the data.
    """

    as_of: str | None = NEWEST

    @property
    def asked(self) -> str | None:
        """The week by its date, None for the newest."""
        return None if self.as_of == NEWEST else self.as_of


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"pandas", "parquet"},
    code_version=code_version_of(evidence.RAW.module),
)
def raw_transactions(
    context: dg.AssetExecutionContext, config: WeekConfig, settings: dg.ResourceParam[Settings]
) -> dg.Output[RawTransactions]:
    """Every transaction the contract names, typed; rows that break a rule kept in quarantine."""
    with as_sentences():
        contract = settings.contract()
        demand_workable(settings.place())
        settings.store().demand_ready(contract.name)
        raw = steps.raw_transactions(contract, config.asked)
    tag_run(context, as_of=str(raw.as_of)[:10] if raw.as_of is not None else "no time")
    context.log.info("Read %s rows, quarantined %s.", f"{raw.read:,}", f"{len(raw.quarantine):,}")
    return dg.Output(
        raw, metadata=words.headed(words.summary_of_raw(raw), metadata.of_raw(raw, contract))
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"pandas"},
    code_version=code_version_of(evidence.CLEANED.module),
)
def cleaned_features(
    raw_transactions: RawTransactions, settings: dg.ResourceParam[Settings]
) -> dg.Output[CleanedFeatures]:
    """Point-in-time features of the fitted, threshold and judged windows."""
    with as_sentences():
        contract = settings.contract()
        cleaned = steps.cleaned_features(raw_transactions, contract, opening=settings.executor)
    shown = metadata.of_cleaned(cleaned, contract)
    return dg.Output(cleaned, metadata=words.headed(words.summary_of_cleaned(cleaned), shown))


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"scikitlearn"},
    code_version=code_version_of(evidence.CANDIDATES.module),
)
def candidate_models(
    context: dg.AssetExecutionContext,
    cleaned_features: CleanedFeatures,
    settings: dg.ResourceParam[Settings],
) -> dg.Output[Leaderboard]:
    """The contract's model families compared in time-ordered folds by ROC-AUC and one-row p95."""
    with as_sentences(), settings.executor() as workers:
        leaderboard = steps.candidate_models(
            cleaned_features,
            settings.contract(),
            workers=workers,
            progress=context.log.info,
        )
    choice = dg.AssetKey([*context.asset_key.path[:-1], "tuned_pipeline"])
    return dg.Output(
        leaderboard,
        metadata=words.headed(
            words.summary_of_leaderboard(leaderboard), metadata.of_leaderboard(leaderboard, choice)
        ),
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"scikitlearn"},
    code_version=code_version_of(evidence.TUNED.module),
)
def tuned_pipeline(
    context: dg.AssetExecutionContext,
    cleaned_features: CleanedFeatures,
    candidate_models: Leaderboard,
    settings: dg.ResourceParam[Settings],
) -> dg.Output[TunedPipeline]:
    """The winner after its grid search, with its threshold frozen on rows it never saw."""
    with as_sentences(), settings.executor() as workers:
        tuned = steps.tuned_pipeline(
            cleaned_features,
            candidate_models,
            settings.contract(),
            workers=workers,
            progress=context.log.info,
        )
    return dg.Output(
        tuned, metadata=words.headed(words.summary_of_tuned(tuned), metadata.of_tuned(tuned))
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"scikitlearn"},
    code_version=code_version_of(evidence.REPORT.module),
)
def evaluation_report(
    context: dg.AssetExecutionContext,
    cleaned_features: CleanedFeatures,
    tuned_pipeline: TunedPipeline,
    settings: dg.ResourceParam[Settings],
) -> dg.Output[Judgement]:
    """The evidence on the judged rows, the champion beside it, and the verdict."""
    with as_sentences():
        judgement = steps.evaluation_report(
            settings.case(cleaned_features, tuned_pipeline),
            run_id=context.run.run_id,
            workers=settings.processes(),
            progress=context.log.info,
        )
    tag_run(context, verdict=judgement.verdict.decision)
    say = context.log.info if judgement.refused is None else context.log.error
    say(judgement.sentence)
    return dg.Output(
        judgement,
        metadata=words.headed(
            words.summary_of_judgement(judgement), metadata.of_judgement(judgement)
        ),
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"scikitlearn"},
    pool="promotion",
    freshness_policy=STALE,
    code_version=code_version_of("fraud_assets.release.publish"),
)
def published_artifact(
    context: dg.AssetExecutionContext,
    cleaned_features: CleanedFeatures,
    tuned_pipeline: TunedPipeline,
    evaluation_report: Judgement,
    settings: dg.ResourceParam[Settings],
) -> dg.Output[str]:
    """The signed version that serves from now on; only a proven candidate gets here."""
    with as_sentences():
        case = settings.case(cleaned_features, tuned_pipeline)
        published = steps.published_artifact(
            case,
            evaluation_report,
            actor=moved_by(context.run),
            run_id=context.run.run_id,
            tries=earlier_tries(context.run, context.instance),
            workers=settings.processes(),
            progress=context.log.info,
            log=settings.decisions(),
        )
    tag_run(context, version=published.version)
    context.log.info(published.sentence)
    return dg.Output(
        published.version,
        metadata=words.headed(
            words.summary_of_published(published), metadata.of_published(published)
        ),
    )
