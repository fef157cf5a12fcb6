"""The six steps in their order, from top to bottom; each takes what the ones above it made."""

from __future__ import annotations

from collections.abc import Callable

from fraud_assets.chain import evidence
from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures, clean
from fraud_assets.data.provenance.made import digest_of
from fraud_assets.data.transactions import RawTransactions, read_transactions
from fraud_assets.modelling.candidates import Leaderboard, compare_candidates
from fraud_assets.modelling.rows import to_rows
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.modelling.tuning import tune
from fraud_assets.release.judgement import Judgement, judge
from fraud_assets.release.publish import Published, publish
from fraud_assets.store.store import Store

Progress = Callable[[str], None]


def raw_transactions(contract: Contract, as_of: str | None = None) -> RawTransactions:
    """Every transaction that the contract names, typed, and the files that held them."""
    files = evidence.witnessed(contract)
    return evidence.begun(read_transactions(contract, as_of), contract, files)


def cleaned_features(raw: RawTransactions, contract: Contract) -> CleanedFeatures:
    """Point-in-time features of the fitted, threshold and judged windows."""
    evidence.demand_current(contract, raw)
    cleaned = clean(raw, contract)
    return evidence.bound(cleaned, evidence.CLEANED, contract, cleaned.fingerprint, raw)


def candidate_models(
    cleaned: CleanedFeatures,
    contract: Contract,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> Leaderboard:
    """The contract's families compared on the fitted window."""
    evidence.demand_current(contract, cleaned)
    fit = to_rows(cleaned.window("fit"), contract.features.names)
    board = compare_candidates(fit, contract, workers=workers, progress=progress)
    content = digest_of(board.as_records())
    return evidence.bound(board, evidence.CANDIDATES, contract, content, cleaned)


def tuned_pipeline(
    cleaned: CleanedFeatures,
    leaderboard: Leaderboard,
    contract: Contract,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> TunedPipeline:
    """The winner after its search, with its threshold frozen on rows it never saw."""
    evidence.demand_current(contract, cleaned, leaderboard)
    names = contract.features.names
    fit, threshold = (to_rows(cleaned.window(name), names) for name in ("fit", "threshold"))
    tuned = tune(fit, threshold, leaderboard, contract, workers=workers, progress=progress)
    return evidence.bound(tuned, evidence.TUNED, contract, tuned.digest, cleaned, leaderboard)


def evaluation_report(
    cleaned: CleanedFeatures,
    tuned: TunedPipeline,
    contract: Contract,
    store: Store,
    *,
    run_id: str = "",
    workers: int = 1,
    progress: Progress | None = None,
) -> Judgement:
    """The evidence on the judged rows, the champion beside it, and the verdict."""
    evidence.demand_current(contract, cleaned, tuned)
    judged = judge(
        cleaned, tuned, contract, store, run_id=run_id, workers=workers, progress=progress
    )
    content = digest_of(judged.report)
    return evidence.bound(judged, evidence.REPORT, contract, content, cleaned, tuned)


def published_artifact(
    cleaned: CleanedFeatures,
    tuned: TunedPipeline,
    judgement: Judgement,
    contract: Contract,
    store: Store,
    *,
    progress: Progress | None = None,
) -> Published:
    """The signed version that serves from now on; only a proven candidate gets here."""
    evidence.demand_current(contract, cleaned, tuned, judgement)
    return publish(cleaned, tuned, judgement, contract, store, progress=progress)
