"""The gate's replay: judged payments, raw, through the candidate's own service."""

from __future__ import annotations

import http.client
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from fraud_assets.contract import Contract, load_contract
from fraud_assets.contract.sections.policy import Policy
from fraud_assets.data.features import derive_features
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.report.proof import Proof
from fraud_assets.gate.decide import findings_of
from fraud_assets.handover.rows import values_of
from fraud_assets.release.candidate import make_candidate
from fraud_assets.release.case import Case
from fraud_assets.release.proof import prove
from fraud_assets.release.raw_payments import Script, replay_raw, sample, script_of
from fraud_assets.release.raw_payments.exported import Exported
from fraud_assets.release.raw_payments.script import PaymentsRequest
from fraud_assets.release.rescored import rescore
from fraud_assets.scoring.scorer import load_scorer
from fraud_assets.state.plan import plan_of
from tests.data.features_support import contract_of, payments
from tests.real import real_report
from tests.weeks import Week, small_parts, small_week

CONTRACT = contract_of()


@settings(deadline=None, max_examples=40)
@given(payments(), st.integers(1, 12), st.randoms())
def test_the_past_that_is_sent_is_all_that_features_look_at(rows, most, random) -> None:
    """Derived from the sample alone, the judged payments' features have the same bits."""
    judged = np.array(sorted(random.sample(range(len(rows)), min(4, len(rows)))), np.int64)
    flagged = np.array([random.random() < 0.5 for _ in judged])
    plan = plan_of(CONTRACT.derived, timedelta(days=30), timedelta(days=0.125))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "MOST_SENT", most)
        drawn = sample.draw_sample(rows, plan, judged, flagged, seed=0)

    names = list(CONTRACT.derived)
    whole = derive_features(rows, CONTRACT)[names].iloc[drawn.judged]
    alone = derive_features(rows.iloc[drawn.everything].reset_index(drop=True), CONTRACT)[names]
    kept = alone.iloc[np.searchsorted(drawn.everything, drawn.judged)]
    assert len(drawn.judged) > 0
    assert len(drawn.everything) <= most or len(drawn.judged) == 1
    assert kept.to_numpy().tobytes() == whole.to_numpy().tobytes()


def test_a_published_version_was_proved_on_raw_payments() -> None:
    """Drawn payments with their past, and others of their entities; no field differs."""
    raw = real_report().proof.raw

    assert 100 <= raw.compared <= sample.MOST_COMPARED
    assert (raw.differences, raw.first) == (0, ())
    assert raw.past > 100


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """The small week's candidate before its judge."""
    shutil.copytree(small_week().folder, tmp_path / "week")
    parts = small_parts()
    return Week(tmp_path / "week").settings.case(parts.cleaned, parts.tuned)


def test_every_field_that_differs_is_named_and_fails_the_rule(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One bit of a feature, a score, a payment of the past; production's state stays out of it."""
    monkeypatch.setenv("FRAUD_ASSETS_STATE", str(tmp_path / "production"))
    found = rescore(case)
    candidate = make_candidate(case, found.scores)
    script, scorer = script_of(case, found.scores), load_scorer(candidate.service)
    *before, last = [request for request in script.requests if isinstance(request, PaymentsRequest)]
    at, judged = next((at, one) for at, one in enumerate(last.judged) if one is not None)
    count = judged.features["tx_count_24h"]
    lie = replace(
        judged,
        features=judged.features | {"tx_count_24h": np.nextafter(count, 99)},
        score=1 - judged.score,
    )
    lied = replace(last, judged=(*last.judged[:at], lie, *last.judged[at + 1 :]))
    report = real_report()
    staged = case.need_store().stage(candidate.files(report), candidate.metadata(report))

    proof = prove(
        staged.path,
        case.need_store().keys,
        raw_payments=lambda: (replace(script, requests=(*before, lied)), scorer),
    )

    assert proof.raw.differences == 2
    assert f"tx_count_24h of {judged.name} is" in proof.raw.first[0]
    assert f"the score of {judged.name} is" in proof.raw.first[1]
    (rule,) = findings_of(["raw_payments"], None, Policy(), proof=proof)
    assert rule.passed is False
    assert proof.raw.first[0] in rule.sentence
    assert not (tmp_path / "production").exists()


def exported(
    tmp_path: Path, table: str, columns: str = ""
) -> tuple[Contract, list[dict], set[str]]:
    """What would be sent of each row that a contract keeps of a CSV file."""
    (tmp_path / "payments.csv").write_text(table)
    (tmp_path / "contract.toml").write_text(
        """
        format = 1
        name = "toy"
        source = { path = "payments.csv" }
        label = { column = "fraud", maturity_days = 1 }
        columns = { id = "id", event_time = "made", sender = "who", amount = "paid" COLUMNS }
        features = { numeric = ["paid", "n"], categorical = ["shop"], case = "upper" }
        derived.n = { kind = "count", entity = "who", window = "3d" }
        """.replace("COLUMNS", columns)
    )
    contract = load_contract(tmp_path / "contract.toml")
    rows = read_transactions(contract).rows
    found = Exported(contract, rows["_row"].tolist())
    columns = values_of(rows, contract, found.reader.read_columns)
    typed = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    raws = [found.raw(at, one) for at, one in zip(rows["_row"].tolist(), typed, strict=True)]
    return contract, raws, found.rewritten


def test_a_payment_is_sent_as_exported(tmp_path: Path) -> None:
    """Its texts, not what became of them."""
    table = "id,made,who,paid,shop,fraud\n7,2026-01-02 10:00, a,12.50,eth,0\n"

    _, (raw,), rewritten = exported(tmp_path, table)

    assert raw == {"id": "7", "made": "2026-01-02 10:00", "who": " a", "paid": "12.50"} | {
        "shop": "eth"
    }
    assert rewritten == set()


def test_a_corrected_payment_is_sent_as_it_counts(tmp_path: Path) -> None:
    """The later delivery's amount, and what it leaves empty from the earlier one."""
    table = (
        "id,made,who,paid,shop,fraud,at\n7,2026-01-02 10:00,a,12.50,eth,0,2026-01-03\n"
        "7,2026-01-02 10:00,a,13.00,,0,2026-01-04\n"
    )

    _, (raw,), _ = exported(tmp_path, table, ', delivered_at = "at"')

    assert (raw["paid"], raw["shop"]) == ("13.00", "eth")


def test_a_time_that_only_its_column_explains_is_sent_in_iso(tmp_path: Path) -> None:
    """Of 02/01/2026 beside 31/01/2026 the column says which is the day; one value does not."""
    table = "id,made,who,paid,shop,fraud\n1,02/01/2026 10:00,a,1,x,0\n2,31/01/2026 10:00,a,1,x,0\n"

    contract, raws, rewritten = exported(tmp_path, table)

    assert rewritten == {"made"}
    assert [raw["made"] for raw in raws] == ["2026-01-02T10:00:00+00:00", "31/01/2026 10:00"]
    assert contract.columns.event_time is not None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda c: c.model_copy(update={"rates": object()}), r"\[rates\] cannot decide"),
        (
            lambda c: c.model_copy(
                update={
                    "columns": c.columns.model_copy(update={"id": None}),
                    "derived": dict(CONTRACT.derived),
                }
            ),
            "without columns.id",
        ),
    ],
)
def test_where_raw_payments_cannot_be_decided_on_the_rule_says_why(
    case: Case, change: Callable[[Contract], Contract], why: str
) -> None:
    """It passes, as nothing of the kind is served, and claims nothing."""
    script = script_of(replace(case, contract=change(case.contract)), np.zeros(0))
    proof = real_report().proof
    assert isinstance(proof, Proof)
    raw = replay_raw(http.client.HTTPConnection("nobody.invalid"), script, None)  # type: ignore[arg-type]
    (rule,) = findings_of(["raw_payments"], None, Policy(), proof=structs.replace(proof, raw=raw))

    assert script == Script(why_not=script.why_not)
    assert rule.passed
    assert re.search(why, rule.sentence)
