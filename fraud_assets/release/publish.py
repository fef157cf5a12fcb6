"""published_artifact: decides for itself, proves the service, then moves production in one step.

Nothing that Dagster recorded is believed: the bytes are scored again, the threshold derived
again, the champion compared again, and the real service is started on the staged candidate.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NoReturn

from fraud_assets.documents.move import Move
from fraud_assets.errors import RefusedError
from fraud_assets.release.candidate import Candidate, make_candidate, plain
from fraud_assets.release.case import Case
from fraud_assets.release.champion import compare_with_champion
from fraud_assets.release.changes import changes_since_champion
from fraud_assets.release.gate import Verdict
from fraud_assets.release.judgement import Judgement, Rescored, opening, rescore, ruling
from fraud_assets.release.proof import prove
from fraud_assets.release.rule import at
from fraud_assets.store import texts
from fraud_assets.store.version import Verified

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """The version that serves from now on, with its final report."""

    version: str
    path: str
    report: dict[str, Any]
    move: Move

    @property
    def sentence(self) -> str:
        """What was published, in one sentence."""
        recall = self.report["metrics"]["recall"]
        return (
            f"Published {self.version} with recall {recall['value']:.3f} "
            f"({recall['low']:.3f} to {recall['high']:.3f}, n = {recall['n']}) at {self.path}."
        )


def publish(
    case: Case, judgement: Judgement, *, actor: str, progress: Progress | None = None
) -> Published:
    """Promote the candidate if every rule holds for the very bytes to be published.

    `actor` is who or what runs this, as the store's log will name it.

    Raises
    ------
    RefusedError
        If any rule fails; the candidate is kept under `refused/`, production is unchanged.
    StoreError
        If production moved meanwhile, or the store cannot be written.
    """
    say, store = progress or (lambda _: None), case.need_store()
    store.demand_promotable(case.contract.name, case.tuned.digest)
    say("Deciding again, from the bytes that would be published.")
    serving = store.current()
    found = rescore(case)
    champion = compare_with_champion(case, found.scores)
    report, found = _honest(judgement.report, found, case)
    report |= plain({"champion": champion, "proof": None})
    report["changes"] = plain(changes_since_champion(case, report))
    candidate = make_candidate(case, found.judged)
    verdict = ruling(report, found, case)
    report["verdict"] = plain(verdict.as_dict())
    if verdict.decision != "promote":
        _refuse(candidate, report, verdict)
    staged = store.stage(candidate.files(report), candidate.metadata(report))
    try:
        say("Proving the service on the staged candidate.")
        report["proof"] = plain(prove(staged.path, store.keys))
        verdict = ruling(report, found, case, report["proof"])
        report["verdict"] = plain(verdict.as_dict())
        if verdict.decision != "promote" or verdict.unproved:
            _refuse(candidate, report, verdict)
        report["lineage"] |= {
            "version": staged.version,
            "decided_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "approved_by": f"the gate, in a run by {actor}",
        }
        store.restage(staged, candidate.files(report), candidate.metadata(report))
        move = store.release(
            staged,
            expected=None if serving is None else serving.version,
            actor=actor,
            reason=texts.one_line(verdict.sentence),
            judge=lambda verified: _judge_again(verified, found, case),
        )
    finally:
        store.discard(staged)
    return Published(move.version, str(store.root / move.version), report, move)


def _judge_again(verified: Verified, found: Rescored, case: Case) -> None:
    """The verdict once more, from the signed report of the very version that is to serve."""
    report = json.loads(verified.read("report.json"))
    verdict = ruling(report, found, case, report["proof"])
    if verdict.decision != "promote" or verdict.unproved:
        raise RefusedError(verdict.sentence)


def _refuse(candidate: Candidate, report: dict[str, Any], verdict: Verdict) -> NoReturn:
    kept, store = candidate.keep_refused(report, verdict), candidate.case.need_store()
    raise RefusedError(
        f"{verdict.sentence} Kept as {kept} under {store.refused}.",
        report=str(store.refused / kept / "report.html"),
    )


def _honest(told: dict[str, Any], found: Rescored, case: Case) -> tuple[dict[str, Any], Rescored]:
    """The stored report with all that this run can know put right, and what it had told wrongly.

    A report whose numbers are not those of these bytes on these rows is no evidence: the gate
    refuses it, and what is kept of it is the truth.
    """
    fresh = plain(opening(case, str(at(told, "lineage.run_id") or "")))
    about_data = {key: at(told, f"data.{key}") for key in fresh["data"]}
    compared = {**told, "data": about_data}
    # The policy may have changed since: the chain has demanded the contract's other sections, and
    # the verdict is by the policy as it is now. The day of the run stands in where there is no
    # event time, and a night may have passed.
    exempt = {"lineage", "proof", "contract"} | ({"as_of"} if case.cleaned.as_of is None else set())
    known = {**fresh, **found.numbers}
    wrong = [k for k, v in known.items() if k not in exempt and compared.get(k) != v]
    report = {**told, **known, "data": {**told.get("data", {}), **fresh["data"]}}
    return plain(report), replace(found, expected={**found.expected, "wrongly_told": wrong})
