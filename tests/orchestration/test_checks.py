"""The checks on data say in Dagster what the gate refuses, before anything is fitted."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import Policy
from fraud_assets.data.cleaning import clean
from fraud_assets.gate.decide import decide
from fraud_assets.orchestration.checks import quarantine_share, too_good_to_be_true
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.shown import metadata
from tests.exports import export, payments, read
from tests.release.reports import good_report


def told(folder: Path, made: pd.DataFrame, **said: str) -> dg.AssetCheckResult:
    """The check on leaks for these payments."""
    contract = export(folder, {"p": made}, **said)
    settings = Settings(folder / "contract.toml", folder / "models", folder / "keys")
    return next(too_good_to_be_true(clean(read(contract), contract), settings))


def test_honest_features_pass(tmp_path):
    """The sentence says what was expected."""
    result = told(tmp_path, payments())

    assert result.passed
    assert "found none" in result.description


def test_a_copy_of_the_label_is_an_error_with_the_way_out(tmp_path):
    """Named, with the words that a person may write into the contract."""
    made = payments()
    made["risk_flag"] = made["is_fraud"]

    result = told(tmp_path, made, numeric='"amount", "risk_flag"')

    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert '[policy.checked] risk_flag = "..."' in result.description


def test_a_mild_leak_is_a_warning(tmp_path):
    """An area of .97 alone."""
    made = payments(6000)
    score = np.random.default_rng(0).normal(size=len(made)) + 2.66 * made["is_fraud"]

    result = told(tmp_path, made.assign(score=score), numeric='"amount", "score"')

    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "score" in result.description


def test_a_checked_feature_passes(tmp_path):
    """A person's reason in the contract."""
    made = payments()
    made["risk_flag"] = made["is_fraud"]
    reason = '[policy.checked]\nrisk_flag = "the issuer sends it with the authorisation"\n'

    result = told(tmp_path, made, numeric='"amount", "risk_flag"', more=reason)

    assert result.passed


def test_columns_say_what_the_contract_says_of_them(tmp_path):
    """A role, a rule, a feature's own definition; what the house adds has its meaning too."""
    contract = export(tmp_path, {"p": payments()})

    schema = metadata.of_raw(read(contract), contract)["dagster/column_schema"]

    meaning = {column.name: column.description for column in schema.columns}
    assert meaning[contract.columns.amount].startswith("The amount of the payment.")
    assert meaning[contract.label.column] == "The label, as exported."
    assert all(meaning.values()), meaning


def test_the_files_stand_in_the_metadata(tmp_path):
    """How many were read and which were not, with the rule that says why."""
    contract = export(tmp_path, {"p": payments()})
    (Path(str(contract.base)) / contract.source.path / "_SUCCESS").write_text("")

    shown = metadata.of_raw(read(contract), contract)

    assert (shown["files_read"], shown["files_skipped"]) == (1, 1)
    assert "SUCCESS" in shown["files"].value


def test_a_verdict_carries_the_numbers_that_it_compares():
    """Value, bound, n and interval of each rule, as numbers that Dagster plots."""
    report = good_report()

    shown = metadata.of_verdict(decide(report, Policy()))

    recall = report.metrics.recall
    assert shown["recall_value"] == recall.value
    assert shown["recall_bound"] == 0.9
    assert shown["recall_n"] == recall.n
    assert shown["recall_low"] == recall.low
    plotted = metadata.plotted(report.metrics)
    assert plotted["false_positive_rate"] == report.metrics.false_positive_rate.value
    assert plotted["false_positive_rate_n"] == report.metrics.false_positive_rate.n


@pytest.mark.parametrize(("lost", "passed"), [(0, True), (40, False)])
def test_the_quarantine_is_judged_by_its_frauds_too(tmp_path, lost, passed):
    """Forty frauds of two hundred under an unknown word are 1.3 percent of the rows."""
    made = payments()
    frauds = made.index[made["is_fraud"] == 1]
    words = made["is_fraud"].astype(object)
    words[frauds[:lost]] = "CB"
    contract = export(tmp_path, {"p": made.assign(is_fraud=words)})
    settings = Settings(tmp_path / "contract.toml", tmp_path / "models", tmp_path / "keys")

    result = next(quarantine_share(read(contract), settings))

    assert result.passed is passed
    assert ('add "CB" to label.positive' in result.description) is not passed


def test_a_table_that_is_too_wide_opens_in_a_window():
    """Dagster shows markdown of 1,000 letters and more behind a link; narrow tables stay inline."""
    narrow = metadata.fitted("|Family|ROC-AUC|\n|-|-|\n|hist_\u200bgradient_\u200bboosting|0.9|")
    wide = metadata.fitted("|a|b|\n|-|-|\n|" + "|".join(["some_column_name_of_a_table"] * 2) + "|")

    assert len(narrow.value) < 100
    assert len(wide.value) >= 1000


def test_the_gates_rules_stay_inline():
    """Every rule of the gate, in a table that keeps to its column."""
    shown = metadata.of_verdict(decide(good_report(), Policy()))

    assert len(shown["rules"].value) < 1000
