"""A candidate as the files and metadata of a version, complete but for the store's own part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.documents.formats import write_document
from fraud_assets.documents.metadata import ContractIdentity, Metadata, ModelIdentity
from fraud_assets.documents.rates import Measured, Rate
from fraud_assets.documents.report.whole import Report
from fraud_assets.masking import Secrets
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.release.case import Case
from fraud_assets.release.once import MadeOnce
from fraud_assets.report.html import render_report
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.store import texts

Files = dict[str, bytes]

_SERVICE = MadeOnce[Files]()


@dataclass(frozen=True)
class Candidate:
    """What would be published: the case's pipeline and contract, and the service's own files."""

    case: Case
    service: Files

    def files(self, report: Report) -> Files:
        """Every file of a version except metadata.json and the signature."""
        return {
            "pipeline.joblib": self.case.tuned.payload,
            "report.json": write_document(report),
            "report.html": render_report(report).encode(),
            "contract.toml": _published(self.case.contract).encode(),
            **self.service,
        }

    def metadata(self, report: Report) -> Metadata:
        """metadata.json as the store takes it, to which it adds its own part."""
        return version_metadata(self.case, report)

    def keep_refused(self, report: Report) -> str:
        """Keep the candidate under `refused/`, signed with the reason; returns its name."""
        store, verdict = self.case.need_store(), report.verdict
        reason = "" if verdict is None else texts.one_line(verdict.sentence)
        return store.refuse(self.files(report), self.metadata(report), reason=reason)


def _published(contract: Contract) -> str:
    """The contract's text without a password that stands in it: each scoring machine reads it."""
    text = contract.text
    rates = contract.rates.path if contract.rates else ""
    for place in (contract.source.path, contract.source.query or "", rates):
        secrets = Secrets.of(place).literal
        text = secrets.mask(text) if secrets.hidden else text
    return text


def make_candidate(case: Case, scores: np.ndarray) -> Candidate:
    """Convert the tuned pipeline into the scorer's tables, reasons and golden rows.

    `scores` (n,) are its probabilities of the judged rows.
    """
    return Candidate(case, dict(_SERVICE.of(case.digest, lambda: _service(case, scores))))


def _service(case: Case, scores: np.ndarray) -> Files:
    tuned, judged = case.tuned, case.cleaned.rows("judged")
    return export_scorer(
        unpickle_unverified(tuned.payload),
        case.contract,
        judged.take(judged.label == 0),
        tuned.threshold.value,
        judged,
        spellings=case.cleaned.spellings,
        scores=scores,
    )


def version_metadata(case: Case, report: Report) -> Metadata:
    """metadata.json but for what the store fills in."""
    contract, tuned, metrics, lineage = case.contract, case.tuned, report.metrics, report.lineage
    if lineage is None:
        raise ValueError("A version's report must say how it was made; judge the case.")
    if report.verdict is None:
        raise ValueError("A version must be judged before it is described.")
    return Metadata(
        digest=tuned.digest,
        as_of=report.as_of,
        contract=ContractIdentity(contract.name, contract_digest(contract)),
        model=ModelIdentity(tuned.family, tuned.parameters),
        auc=metrics.roc_auc.value,
        average_precision=metrics.average_precision.value,
        threshold=tuned.threshold.value,
        recall=metrics.recall.value,
        recall_interval=_interval(metrics.recall),
        precision=metrics.precision.value,
        precision_interval=_interval(metrics.precision),
        alert_rate=metrics.alert_rate.value,
        features=tuned.features,
        input_features=contract.features.names,
        training_samples=tuned.training_samples,
        data_fingerprint=report.data.fingerprint,
        code_version=lineage.code_version,
        libraries=lineage.libraries,
        run_id=lineage.run_id,
        verdict=report.verdict,
    )


def _interval(rate: Rate) -> Measured:
    return Measured(rate.low, rate.high, rate.n, rate.method)
