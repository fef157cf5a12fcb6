"""Asset checks: each says in a sentence what was expected and what was found.

A blocking one stops the run in its sentence. The publisher decides for itself all the same, since
a blocking check holds only inside one run.
Concept: https://docs.dagster.io/guides/test/asset-checks
"""

import hashlib
import itertools

import dagster as dg

from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.served import served_features
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.modelling.leaks import leak_refusal, refused, unchecked
from fraud_assets.modelling.search.candidates import Leaderboard
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.orchestration.checking import chain_of_check, check_of
from fraud_assets.orchestration.failures import report_links
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.shown import metadata
from fraud_assets.release.judgement import Judgement
from fraud_assets.release.leaks import leaks_in
from fraud_assets.release.quarantine import quarantine_findings, quarantine_section
from fraud_assets.report import tables


@check_of("raw_transactions", stops="data")
def quarantine_share(
    raw_transactions: RawTransactions, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """The shares of rows, frauds and amount in quarantine stay under the policy's bounds."""
    policy, tally = settings.contract().policy, raw_transactions.tally
    rules = quarantine_findings(raw_transactions, policy)
    failed = [rule for rule in rules if not rule.passed]
    return dg.AssetCheckResult(
        passed=not failed,
        description=" ".join(rule.sentence for rule in failed or rules),
        metadata={
            **{f"{of}_share": tally.share(of) for of in ("rows", "frauds", "amount")},
            "rows_bound": policy.max_quarantine_share,
            "frauds_bound": policy.max_quarantined_fraud_share,
            "amount_bound": policy.max_quarantined_amount_share,
            "quarantine": metadata.fitted(tables.quarantine_markdown(quarantine_section(tally))),
        },
    )


@check_of("cleaned_features", stops="data")
def windows_in_time_order(cleaned_features: CleanedFeatures) -> dg.AssetCheckResult:
    """Fitted, threshold and judged rows follow each other and hold frauds."""
    windows = cleaned_features.windows
    ordered = all(
        a.end is None or b.start is None or a.end <= b.start for a, b in itertools.pairwise(windows)
    )
    frauds = ", ".join(f"{w.name} {w.frauds:,}" for w in windows)
    return dg.AssetCheckResult(
        passed=bool(ordered and all(w.frauds > 0 for w in windows)),
        description=f"Expected windows in time order with frauds in each, found {frauds}.",
        metadata={f"{w.name}_{of}": getattr(w, of) for w in windows for of in ("rows", "frauds")},
    )


@check_of("cleaned_features")
def too_good_to_be_true(
    cleaned_features: CleanedFeatures, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """No feature alone knows the label; what is only strong is a warning.

    The gate's rule no_leak refuses what fails here as an error.
    """
    contract = settings.contract()
    found = unchecked(leaks_in(cleaned_features, contract).found, contract.policy.checked)
    grave = refused(found, contract.policy.checked)
    sentences = [leak.text for leak in found if leak not in grave]
    if grave:
        sentences.insert(0, leak_refusal(grave, contract.policy.checked))
    return dg.AssetCheckResult(
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if grave else dg.AssetCheckSeverity.WARN,
        description=" ".join(sentences)
        or "Expected no feature that alone knows the label, found none.",
        metadata={
            "features": [name for leak in found for name in leak.features],
            "found": len(found),
            "refused": len(grave),
        },
    )


@check_of("cleaned_features")
def features_as_served(
    cleaned_features: CleanedFeatures, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """The run computes the features that decisions were made with, where it learns from them.

    A warning: what was served late, or by another declaration, is no fault of the week's rows.
    """
    served = served_features(cleaned_features, settings.contract())
    if served is None:
        return dg.AssetCheckResult(
            passed=True, description="The source is no record of decisions: nothing to compare."
        )
    return dg.AssetCheckResult(
        passed=served.is_equal,
        severity=dg.AssetCheckSeverity.WARN,
        description=served.sentence,
        metadata={
            "payments": served.payments,
            "late": served.late,
            **{f"{name}_differs": count for name, count in served.differing.items()},
        },
    )


@check_of("candidate_models")
def better_than_chance(candidate_models: Leaderboard) -> dg.AssetCheckResult:
    """The best candidate ranks frauds above chance in every fold mean."""
    best = max(candidate.auc_mean for candidate in candidate_models.candidates)
    return dg.AssetCheckResult(
        passed=bool(best > 0.5),
        description=f"Expected a mean ROC-AUC above 0.5, found {best:.4f}.",
        metadata={"roc_auc": float(best), "bound": 0.5},
    )


@check_of("tuned_pipeline", stops="outdated step")
def bytes_match_digest(tuned_pipeline: TunedPipeline) -> dg.AssetCheckResult:
    """The pipeline's bytes are those that its digest names."""
    found = hashlib.sha256(tuned_pipeline.payload).hexdigest()
    return dg.AssetCheckResult(
        passed=bool(found == tuned_pipeline.digest),
        description=f"Expected digest {tuned_pipeline.digest[:12]}, found {found[:12]}.",
    )


@check_of("evaluation_report", stops="refused")
def recall_at_least_floor(
    evaluation_report: Judgement, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """Recall on the judged rows is at least what the policy demands."""
    judged = evaluation_report.verdict
    floor, metrics = settings.contract().policy.min_recall, evaluation_report.report.metrics
    recall = metrics.recall
    holds = bool(recall.value is not None and recall.value >= floor)
    said = " ".join(rule.sentence for rule in judged.rules if rule.name == "recall")
    return dg.AssetCheckResult(
        passed=holds,
        description=said if holds else judged.sentence,
        metadata={
            "bound": floor,
            **metadata.plotted(metrics),
            **_links(evaluation_report, settings),
        },
    )


@check_of("evaluation_report", stops="refused")
def verdict(
    evaluation_report: Judgement, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """Every rule of the gate passes; the publisher asks again for the bytes it publishes."""
    found = evaluation_report.verdict
    return dg.AssetCheckResult(
        passed=bool(found.decision == "promote"),
        description=found.sentence,
        metadata=metadata.of_verdict(found) | _links(evaluation_report, settings),
    )


def _links(judgement: Judgement, settings: Settings) -> dict[str, dg.MetadataValue]:
    """Where the refused candidate's report lies; nothing where none was kept."""
    kept = judgement.refused
    if kept is None:
        return {}
    where = settings.store().where(kept, is_refused=True)
    return report_links(f"{where}/report.html", chain_of_check())


@check_of("published_artifact")
def signature_holds(
    published_artifact: str, settings: dg.ResourceParam[Settings]
) -> dg.AssetCheckResult:
    """The version on disk verifies: signature, every digest, no file more or less."""
    verified = settings.store().verify(published_artifact)
    return dg.AssetCheckResult(
        passed=True,
        description=f"Expected every file of {verified.version} signed and unchanged, found so.",
    )
