"""published_artifact: decides for itself, proves the service, then moves production in one step.

Nothing that Dagster recorded is believed: the bytes are scored again, the threshold derived
again, the champion compared again, and the real service is started on the staged candidate.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import replace as with_fields
from datetime import UTC, datetime
from functools import partial
from typing import NoReturn

from msgspec.structs import replace

from fraud_assets.documents.formats import same
from fraud_assets.documents.report.origin import Lineage
from fraud_assets.documents.report.whole import JudgedSections, Report, read_report
from fraud_assets.documents.signed.move import Move
from fraud_assets.documents.signed.shadow_naming import ShadowNaming, waits_until
from fraud_assets.documents.verdict import Verdict
from fraud_assets.errors import RefusedError, TrustError
from fraud_assets.modelling.progress import Progress
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.release.candidate import Candidate, make_candidate
from fraud_assets.release.case import Case
from fraud_assets.release.evidence import begin_explanation
from fraud_assets.release.judgement import Judgement, begin_report, with_evidence
from fraud_assets.release.opening import opening
from fraud_assets.release.proof import prove
from fraud_assets.release.raw_payments import Script, script_of
from fraud_assets.release.rescored import Rescored, rescore, ruling
from fraud_assets.scoring.fallback import AnyScorer, load_any
from fraud_assets.store import texts
from fraud_assets.store.storage.port import Staged
from fraud_assets.store.versions.verified import Verified
from fraud_assets.store.waiting import Judge


@dataclass(frozen=True)
class Published:
    """The version that serves from now on, or waits in shadow, with its final report.

    `move` is None while it waits.
    """

    version: str
    path: str
    report: Report
    move: Move | None
    is_repeated: bool = False
    waits: ShadowNaming | None = None
    instead: str | None = None

    @property
    def sentence(self) -> str:
        """What was published, in one sentence."""
        recall = self.report.metrics.recall
        done = "An earlier try of this run had published" if self.is_repeated else "Published"
        return (
            f"{done} {self.version} with recall {recall.value:.3f} "
            f"({recall.low:.3f} to {recall.high:.3f}, n = {recall.n}) at {self.path}."
            + self.waiting
        )

    @property
    def waiting(self) -> str:
        """That it waits in shadow, and until when; "" where it serves."""
        if self.waits is None:
            return ""
        replaced = f" It waits instead of {self.instead}." if self.instead else ""
        return f" {waits_until(self.waits)}{replaced}"


def publish(
    case: Case,
    judgement: Judgement,
    *,
    actor: str,
    run_id: str = "",
    tries: Collection[str] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> Published:
    """Promote the candidate, or let it wait in shadow, if every rule holds for its very bytes.

    `actor` is who or what runs this, as the store's log will name it; `run_id` is this run, and
    `tries` are the runs that it repeats. What one of them published before it was killed is not
    published again.

    Raises
    ------
    RefusedError
        If any rule fails; the candidate is kept under `refused/`, production is unchanged.
    StoreError
        If production moved meanwhile, or the store is another contract's or cannot be written.
    """
    say, case = progress or (lambda _: None), case.anew()
    store = case.need_store()
    store.demand_promotable(case.contract.name, case.tuned.digest)
    say("Deciding again, from the bytes that would be published.")
    serving = store.current()
    if serving is not None and (done := _published_by(tries, serving, case)) is not None:
        return done
    explained = begin_explanation(case, workers)
    found = rescore(case)
    report, found = _honest(judgement.report, found, case, run_id)
    candidate = make_candidate(case, found.scores)
    report = with_evidence(report, case, candidate, found, explained)
    verdict = ruling(report, found, case)
    report = replace(report, verdict=verdict)
    if verdict.decision != "promote":
        _refuse(candidate, report, verdict)
    staged = store.stage(candidate.files(report), candidate.metadata(report))
    try:
        say("Proving the service on the staged candidate.")
        raw = partial(_raw_payments, candidate, found)
        report = replace(report, proof=prove(staged.path, store.keys, raw_payments=raw))
        verdict = ruling(report, found, case, report.proof)
        report = replace(report, verdict=verdict)
        if verdict.decision != "promote" or verdict.unproved:
            _refuse(candidate, report, verdict)
        leave = f"the gate, in a run by {actor}"
        report = replace(report, lineage=_decided(report, leave, staged.version))
        store.restage(staged, candidate.files(report), candidate.metadata(report))
        judge = partial(_judge_again, found=found, case=case)
        return _made_public(staged, report, case, judge, serving=serving, actor=actor)
    finally:
        store.discard(staged)


def _made_public(
    staged: Staged,
    report: Report,
    case: Case,
    judge: Judge,
    *,
    serving: Move | None,
    actor: str,
) -> Published:
    """Production moves at once, or the version waits in shadow for `policy.shadow_days`.

    Where nothing serves yet there is nothing to be the shadow of.
    """
    store, days = case.need_store(), case.contract.policy.shadow_days
    reason = texts.one_line(report.verdict.sentence if report.verdict else "")
    version, where = staged.version, store.where(staged.version)
    if serving is None or not days:
        expected = None if serving is None else serving.version
        move = store.release(staged, expected=expected, actor=actor, reason=reason, judge=judge)
        return Published(version, where, report, move)
    before = store.waiting()
    why = f"waits in shadow for {days} days of live payments (policy.shadow_days)"
    if before is not None:
        why += f", instead of {before.version}"
    held = store.hold(
        staged,
        days=days,
        expected=serving.version,
        actor=actor,
        reason=texts.one_line(f"{why}: {reason}"),
        judge=judge,
    )
    instead = None if before is None else before.version
    return Published(version, where, report, None, waits=held, instead=instead)


def _published_by(tries: Collection[str], serving: Move, case: Case) -> Published | None:
    """What an earlier try has published, where these very bytes of it wait in shadow or serve."""
    if not tries:
        return None
    store, waits = case.need_store(), case.need_store().waiting()
    if waits is not None:
        held = store.verify(waits.version)
        if held.digest == case.tuned.digest and held.metadata.run_id in tries:
            report, where = read_report(held.read("report.json")), store.where(waits.version)
            return Published(waits.version, where, report, None, is_repeated=True, waits=waits)
    if serving.digest != case.tuned.digest or serving.kind != "promotion":
        return None
    try:
        verified = store.verify(serving)
    except TrustError:
        return None  # the gate says what follows from a champion that cannot be read
    if verified.metadata.run_id not in tries:
        return None
    report, where = read_report(verified.read("report.json")), store.where(serving.version)
    return Published(serving.version, where, report, serving, is_repeated=True)


def _raw_payments(candidate: Candidate, found: Rescored) -> tuple[Script, AnyScorer]:
    """Raw payments of the judged window, and what must answer for them."""
    case = candidate.case
    pipeline = partial(unpickle_unverified, case.tuned.payload)
    return script_of(case, found.scores), load_any(candidate.service, pipeline)


def _decided(report: Report, approved_by: str, version: str = "none") -> Lineage | None:
    """The lineage with the version that it becomes, when it was decided, and by whose leave."""
    if report.lineage is None:
        return None
    return replace(
        report.lineage,
        version=version,
        decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
        approved_by=approved_by,
    )


def _judge_again(verified: Verified, found: Rescored, case: Case) -> None:
    """The verdict once more, from the signed report of the very version that is to serve."""
    report = read_report(verified.read("report.json"))
    verdict = ruling(report, found, case, report.proof)
    if verdict.decision != "promote" or verdict.unproved:
        raise RefusedError(verdict.sentence)


def _refuse(candidate: Candidate, report: Report, verdict: Verdict) -> NoReturn:
    report = replace(report, lineage=_decided(report, "nobody: the gate refused it"))
    kept, store = candidate.keep_refused(report), candidate.case.need_store()
    raise RefusedError(
        f"{verdict.sentence} Kept as {kept} under {store.where(is_refused=True)}.",
        report=f"{store.where(kept, is_refused=True)}/report.html",
    )


COMPARED = ("as_of", "model", "data", "search", "leaks", *JudgedSections.__struct_fields__)
"""Sections that must be what this run finds.

The policy may have changed since: the chain has demanded the contract's other sections, and the
verdict is by the policy as it is now.
"""


SHOWN_BESIDE = ("drift", "profile", "newest_drift", "weeks", "histograms")
"""Parts of the data's section that no rule reads; they are measured anew and not compared."""


def _honest(told: Report, found: Rescored, case: Case, run_id: str) -> tuple[Report, Rescored]:
    """The report as this run finds it, and which of its sections the stored one told wrongly.

    A report whose numbers are not those of these bytes on these rows is no evidence: the gate
    refuses it, and what is kept is what this run found. Nothing of the stored one is signed.
    """
    fresh = begin_report(opening(case, run_id), found)
    later = {name: getattr(fresh.data, name) for name in SHOWN_BESIDE}
    # Told of the ceilings of the policy that judged, which may have changed since.
    threshold = replace(told.threshold, sentence=fresh.threshold.sentence)
    comparable = replace(told, data=replace(told.data, **later), threshold=threshold)
    # The day of the run stands in where there is no event time, and a night may have passed.
    exempt = {"as_of"} if case.cleaned.as_of is None else set()
    wrong = [
        name
        for name in COMPARED
        if name not in exempt and not same(getattr(comparable, name), getattr(fresh, name))
    ]
    expected = replace(found.expected, wrongly_told=tuple(wrong))
    return fresh, with_fields(found, expected=expected)
