"""evaluation_report: the whole evidence for one candidate and the verdict on it.

A candidate that is not promoted is kept under `refused/`, signed with its refusal, so that the
evidence survives whether or not a later step runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import asdict, replace

from fraud_assets.data.provenance.made import Made
from fraud_assets.documents.report.whole import Report
from fraud_assets.documents.verdict import Verdict
from fraud_assets.modelling.progress import Progress
from fraud_assets.release.candidate import Candidate, make_candidate
from fraud_assets.release.case import Case
from fraud_assets.release.champion import champion_profile, compare_with_champion
from fraud_assets.release.changes import changes_since_champion
from fraud_assets.release.evidence import (
    Explanation,
    begin_explanation,
    examples,
    with_drift,
)
from fraud_assets.release.opening import Opening, opening
from fraud_assets.release.rescored import Rescored, rescore, ruling
from fraud_assets.values.counted import counted


@dataclass(frozen=True)
class Judgement:
    """report.json as a value, its verdict, and where a refused candidate was kept."""

    report: Report
    verdict: Verdict
    refused: str | None = None
    made: Made | None = None

    @property
    def sentence(self) -> str:
        """The verdict, and where to look next when it is a refusal."""
        folder = f"refused/{self.refused}"
        kept = f" Its report is kept in the store: {folder}/report.html." if self.refused else ""
        return self.verdict.sentence + kept


def judge_candidate(
    case: Case,
    *,
    run_id: str = "",
    workers: int = 1,
    progress: Progress | None = None,
) -> Judgement:
    """Evaluate a candidate on the judged rows, beside the champion, and decide.

    Raises
    ------
    StoreError
        If the store's journal does not hold, or a refused candidate cannot be kept in it.
    """
    say, case = progress or (lambda _: None), case.anew()
    explained = begin_explanation(case, workers)
    found = rescore(case)
    say(
        f"Scored {counted(len(found.judged), 'judged row')} with "
        f"{counted(found.judged.frauds, 'fraud')}."
    )
    candidate = make_candidate(case, found.scores)
    say("Measuring importances, drift, and the naive way beside the honest one.")
    report = begin_report(opening(case, run_id), found)
    report = with_evidence(report, case, candidate, found, explained)
    verdict = ruling(report, found, case)
    report = replace(report, verdict=verdict)
    if verdict.decision == "promote":
        return Judgement(report, verdict)
    return Judgement(report, verdict, candidate.keep_refused(report))


def with_evidence(
    report: Report,
    case: Case,
    candidate: Candidate,
    found: Rescored,
    explained: Callable[[], Explanation],
) -> Report:
    """The report with all that is shown beyond the rates, and the champion on the same rows.

    Everything is measured here and now; nothing of it is taken from an earlier step. `explained`
    has been begun, and waits for its result.
    """
    frozen = case.tuned.threshold.value
    report = replace(
        report,
        data=with_drift(report.data, case, champion_profile(case)),
        examples=examples(candidate.service, found.judged, found.scores, frozen),
        champion=compare_with_champion(case, found.scores),
    )
    importances, naive = explained()
    report = replace(report, importances=importances, naive=naive)
    return replace(report, changes=changes_since_champion(case, report))


def begin_report(known: Opening, found: Rescored) -> Report:
    """The report of what is known before and after the judged rows were scored."""
    return Report(
        as_of=known.as_of,
        contract=known.contract,
        model=known.model,
        data=known.data,
        search=known.search,
        lineage=known.lineage,
        leaks=found.leaks,
        **asdict(found.evaluation),
    )
