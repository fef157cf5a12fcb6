"""The six steps in their order, from top to bottom; each takes what the ones above it made."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fraud_assets.chain import evidence
from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures, clean
from fraud_assets.data.provenance.made import digest_of
from fraud_assets.data.transactions import RawTransactions, read_transactions
from fraud_assets.documents.formats import to_plain
from fraud_assets.families.registry import demand_competitors
from fraud_assets.modelling.progress import Progress
from fraud_assets.modelling.search.candidates import Leaderboard, compare_candidates
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.modelling.tuning import tune
from fraud_assets.release.case import Case
from fraud_assets.release.judgement import Judgement, judge_candidate
from fraud_assets.release.publish import Published, publish
from fraud_assets.watch.once import settle_on_record
from fraud_assets.work.workers import OpensExecutor, Workers, in_this_process


def raw_transactions(contract: Contract, as_of: str | None = None) -> RawTransactions:
    """Every transaction that the contract names, typed, and the files that held them."""
    demand_competitors(contract.search.families)
    files = evidence.witnessed(contract, as_of)
    return evidence.begun(read_transactions(contract, as_of), contract, files)


def cleaned_features(
    raw: RawTransactions, contract: Contract, *, opening: OpensExecutor = in_this_process
) -> CleanedFeatures:
    """Point-in-time features of the fitted, threshold and judged windows."""
    evidence.demand_current(contract, raw)
    cleaned = clean(raw, contract, opening)
    return evidence.bind(cleaned, evidence.CLEANED, contract, cleaned.fingerprint, raw)


def candidate_models(
    cleaned: CleanedFeatures,
    contract: Contract,
    *,
    workers: Workers = 1,
    progress: Progress | None = None,
) -> Leaderboard:
    """The contract's families compared on the fitted window."""
    evidence.demand_current(contract, cleaned)
    board = compare_candidates(
        cleaned.rows("fit"),
        contract,
        workers=workers,
        progress=progress,
        earlier=cleaned.earlier_rows,
    )
    content = digest_of(to_plain(board.candidates))
    return evidence.bind(board, evidence.CANDIDATES, contract, content, cleaned)


def tuned_pipeline(
    cleaned: CleanedFeatures,
    leaderboard: Leaderboard,
    contract: Contract,
    *,
    workers: Workers = 1,
    progress: Progress | None = None,
) -> TunedPipeline:
    """The winner after its search, with its threshold frozen on rows it never saw."""
    evidence.demand_current(contract, cleaned, leaderboard)
    fit, threshold = cleaned.rows("fit"), cleaned.rows("threshold")
    tuned = tune(
        fit,
        threshold,
        leaderboard,
        contract,
        workers=workers,
        progress=progress,
        earlier=cleaned.earlier_rows,
    )
    return evidence.bind(tuned, evidence.TUNED, contract, tuned.content, cleaned, leaderboard)


def evaluation_report(
    case: Case,
    *,
    run_id: str = "",
    workers: int = 1,
    progress: Progress | None = None,
) -> Judgement:
    """The evidence on the judged rows, the champion beside it, and the verdict."""
    evidence.demand_current(case.contract, case.cleaned, case.tuned)
    judged = judge_candidate(case, run_id=run_id, workers=workers, progress=progress)
    content = digest_of(to_plain(judged.report))
    made_of = case.cleaned, case.tuned
    return evidence.bind(judged, evidence.REPORT, case.contract, content, *made_of)


def published_artifact(
    case: Case,
    judgement: Judgement,
    *,
    actor: str,
    run_id: str = "",
    tries: Collection[str] = (),
    workers: int = 1,
    progress: Progress | None = None,
    log: Path | None = None,
) -> Published:
    """The signed version that serves from now on; only a proven candidate gets here.

    What has waited in shadow for its days is settled first, by the record of decisions at `log`.
    `tries` are the runs that this one repeats: what one of them published stays, and is told.
    """
    evidence.demand_current(case.contract, case.cleaned, case.tuned, judgement)
    settled = "" if log is None else settle_on_record(case.contract, case.need_store(), log)
    if settled and progress is not None:
        progress(settled)
    return publish(
        case,
        judgement,
        actor=actor,
        run_id=run_id,
        tries=tries,
        workers=workers,
        progress=progress,
    )
