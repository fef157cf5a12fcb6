"""published_artifact: decides for itself, proves the service, then moves production in one step.

Nothing that Dagster recorded is believed: the bytes are scored again, the threshold derived
again, the champion compared again, and the real service is started on the staged candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.errors import RefusedError
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.release.candidate import Candidate, make_candidate, plain
from fraud_assets.release.champion import compare_with_champion
from fraud_assets.release.gate import Verdict
from fraud_assets.release.judgement import Judgement, Rescored, rescore, ruling
from fraud_assets.release.pointer import Pointer
from fraud_assets.release.proof import prove
from fraud_assets.release.store import Store

Progress = Callable[[str], None]
ACTOR = "weekly_retrain"


@dataclass(frozen=True)
class Published:
    """The version that serves from now on, with its final report."""

    version: str
    path: str
    report: dict[str, Any]
    pointer: Pointer

    @property
    def sentence(self) -> str:
        """What was published, in one sentence."""
        recall = self.report["metrics"]["recall"]
        return (
            f"Published {self.version} with recall {recall['value']:.3f} "
            f"({recall['low']:.3f} to {recall['high']:.3f}, n = {recall['n']}) at {self.path}."
        )


def publish(
    cleaned: CleanedFeatures,
    tuned: TunedPipeline,
    judgement: Judgement,
    contract: Contract,
    store: Store,
    *,
    progress: Progress | None = None,
) -> Published:
    """Promote the candidate if every rule holds for the very bytes to be published.

    Raises
    ------
    RefusedError
        If any rule fails; the candidate is kept under `refused/`, production is unchanged.
    StoreError
        If production moved meanwhile, or the store cannot be written.
    """
    say = progress or (lambda _: None)
    say("Deciding again, from the bytes that would be published.")
    serving = store.current()
    found = rescore(cleaned, tuned, contract)
    champion = compare_with_champion(cleaned, found.scores, contract, store)
    report = plain({**judgement.report, "champion": champion, "proof": None})
    _refuse_if_told_otherwise(report, found)
    candidate = make_candidate(tuned, found.judged, contract)
    verdict = ruling(report, found, contract, store)
    report["verdict"] = plain(verdict.as_dict())
    if verdict.decision != "promote":
        _refuse(candidate, report, verdict, store)
    staged = store.stage(candidate.files(report), candidate.metadata(report))
    try:
        say("Proving the service on the staged candidate.")
        report["proof"] = plain(prove(staged.path, store.keys))
        verdict = ruling(report, found, contract, store, report["proof"])
        report["verdict"] = plain(verdict.as_dict())
        if verdict.decision != "promote" or verdict.unproved:
            _refuse(candidate, report, verdict, store)
        store.restage(staged, candidate.files(report), candidate.metadata(report))
        expected = None if serving is None else serving.version
        pointer = store.release(staged, expected=expected, actor=ACTOR, reason=verdict.sentence)
    finally:
        store.discard(staged)
    return Published(pointer.version, str(store.root / pointer.version), report, pointer)


def _refuse(
    candidate: Candidate, report: dict[str, Any], verdict: Verdict, store: Store
) -> NoReturn:
    kept = candidate.keep_refused(report, verdict, store)
    raise RefusedError(f"{verdict.sentence} Kept as {kept} under {store.refused}.")


def _refuse_if_told_otherwise(report: dict[str, Any], found: Rescored) -> None:
    """A stored report whose numbers are not those of these bytes on these rows is no evidence."""
    wrong = [name for name, value in found.numbers.items() if report.get(name) != value]
    if wrong:
        raise RefusedError(
            "Refused by rule describes_model: the report's "
            f"{', '.join(wrong)} must be what this pipeline shows on the judged rows, and differ. "
            "Evaluate this very model on this data and publish again."
        )
