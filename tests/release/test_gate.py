from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.reading import read_parts
from fraud_assets.documents.report.champion import UnscorableChampion, UnscorableModel
from fraud_assets.documents.report.judged import Confusion
from fraud_assets.documents.verdict import Verdict
from fraud_assets.gate.decide import decide
from fraud_assets.gate.grounds import Expected
from tests.plain import plain_json
from tests.real import real_report
from tests.release.reports import (
    earlier,
    expected,
    make_report,
    plain,
    production,
    proof,
    scored_champion,
)

POLICY = Policy()
NOTHING_EXPECTED = Expected(model_digest="", data_fingerprint="", contract_digest="")
NAMES = [
    "finite_numbers", "numbers_agree", "describes_model", "as_of_not_older", "judged_frauds",
    "recall", "alert_rate", "precision", "champion_non_inferior", "quarantine_share",
    "quarantined_frauds", "quarantined_amount", "no_leak", "serving_parity", "raw_payments",
    "serving_latency",
]  # fmt: skip


LEAK = {
    "features": ["risk_flag"],
    "code": "copies_the_label",
    "severity": "refuse",
    "measure": "ROC-AUC alone",
    "value": 1.0,
    "n": 3758,
    "frauds": 162,
    "text": "risk_flag alone ranks frauds with a ROC-AUC of 1.0000.",
}


class One(msgspec.Struct):
    """A document of one number."""

    b: float


def _quarantined_frauds(lost: int, kept: int) -> dict[str, Any]:
    told = {"kept": kept, "quarantined": lost, "share": lost / (lost + kept), "rules": {}}
    return edited("data.quarantine.frauds", told)


def verdict(report: Any, policy: Policy = POLICY, **changes: Any) -> Verdict:
    settings = {"expected": expected(), "production": None, "proof": proof()} | changes
    return decide(report, policy, **settings)


def failed(result: Verdict) -> list[str]:
    return [rule.name for rule in result.failed]


def edited(path: str, value: object, report: dict[str, Any] | None = None) -> dict[str, Any]:
    """A copy of a good report in which one value differs; `...` deletes it."""
    changed = copy.deepcopy(report or make_report())
    *parents, last = path.split(".")
    place = changed
    for key in parents:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return changed


def test_a_good_report_is_promoted_with_every_rule_shown() -> None:
    """All rules hold, each stands in the verdict once with a sentence, and JSON takes it."""
    result = verdict(make_report())
    assert result.decision == "promote"
    assert [rule.name for rule in result.rules] == NAMES
    assert all(rule.passed is True and rule.sentence.endswith(".") for rule in result.rules)
    shown = json.loads(plain_json(result))
    assert set(shown) == {"decision", "sentence", "rules"}
    assert set(shown["rules"][0]) >= {"name", "bound", "value", "interval", "n", "passed"}


def test_exactly_090_passes_and_08999_refuses() -> None:
    """The floor is inclusive, and nothing is rounded up to it."""
    assert verdict(make_report(tp=900, fn=100)).decision == "promote"
    below = verdict(make_report(tp=8999, fn=1001, fp=10, tn=10**6))
    assert below.decision == "refuse"
    assert failed(below) == ["recall"]
    assert below.sentence.startswith("Refused by rule recall: The recall must be at least 0.9, got")
    assert "0.8999 (n = 10000" in below.sentence


def test_a_floor_may_be_raised_but_not_lowered() -> None:
    """0.93 demanded refuses 0.92; a policy forged below 0.90 is held at 0.90."""
    report = make_report(tp=460, fn=40)
    assert verdict(report).decision == "promote"
    assert failed(verdict(report, Policy(min_recall=0.93))) == ["recall"]
    forged = POLICY.model_copy(update={"min_recall": 0.5})
    assert failed(verdict(make_report(tp=440, fn=60), forged)) == ["recall"]


SINGLE_FAULTS: dict[str, Callable[[], tuple[dict[str, Any], dict[str, Any]]]] = {
    "finite_numbers": lambda: (edited("metrics.brier.value", math.nan), {}),
    "numbers_agree": lambda: (edited("metrics.false_positive_rate.k", 3), {}),
    "describes_model": lambda: (edited("model.digest", "x"), {}),
    "as_of_not_older": lambda: (
        edited("as_of", "2026-05-31") | {"champion": plain(scored_champion())},
        {"production": production()},
    ),
    "judged_frauds": lambda: (make_report(tp=95, fn=4), {}),
    "recall": lambda: (make_report(tp=440, fn=60), {}),
    "alert_rate": lambda: (make_report(fp=2400, tn=20_000), {}),
    "precision": lambda: (make_report(fp=4500, tn=999_999), {}),
    "champion_non_inferior": lambda: (edited("champion", plain(scored_champion(-0.015))), {}),
    "quarantine_share": lambda: (edited("data.quarantine.share", 0.06), {}),
    "quarantined_frauds": lambda: (_quarantined_frauds(70, 930), {}),
    "quarantined_amount": lambda: (edited("data.quarantine.amount.share", 0.11), {}),
    "no_leak": lambda: (edited("leaks.found", [LEAK]), {}),
    "serving_parity": lambda: (make_report(), {"proof": proof(flags_different=1)}),
    "raw_payments": lambda: (make_report(), {"proof": edited("raw.differences", 1, proof())}),
    "serving_latency": lambda: (make_report(), {"proof": proof(p95_ms=50.0)}),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_can_fail_alone(name: str) -> None:
    """Each rule stops a candidate by itself and opens the verdict's sentence."""
    report, changes = SINGLE_FAULTS[name]()
    result = verdict(report, **changes)
    assert failed(result) == [name]
    expected = "insufficient_evidence" if name == "judged_frauds" else "refuse"
    assert result.decision == expected
    assert f"by rule {name}: " in result.sentence


def test_flagging_everyone_is_refused() -> None:
    """Recall 1 by alerts on every payment fails on alert rate and precision."""
    assert failed(verdict(make_report(tp=500, fn=0, fp=49_500, tn=0))) == [
        "alert_rate",
        "precision",
    ]


def test_flagging_nobody_is_refused() -> None:
    """Nothing flagged: recall is 0 and precision has no value, which passes nowhere."""
    result = verdict(make_report(tp=0, fn=500, fp=0, tn=10_000))
    assert result.decision == "refuse"
    assert {"finite_numbers", "recall", "precision"} <= set(failed(result))


def test_few_frauds_are_insufficient_unless_another_rule_needs_none() -> None:
    """A bad recall of 50 frauds says little; a flood of alerts is a flood whatever they are."""
    assert verdict(make_report(tp=30, fn=20)).decision == "insufficient_evidence"
    assert verdict(make_report(tp=50, fn=0, fp=5000, tn=10_000)).decision == "refuse"


BAD = [math.nan, math.inf, -math.inf, None, "0.95", True, ..., [], {}]


@pytest.mark.parametrize("bad", BAD, ids=repr)
@pytest.mark.parametrize(
    "path",
    [
        "metrics.recall.value", "metrics.recall.n", "metrics.recall.k", "metrics.recall.low",
        "metrics.precision.value", "metrics.alert_rate.value", "metrics.confusion.tp",
        "metrics.roc_auc.value", "threshold.value", "evidence.recall_low_exact",
        "evidence.frauds", "data.quarantine.share", "data.quarantine.frauds.share",
        "data.quarantine.amount.share", "as_of", "model.digest", "data.fingerprint",
        "contract.digest", "champion.outcome", "metrics", "evidence", "champion", "model", "data",
    ],
)  # fmt: skip
def test_what_is_missing_or_no_number_never_passes(path: str, bad: object) -> None:
    """Each number that the gate rests on, replaced by anything else, ends in a refusal."""
    result = verdict(edited(path, bad))
    assert result.decision == "refuse"
    assert all(isinstance(rule.passed, bool) for rule in result.rules)


@pytest.mark.parametrize("bad", BAD, ids=repr)
@pytest.mark.parametrize(
    "key",
    [
        "served", "p95_ms", "n", "max_probability_difference", "flags_different", "raw",
        "raw.compared", "raw.differences",
    ],
)  # fmt: skip
def test_a_proof_with_holes_never_passes(key: str, bad: object) -> None:
    """The serving proof is read as strictly as the report."""
    if key == "served" and bad is True:
        return
    assert verdict(make_report(), proof=edited(key, bad, proof())).decision == "refuse"


@pytest.mark.parametrize("report", [None, {}, [], "promote", {"metrics": 3}, {"data": "x"}])
def test_no_report_at_all_is_refused(report: object) -> None:
    """Whatever is handed in, the answer is a refusal and no exception."""
    assert verdict(report).decision == "refuse"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metrics.recall.value", 0.95),
        ("metrics.recall.k", 480),
        ("metrics.confusion.fp", 29),
        ("metrics.precision.value", 0.99),
        ("metrics.alert_rate.value", 0.001),
        ("metrics.recall.low", 0.95),
        ("evidence.recall_low_exact", 0.93),
        ("evidence.recall_low_clustered", 0.935),
        ("evidence.frauds", 5000),
        ("evidence.confidence", 0.5),
        ("evidence.fraud_senders", 501),
    ],
)
def test_an_edited_number_contradicts_the_others(path: str, value: float) -> None:
    """A figure that does not follow from the counts is found and named."""
    result = verdict(edited(path, value))
    assert "numbers_agree" in failed(result)


def test_a_nan_anywhere_is_named() -> None:
    """A NaN deep in a list is found by its path."""
    report = make_report() | {"curves": plain(real_report().curves)}
    assert verdict(report).decision == "promote"
    report["curves"]["roc"][0]["tpr"] = math.nan
    assert failed(verdict(report)) == ["finite_numbers"]
    assert "curves.roc[0].tpr" in verdict(report).sentence


@pytest.mark.parametrize("key", ["model_digest", "data_fingerprint", "contract_digest"])
def test_a_report_of_something_else_is_refused(key: str) -> None:
    """Other bytes, other data or another contract than the report's: each alone refuses."""
    other = replace(expected(), **{key: "0" * 64})
    result = verdict(make_report(), expected=other)
    assert failed(result) == ["describes_model"]
    assert key in result.sentence


def test_rescored_rows_must_agree() -> None:
    """The publisher's own threshold and confusion matrix are compared where it gives them."""
    report, confusion = make_report(), Confusion(tp=470, fp=30, fn=30, tn=49_470)
    again = replace(expected(), threshold=report["threshold"]["value"], confusion=confusion)
    assert verdict(report, expected=again).decision == "promote"
    for other in ({"threshold": 0.41}, {"confusion": replace(confusion, tp=469)}):
        result = verdict(report, expected=replace(again, **other))
        assert failed(result) == ["describes_model"]
        assert next(iter(other)) in result.sentence
    told = verdict(report, expected=replace(again, wrongly_told=("slices",)))
    assert failed(told) == ["describes_model"]
    assert verdict(report, expected=NOTHING_EXPECTED).decision == "refuse"


@pytest.mark.parametrize("bad", [math.nan, math.inf, "1", True, None])
def test_only_finite_numbers_are_read_as_numbers(bad: object) -> None:
    """What rules compare is a finite number or nothing."""
    assert [fault.key for fault in read_parts(One, {"b": bad}).faults] == ["b"]
    assert read_parts(One, {"b": 1}).document == One(b=1.0)


def test_two_missing_digests_are_not_the_same_model() -> None:
    """Nothing equals nothing, but that describes no model."""
    paths = ("model.digest", "data.fingerprint", "contract.digest")
    for nothing in (..., "", None):
        bare = make_report()
        for path in paths:
            bare = edited(path, nothing, bare)
        assert failed(verdict(bare, expected=NOTHING_EXPECTED)) == ["describes_model"]


def test_what_only_the_publisher_can_prove_stays_open() -> None:
    """Without digests and proof the decision is about the rest, and says what is open."""
    result = decide(make_report(), POLICY)
    assert result.decision == "promote"
    assert [rule.name for rule in result.unproved] == [
        "describes_model",
        "serving_parity",
        "raw_payments",
        "serving_latency",
    ]
    assert "still to be proved at publication" in result.sentence
    assert verdict(make_report()).unproved == ()


@pytest.mark.parametrize(
    ("as_of", "passes"),
    [
        ("2026-06-01", True),
        ("2026-06-02", True),
        ("2026-06-01T00:00:00+00:00", True),
        ("2026-06-01T00:00:00+02:00", False),
        ("2026-05-31", False),
        ("yesterday", False),
    ],
)
def test_as_of_may_be_equal_or_newer(as_of: str, passes: bool) -> None:
    """The same week may be judged again, an older one never replaces production."""
    report = edited("as_of", as_of) | {"champion": plain(scored_champion())}
    assert (verdict(report, production=production()).decision == "promote") is passes


def test_an_unreadable_pointer_stops_promotion() -> None:
    """Where production's as_of cannot be read, nothing is known to be newer."""
    report = make_report() | {"champion": plain(scored_champion())}
    for as_of in ("", "None", "some week", "9999-12-31T23:00-14:00"):
        unreadable = production(as_of=as_of)
        assert failed(verdict(report, production=unreadable)) == ["as_of_not_older"]


def test_champion_outcomes() -> None:
    """Without a champion the absolute rules decide; what cannot be compared shows nothing."""
    unscorable = plain(scored_champion()) | {"outcome": "unscorable", "why": "other columns"}
    for champion, passes in [
        ({"outcome": "none"}, True),
        (unscorable, False),
        (plain(scored_champion(0.0, 0.01)), True),
        (plain(scored_champion(-0.0, 0.03)), False),
        (plain(scored_champion(0.01, 0.03)), True),
        ({"outcome": "scored"}, False),
        ({"outcome": "better"}, False),
        (None, False),
    ]:
        result = verdict(make_report() | {"champion": champion})
        assert (result.decision == "promote") is passes, champion
    told = {rule.name: rule for rule in verdict(make_report() | {"champion": unscorable}).rules}
    assert "other columns" in told["champion_non_inferior"].sentence


def test_a_champion_that_cannot_be_scored_is_an_obstacle_unless_the_policy_says_otherwise() -> None:
    """By default it refuses and names the act that starts anew; at d2ae1cc it waved all through."""
    unscorable = UnscorableChampion(scored_champion().version, "its files are damaged")
    report = make_report() | {"champion": plain(unscorable)}
    lenient = POLICY.model_copy(update={"champion_unscorable": "absolute"})

    assert failed(verdict(report)) == ["champion_non_inferior"]
    assert "models promote VERSION --override" in verdict(report).sentence
    assert verdict(report, lenient).decision == "promote"


def test_quality_cannot_ratchet_down() -> None:
    """Equal to the champion but worse than the best of the last ones is refused."""
    champion = plain(scored_champion())
    best, worse = plain(earlier("old", 0.95, -0.05)), plain(earlier("x", 0.80, 0.1))
    assert verdict(make_report() | {"champion": champion}).decision == "promote"
    for models in ([best, worse], [worse, best], [{"version": "hole"}], ["no model"], {"a": 1}):
        report = make_report() | {"champion": champion | {"best_of_last": models}}
        assert failed(verdict(report)) == ["champion_non_inferior"]
    unscorable = plain(UnscorableModel("y", "other columns"))
    skipped = champion | {"best_of_last": [worse, unscorable]}
    assert verdict(make_report() | {"champion": skipped}).decision == "promote"


def test_a_comparison_with_another_champion_than_what_serves_is_refused() -> None:
    """Production moved since the evaluation, or the report denies that there is a champion."""
    moved = production(version="fraud_detector_20260102_000000")
    report = make_report() | {"champion": plain(scored_champion())}
    assert failed(verdict(report, production=moved)) == ["champion_non_inferior"]
    assert failed(verdict(make_report(), production=production())) == ["champion_non_inferior"]


def test_strict_mode_gates_on_the_more_cautious_bound() -> None:
    """470 of 500 is bounded by .919; clustered below the floor it is refused in strict mode."""
    strict = Policy(strict=True)
    assert verdict(make_report(), strict).decision == "promote"
    bursty = edited("evidence.recall_low_clustered", 0.89)
    assert verdict(bursty).decision == "promote"
    assert failed(verdict(bursty, strict)) == ["recall_lower_bound"]
    assert failed(verdict(make_report(tp=455, fn=45), strict)) == ["recall_lower_bound"]


counts = st.tuples(
    st.integers(0, 600), st.integers(0, 3000), st.integers(0, 600), st.integers(0, 40_000)
)


@given(counts=counts, shift=st.integers(1, 300), strict=st.booleans())
def test_worse_counts_never_turn_a_refusal_into_a_promotion(
    counts: tuple[int, int, int, int], shift: int, strict: bool
) -> None:
    """Missing more frauds, or flagging more legitimate payments, never helps."""
    policy = Policy(strict=strict)
    tp, fp, fn, tn = counts
    missed, flagged = min(shift, tp), min(shift, tn)
    before = verdict(make_report(tp, fp, fn, tn), policy).decision
    worse = [
        make_report(tp - missed, fp, fn + missed, tn),
        make_report(tp, fp + flagged, fn, tn - flagged),
    ]
    if before != "promote":
        assert all(verdict(report, policy).decision != "promote" for report in worse)


@given(
    difference=st.floats(-0.2, 0.2), half=st.floats(0, 0.1), drop=st.floats(0, 0.1), share=...,
    p95=st.floats(0, 100),
)  # fmt: skip
def test_worse_champion_data_and_latency_never_help(
    difference: float, half: float, drop: float, share: bool, p95: float
) -> None:
    """A lower difference, more quarantine and slower answers never promote what was refused."""

    def of(difference: float, quarantined: float, p95: float) -> str:
        report = edited("data.quarantine.share", quarantined)
        champion = plain(scored_champion(difference, half))
        return verdict(report | {"champion": champion}, proof=proof(p95_ms=p95)).decision

    base = 0.049 if share else 0.2
    if of(difference, base, p95) != "promote":
        assert of(difference - drop, base, p95) != "promote"
        assert of(difference, base + drop, p95) != "promote"
        assert of(difference, base, p95 + drop) != "promote"


@given(counts=counts)
def test_promotion_means_every_bound_holds(counts: tuple[int, int, int, int]) -> None:
    """The oracle: integer arithmetic on the confusion matrix says the same as the gate."""
    tp, fp, fn, tn = counts
    holds = (
        tp + fn >= 100
        and 10 * tp >= 9 * (tp + fn)
        and 20 * (tp + fp) <= tp + fp + fn + tn
        and 10 * tp >= tp + fp
        and fp + tn > 0
    )
    assert (verdict(make_report(*counts)).decision == "promote") is holds


def test_a_leak_is_refused_by_name_unless_a_person_has_checked_it() -> None:
    """The sentence names the feature and the contract's words; a warning refuses nothing."""
    refused = verdict(edited("leaks.found", [LEAK]))
    assert "risk_flag alone ranks frauds" in refused.sentence
    assert '[policy.checked] risk_flag = "..."' in refused.sentence
    checked = Policy(checked={"risk_flag": "the issuer sends it with the authorisation"})
    assert verdict(edited("leaks.found", [LEAK]), checked).decision == "promote"
    assert verdict(edited("leaks.found", [LEAK | {"severity": "warn"}])).decision == "promote"
    assert failed(verdict(edited("leaks", ...))) == ["no_leak"]
    assert failed(verdict(edited("leaks.found", [{"severity": "refuse"}]))) == ["no_leak"]
