"""Each step uses what earlier steps made only while it was made of what holds now.

At d2ae1cc a model cleaned and tuned under one contract was judged and published under another:
"the report describes exactly this model, data and contract".
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from fraud_assets.chain import evidence, steps
from fraud_assets.contract import Contract
from fraud_assets.data.provenance import made as provenance
from fraud_assets.errors import EvidenceError
from fraud_assets.release.case import Case
from fraud_assets.release.judgement import Judgement
from tests.weeks import Week


@dataclass
class Run:
    """One week's chain, step by step, on a contract that may change between steps."""

    week: Week
    values: dict[str, object]

    def step(self, name: str) -> object:
        contract, got = self.week.settings.contract(), self.values
        make: dict[str, Callable[[], object]] = {
            "raw_transactions": lambda: steps.raw_transactions(contract),
            "cleaned_features": lambda: steps.cleaned_features(got["raw_transactions"], contract),
            "candidate_models": lambda: steps.candidate_models(got["cleaned_features"], contract),
            "tuned_pipeline": lambda: steps.tuned_pipeline(
                got["cleaned_features"], got["candidate_models"], contract
            ),
            "evaluation_report": lambda: steps.evaluation_report(self.case()),
            "published_artifact": lambda: steps.published_artifact(
                self.case(), got["evaluation_report"], actor="test"
            ),
        }
        got[name] = make[name]()
        return got[name]

    def case(self) -> Case:
        return self.week.settings.case(
            self.values["cleaned_features"], self.values["tuned_pipeline"]
        )


CHAIN = (
    "raw_transactions",
    "cleaned_features",
    "candidate_models",
    "tuned_pipeline",
    "evaluation_report",
    "published_artifact",
)


@pytest.fixture(scope="module")
def whole(made_week: Week, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A week run up to its report; made once."""
    folder = tmp_path_factory.mktemp("whole") / "week"
    shutil.copytree(made_week.folder, folder)
    run = Run(Week(folder), {})
    for name in CHAIN[:-1]:
        run.step(name)
    return run


@pytest.fixture
def run(whole: Run, tmp_path: Path) -> Run:
    """The same week in a folder of the test's own."""
    return Run(
        Week(Path(shutil.copytree(whole.week.folder, tmp_path / "week"))), dict(whole.values)
    )


def after(name: str) -> tuple[str, ...]:
    return CHAIN[CHAIN.index(name) + 1 :]


@pytest.mark.parametrize("name", CHAIN[1:])
def test_a_contract_edited_before_a_step_stops_it(run: Run, name: str):
    """The label's maturity decides rows: whatever step comes next names the first to run again."""
    run.week.edit("maturity_days = 14", "maturity_days = 1")

    with pytest.raises(EvidenceError, match=r"label changed since.*Run raw_transactions again"):
        run.step(name)


@pytest.mark.parametrize("name", after("candidate_models"))
def test_a_search_edited_before_a_step_stops_it_where_the_search_counts(run: Run, name: str):
    """Rows and features do not depend on the search, the comparison of families does."""
    run.week.edit("legitimate_per_fraud = 5", "legitimate_per_fraud = 6")

    run.step("cleaned_features")
    with pytest.raises(EvidenceError, match=r"search changed since.*Run candidate_models again"):
        Run(run.week, {**run.values}).step(name)


def test_a_threshold_policy_edited_after_tuning_names_the_tuned_pipeline(run: Run):
    """The frozen threshold was chosen by that part of the policy."""
    run.week.edit("min_recall = 0.90", "min_recall = 0.92")

    with pytest.raises(EvidenceError, match=r"policy.min_recall.*Run tuned_pipeline again"):
        run.step("published_artifact")


def test_policy_alone_edited_is_judged_by_the_new_policy(run: Run):
    """The policy may rightly change between steps: the publisher applies it as it is now."""
    judged = run.values["evaluation_report"]
    assert isinstance(judged, Judgement)
    assert judged.verdict.decision == "promote"
    run.week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.0001")

    with pytest.raises(Exception, match="Refused by rule alert_rate"):
        run.step("published_artifact")


def test_the_threshold_is_told_in_the_words_of_the_policy_that_judges(run: Run):
    """Which ceilings it breaks is said of today's ceilings, not of those when it was chosen."""
    run.week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.0001")

    judged = run.step("evaluation_report")

    assert isinstance(judged, Judgement)
    assert "where 0.01% and 0.01 are allowed" in judged.report.threshold.sentence


def edit_file(week: Week) -> None:
    file = sorted((week.folder / "transactions").glob("*.parquet"))[-1]
    frame = pd.read_parquet(file)
    frame.iloc[:-1].to_parquet(file)


def remove_file(week: Week) -> None:
    sorted((week.folder / "transactions").glob("*.parquet"))[0].unlink()


def add_file(week: Week) -> None:
    first, *_ = sorted((week.folder / "transactions").glob("*.parquet"))
    shutil.copy(first, first.with_name("week_2030-01-07.parquet"))


@pytest.mark.parametrize("name", CHAIN[1:])
@pytest.mark.parametrize("change", [edit_file, remove_file, add_file])
def test_a_source_changed_before_a_step_stops_it(run: Run, name: str, change):
    """A file edited, gone or new: its rows are not those that were read."""
    change(run.week)

    with pytest.raises(EvidenceError, match=r"week_.*parquet.*Run raw_transactions again"):
        run.step(name)


RATES = "date,currency,rate\n2025-01-01,EUR,1.1\n"


@pytest.mark.parametrize("name", CHAIN[1:])
def test_rates_added_before_a_step_stop_it(run: Run, name: str):
    """Rates decide amounts: a section that came later than the others counts like them."""
    (run.week.folder / "rates.csv").write_text(RATES)
    run.week.edit("[evaluation]", '[rates]\npath = "rates.csv"\n\n[evaluation]')

    with pytest.raises(EvidenceError, match=r"rates changed since.*Run raw_transactions again"):
        run.step(name)


def test_a_file_of_rates_is_a_file_of_the_source(run: Run):
    """Another rate makes other amounts of the same export."""
    rates = run.week.folder / "rates.csv"
    rates.write_text(RATES)
    run.week.edit("[evaluation]", '[rates]\npath = "rates.csv"\n\n[evaluation]')
    run.step("raw_transactions")
    run.step("cleaned_features")
    rates.write_text(RATES.replace("1.1", "1.2"))

    for name in ("cleaned_features", "candidate_models"):
        with pytest.raises(EvidenceError, match=r"rates.csv has changed. Run raw_transactions"):
            run.step(name)


WORDS = ("owner", "description", "reasons")


def test_every_section_is_data_or_has_a_reason_not_to_be():
    """What is added to a contract binds the rows unless somebody says why not."""
    free = {"policy", "search", "live", "decisions", "format", "base", "text", *WORDS}

    assert set(provenance.DATA) == set(Contract.model_fields) - free
    assert {"rates", "derived", "label", "rules", "windows"} <= set(provenance.DATA)


def test_a_file_written_again_with_the_same_bytes_is_the_same_source(run: Run):
    """What counts is the content, not when it was copied."""
    for file in (run.week.folder / "transactions").glob("*.parquet"):
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data)

    run.step("cleaned_features")


@pytest.mark.parametrize("name", CHAIN[1:])
def test_code_edited_before_a_step_stops_it(run: Run, name: str, monkeypatch):
    """What an older release made is made again by the newer one."""
    before = provenance.code_digest

    def edited(module: str) -> str:
        return "edited" if module == "fraud_assets.data.transactions" else before(module)

    monkeypatch.setattr(provenance, "code_digest", edited)

    with pytest.raises(EvidenceError, match=r"code changed since.*Run raw_transactions again"):
        run.step(name)


MODULES = {
    step.name: step.module
    for step in (
        evidence.RAW,
        evidence.CLEANED,
        evidence.CANDIDATES,
        evidence.TUNED,
        evidence.REPORT,
    )
}
USED = {
    "cleaned_features": ("raw_transactions",),
    "candidate_models": ("raw_transactions", "cleaned_features"),
    "tuned_pipeline": ("raw_transactions", "cleaned_features", "candidate_models"),
    "evaluation_report": tuple(MODULES)[:4],
    "published_artifact": tuple(MODULES),
}
"""The steps whose values go into each step, directly or not."""


@pytest.mark.parametrize(
    ("edited", "name"), [(edited, name) for name, steps in USED.items() for edited in steps]
)
def test_the_step_whose_code_was_edited_is_the_one_to_run_again(
    run: Run, edited: str, name: str, monkeypatch
):
    """Each step's code, edited between it and each later step that uses what it made."""
    before = provenance.code_digest
    monkeypatch.setattr(
        provenance, "code_digest", lambda m: "edited" if m == MODULES[edited] else before(m)
    )

    with pytest.raises(EvidenceError, match=rf"{edited}: the code changed.*Run {edited} again"):
        run.step(name)


def test_a_report_of_another_week_is_not_published(run: Run):
    """Everything else being of this week, the report alone is made anew."""
    judged = run.values["evaluation_report"]
    assert isinstance(judged, Judgement)
    assert judged.made is not None
    old = {
        name: msgspec.structs.replace(record, week="2025-06-16", content="another")
        for name, record in judged.made.steps.items()
    }
    other = replace(judged, made=msgspec.structs.replace(judged.made, steps=old))

    with pytest.raises(EvidenceError, match=r"of week 2025-06-16, not .*Run evaluation_report"):
        Run(run.week, {**run.values, "evaluation_report": other}).step("published_artifact")


@pytest.mark.parametrize("name", CHAIN[1:])
def test_an_environment_changed_before_a_step_stops_it(run: Run, name: str, monkeypatch):
    """Another scikit-learn or numpy may fit, read or score differently."""
    now = {**provenance._environment(), "numpy": "99.0"}
    monkeypatch.setattr(provenance, "_environment", lambda: now)

    with pytest.raises(EvidenceError, match=r"numpy .* then, 99.0 now"):
        run.step(name)


def test_two_weeks_interleaved_are_noticed_at_each_step(run: Run):
    """Values of an older week never meet those of the newest, and the week is named."""
    contract = run.week.settings.contract()
    raw = steps.raw_transactions(contract, "2025-06-16")
    older = steps.cleaned_features(raw, contract)

    for name, stale in (
        ("tuned_pipeline", "candidate_models"),
        ("evaluation_report", "tuned_pipeline"),
        ("published_artifact", "tuned_pipeline"),
    ):
        mixed = Run(run.week, {**run.values, "cleaned_features": older})
        with pytest.raises(EvidenceError, match=rf"another cleaned_features.*Run {stale} again"):
            mixed.step(name)


def test_a_value_that_no_step_made_is_not_used(run: Run):
    """A table built by hand has no evidence."""
    unbound = replace(run.values["cleaned_features"], made=None)

    with pytest.raises(EvidenceError, match="does not"):
        Run(run.week, {**run.values, "cleaned_features": unbound}).step("candidate_models")


def test_an_unchanged_week_is_published(run: Run):
    """Nothing above stops a week in which nothing changed."""
    assert run.step("published_artifact").version
