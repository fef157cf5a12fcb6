"""`production_health`: each day, whether the promise of what serves still holds.

An alarm fails the asset's check, tells the webhook, moves production back where the contract says
so, and requests a retraining at once.
Concept: https://docs.dagster.io/guides/automate/sensors
"""

from pathlib import Path

import dagster as dg

from fraud_assets.decisions.segment import writer_folders
from fraud_assets.documents.production import WaitingVersion
from fraud_assets.notices import notify
from fraud_assets.orchestration.assets import OWNERS, code_version_of
from fraud_assets.orchestration.failures import as_sentences
from fraud_assets.orchestration.production.record import GROUP, NOTHING, outcomes_known
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.shown.words import SUMMARY
from fraud_assets.watch.once import Look, look, write_page
from fraud_assets.watch.react import go_back
from fraud_assets.watch.shadow.waiting import settle_waiting

CHECK = "promise_holds"
ALARM = "alarm"
"""Key of the metadata that names the version called bad, "" without an alarm."""


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"html"},
    code_version=code_version_of("fraud_assets.watch.once"),
    deps=[outcomes_known],
    check_specs=[
        dg.AssetCheckSpec(
            CHECK,
            asset="production_health",
            description="The evidence against recall and precision stays under its limit.",
        )
    ],
)
def production_health(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult:  # type: ignore[type-arg] # Dagster reads it, and knows no other form
    """Promise and outcome of each version that served, and the evidence of the alarm."""
    with as_sentences():
        log = settings.decisions()
    if not writer_folders(log):
        quiet = dg.AssetCheckResult(passed=True, check_name=CHECK, description=NOTHING)
        return dg.MaterializeResult(metadata={SUMMARY: NOTHING}, check_results=[quiet])
    with as_sentences():
        contract, store = settings.contract(), settings.store()
        found = look(contract, store, log)
        page = settings.page()
        write_page(page, found.document, found.moves)
        done = settle_waiting(found.document, store)
        if done:
            context.log.info(done)
        if found.document.is_broken:
            if contract.live is not None and contract.live.rollback == "alarm":
                done = f"{done} {go_back(found.document, found.moves, store)}".strip()
            context.log.error("%s %s", found.document.sentence, done)
            if failed := notify("alarm", f"{found.document.sentence} {done}".strip()):
                context.log.warning(failed)
    return _result(found, page, done)


def _result(found: Look, page: Path, done: str) -> dg.MaterializeResult[None]:
    document = found.document
    now = document.versions[-1] if document.versions else None
    waiting = document.waiting
    shown: dict[str, dg.RawMetadataValue] = {
        SUMMARY: document.sentence,
        "page": dg.MetadataValue.path(str(page / "production.html")),
        ALARM: now.version if now and document.is_broken else "",
        "done": done or "nothing",
        "warnings": [warning.text for warning in document.warnings],
    }
    if isinstance(waiting, WaitingVersion):
        shown |= {"waiting": waiting.version, "waits_in_shadow": waiting.sentence}
    if now is not None:
        shown |= {"evidence": now.worth, "limit": document.limit, "matured_frauds": now.frauds}
        if now.recall is not None and now.recall.value is not None:
            shown |= {"recall": now.recall.value, "recall_low": now.recall.low}
    check = dg.AssetCheckResult(
        passed=not document.is_broken,
        check_name=CHECK,
        description=document.sentence,
        metadata={key: value for key, value in shown.items() if isinstance(value, float | int)},
    )
    return dg.MaterializeResult(metadata=shown, check_results=[check])
