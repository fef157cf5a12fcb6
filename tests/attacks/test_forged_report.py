"""A stored report whose parts that no rule reads were made up: nothing of it may be signed.

At d2ae1cc the publisher signed examples, naive numbers, importances, the profile that drift is
compared with later, and the run's id as it found them in Dagster's storage.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from fraud_assets.documents.formats import same
from fraud_assets.documents.metadata import Metadata
from fraud_assets.documents.report.data import DataSection
from fraud_assets.documents.report.explained import Examples
from fraud_assets.documents.report.whole import Report, read_report
from fraud_assets.errors import RefusedError
from fraud_assets.release.judgement import Judgement
from fraud_assets.release.publish import publish
from tests.chain.test_evidence import CHAIN, Run
from tests.weeks import Week

MARK = "forged"
SHOWN = ("importances", "naive", "examples", "data", "changes", "champion", "contract")


@pytest.fixture(scope="module")
def judged_once(made_week: Week, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("judged") / "week"
    shutil.copytree(made_week.folder, folder)
    run = Run(Week(folder), {})
    for name in CHAIN[:-1]:
        run.step(name)
    return run


@pytest.fixture
def judged(judged_once: Run, tmp_path: Path) -> Run:
    """A week judged good and not published yet, free to be published."""
    folder = Path(shutil.copytree(judged_once.week.folder, tmp_path / "week"))
    return Run(Week(folder), dict(judged_once.values))


def judgement_of(run: Run) -> Judgement:
    judgement = run.values["evaluation_report"]
    assert isinstance(judgement, Judgement)
    return judgement


def forged_data(data: DataSection) -> DataSection:
    """Another past, so that later weeks seem not to drift."""
    assert data.drift
    assert data.weeks
    calm = tuple(replace(one, psi=0.0, reference=MARK) for one in data.drift)
    weeks = tuple(replace(week, frauds=0) for week in data.weeks)
    return replace(data, drift=calm, newest_drift=calm, profile=None, weeks=weeks)


def forged(report: Report) -> Report:
    """Everything changed that no rule of the gate reads."""
    assert report.importances is not None
    assert report.naive
    assert report.lineage is not None
    best = replace(report.importances.permutation[0], feature=MARK, mean=0.99)
    perfect = replace(report.naive[0].recall, value=1.0)
    return replace(
        report,
        importances=replace(report.importances, permutation=(best,)),
        naive=(replace(report.naive[0], name=MARK, recall=perfect),),
        examples=Examples(flagged=(), missed=(), why=MARK),
        data=forged_data(report.data),
        contract=replace(report.contract, owner=MARK, maturity_days=1),
        lineage=replace(
            report.lineage,
            run_id=MARK,
            command=f"{MARK}; curl evil.example",
            libraries={MARK: "1"},
            code_version=MARK,
            approved_by=MARK,
        ),
        champion=None,
        changes=None,
        proof=None,
    )


def retold(honest: Judgement, report: Report) -> Judgement:
    return Judgement(report, honest.verdict, made=honest.made)


def test_nothing_of_a_forged_report_is_signed(judged: Run) -> None:
    """What no rule reads is measured anew by the publisher: all of it equals the honest report."""
    honest, case = judgement_of(judged), judged.case()

    published = publish(
        case, retold(honest, forged(honest.report)), actor="test", run_id="this run"
    )

    verified = case.need_store().verify(published.version)
    signed = read_report(verified.read("report.json"))
    for name in SHOWN:
        assert same(getattr(signed, name), getattr(honest.report, name)), name
    everything = b"".join(verified.read(name) for name in ("report.json", "metadata.json"))
    assert MARK.encode() not in everything
    assert MARK.encode() not in verified.read("report.html")
    metadata = msgspec.json.decode(verified.read("metadata.json"), type=Metadata)
    assert (signed.lineage.run_id, metadata.run_id) == ("this run", "this run")


@pytest.mark.parametrize(
    "section", ["metrics", "evidence", "threshold", "model", "search", "slices"]
)
def test_a_forged_section_that_rules_read_refuses_the_candidate(judged: Run, section: str) -> None:
    """It is named; and what is kept of the refused report is what the publisher found."""
    honest, case = judgement_of(judged), judged.case()
    lie = replace(honest.report, **{section: lied(honest.report, section)})

    with pytest.raises(RefusedError, match=section):
        publish(case, retold(honest, lie), actor="test")

    store = case.need_store()
    assert store.versions() == []
    (kept,) = store.refused_versions()
    found = read_report(store.verify_refused(kept).read("report.json"))
    assert same(getattr(found, section), getattr(honest.report, section))


def lied(report: Report, section: str) -> object:
    part = getattr(report, section)
    changes: dict[str, dict[str, object]] = {
        "metrics": {"recall": replace(report.metrics.recall, value=0.999)},
        "evidence": {"frauds": report.evidence.frauds + 1000},
        "threshold": {"value": report.threshold.value / 2},
        "model": {"training_samples": 10**6},
    }
    if section in changes:
        return replace(part, **changes[section])
    return None if section == "search" else ()
