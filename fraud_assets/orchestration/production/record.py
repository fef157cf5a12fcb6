"""What happens to published versions, as Dagster assets of the group `production`.

Belongs here: names, descriptions, wiring. Not here: anything that computes or decides.
Concept: https://docs.dagster.io/guides/build/assets
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from fraud_assets.data.labels import source_labels
from fraud_assets.decisions.checkpoints import read_checkpoints, sign_checkpoint, signed_heads
from fraud_assets.decisions.copies.aging import drop_from_parquet, drop_from_postgres
from fraud_assets.decisions.copies.parquet import copy_to_parquet
from fraud_assets.decisions.copies.postgres import copy_to_postgres, database_url, demand_database
from fraud_assets.decisions.once import counted_once
from fraud_assets.decisions.outcomes import known_labels, outcomes, unknown_payments
from fraud_assets.decisions.reading import read_decisions, read_labels
from fraud_assets.decisions.retention import drop_older, oldest_kept
from fraud_assets.decisions.segment import writer_folders
from fraud_assets.decisions.tables import count_outcomes, write_outcomes
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Decision, Label
from fraud_assets.errors import RecordError
from fraud_assets.orchestration.assets import OWNERS, WeekConfig, code_version_of
from fraud_assets.orchestration.failures import as_sentences
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.shown.words import SUMMARY
from fraud_assets.values.moment import micros_of

GROUP = "production"
NOTHING = "No decision is on record yet: the service keeps those of POST /decisions."


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"parquet", "postgres"},
    name="decisions",
    code_version=code_version_of("fraud_assets.decisions.verify"),
)
def decisions_on_record(settings: dg.ResourceParam[Settings]) -> dg.MaterializeResult[None]:
    """The record, verified and copied: Parquet by day, PostgreSQL where one is named."""
    with as_sentences():
        log = settings.decisions()
    if not writer_folders(log):
        return dg.MaterializeResult(metadata={SUMMARY: NOTHING})
    with as_sentences():
        keep = settings.contract().decisions.keep
        keys = settings.store().keys
        checkpoints = read_checkpoints(log, keys)
        found = verify_log(log, signed_heads(checkpoints))
        if found.difference:
            raise RecordError(found.difference)
        if can_sign := keys.private.exists():
            sign_checkpoint(log, keys)
        copied = copy_to_parquet(log, settings.copies())
        tables = None if database_url() is None else copy_to_postgres(log, demand_database())
        before = None if keep is None else oldest_kept(_now(), keep)
        dropped = 0 if before is None else drop_older(log, before)
        if before is not None:
            drop_from_parquet(settings.copies(), before)
            if database_url() is not None:
                drop_from_postgres(demand_database(), before)
    return dg.MaterializeResult(
        metadata={
            "decisions": found.decisions,
            "labels": found.labels,
            "missing_declared": found.missing,
            "copied_to_parquet": copied.decisions,
            "copied_to_postgres": "no database is named" if tables is None else tables.decisions,
            "segments_dropped": dropped,
            "checkpoint": "signed" if can_sign else f"not signed: no private key in {keys.folder}",
            "checkpoints": len(checkpoints),
            "folder": dg.MetadataValue.path(str(log)),
        }
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"parquet"},
    deps=[decisions_on_record],
    name="outcomes",
    code_version=code_version_of("fraud_assets.decisions.outcomes"),
)
def outcomes_known(
    config: WeekConfig, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult[None]:
    """Decisions joined with the labels known at `as_of`; "newest" is now."""
    with as_sentences():
        log = settings.decisions()
    if not writer_folders(log):
        return dg.MaterializeResult(metadata={SUMMARY: NOTHING})
    with as_sentences():
        at = _now() if config.asked is None else _instant(config.asked)
        once = counted_once(read_decisions(log))
        decisions = once.decisions
        labels = _labels(decisions, settings)
        found = list(outcomes(decisions, known_labels(labels, at), at))
        path = settings.copies() / "outcomes.parquet"
        write_outcomes(path, found)
        counts = count_outcomes(found)
        unknown = unknown_payments(decisions, labels)
    return dg.MaterializeResult(
        metadata={
            "as_of": datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="seconds"),
            "decisions": counts.decisions,
            "labelled": counts.labelled,
            "frauds": counts.frauds,
            "flagged": counts.flagged,
            "frauds_flagged": counts.caught,
            "released": counts.released,
            "set_aside_as_repeated": len(once.aside),
            "ids_with_other_content": ", ".join(once.reused[:20]) or "none",
            "labels_without_decision": len(unknown),
            "table": dg.MetadataValue.path(str(path)),
        }
    )


def _labels(decisions: Sequence[Decision], settings: Settings) -> list[Label]:
    """What was posted, and what the contract's own files say of payments that were decided."""
    contract, posted = settings.contract(), read_labels(settings.decisions())
    return [*source_labels(contract, {one.payment_id for one in decisions}), *posted]


def _now() -> int:
    return time.time_ns() // 1000


def _instant(text: str) -> int:
    try:
        return micros_of(text)
    except ValueError as error:
        raise RecordError(f"as_of {error}.") from error
