"""What judge and publisher both show is made once for the same bytes, and anew for others."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.naive import naive_comparison
from fraud_assets.release.case import Case
from fraud_assets.release.evidence import begin_explanation
from fraud_assets.release.once import MadeOnce
from tests.weeks import small_parts, small_week


@pytest.fixture(scope="module")
def case() -> Case:
    parts = small_parts()
    return Case(small_week().settings.contract(), parts.cleaned, parts.tuned)


def _with_row(case: Case) -> Case:
    frame = case.cleaned.frame.copy()
    frame.loc[len(frame) - 1, "amount_usd"] += 0.01
    return replace(case, cleaned=replace(case.cleaned, frame=frame))


def _with_label(case: Case) -> Case:
    frame = case.cleaned.frame.copy()
    frame.loc[0, "_label"] = 1 - frame.loc[0, "_label"]
    return replace(case, cleaned=replace(case.cleaned, frame=frame))


def _with_row_behind(case: Case) -> Case:
    history = case.cleaned.history.copy()
    history.loc[0, "sender_address"] = "another"
    return replace(case, cleaned=replace(case.cleaned, history=history))


def _with_threshold(case: Case) -> Case:
    threshold = msgspec.structs.replace(case.tuned.threshold, value=0.5)
    return replace(case, tuned=replace(case.tuned, threshold=threshold))


def _with_policy(case: Case) -> Case:
    policy = case.contract.policy.model_copy(update={"min_recall": 0.95})
    return replace(case, contract=case.contract.model_copy(update={"policy": policy}))


CHANGES = {
    "a row": _with_row,
    "a label": _with_label,
    "a row behind the windows": _with_row_behind,
    "the threshold": _with_threshold,
    "the policy": _with_policy,
    "the model": lambda case: replace(
        case, tuned=replace(case.tuned, payload=case.tuned.payload + b" ")
    ),
    "the setting": lambda case: replace(case, tuned=replace(case.tuned, parameters={"C": 3.0})),
    "the spelling": lambda case: replace(
        case, cleaned=replace(case.cleaned, spellings={"chain": {"ETH": ("eth ",)}})
    ),
}


def test_the_same_case_gives_what_was_made_before(case: Case) -> None:
    """An equal case, read again from storage say, is the same; what it is made of is not asked."""
    made, kept = [], MadeOnce[int]()
    copied = replace(case, cleaned=replace(case.cleaned, frame=case.cleaned.frame.copy()))

    for one in (case, copied, case):
        kept.of(one.digest, lambda: made.append(1) or len(made))

    assert made == [1]


@pytest.mark.parametrize("changed", CHANGES)
def test_a_case_edited_since_gets_a_value_of_its_own(case: Case, changed: str) -> None:
    """Whoever edits something between judging and publishing is not shown what was judged."""
    kept = MadeOnce[str]()
    kept.of(case.digest, lambda: "judged")

    assert kept.of(CHANGES[changed](case).digest, lambda: "made anew") == "made anew"


def test_what_is_known_of_the_published_fit_is_what_another_fit_would_give(case: Case) -> None:
    """The time split's model is the tuned one before its calibration; it is not fitted twice."""
    tuned, rows = case.tuned, case.cleaned.rows
    _, naive = begin_explanation(case)()

    again = naive_comparison(
        rows("fit"),
        rows("threshold"),
        rows("judged"),
        lambda some: fit_uncalibrated(
            tuned.family, tuned.parameters, some, case.contract, presence=tuned.presence
        ),
        case.contract.policy,
        seed=case.contract.search.seed,
    )

    assert naive == again


def test_what_was_edited_in_place_is_seen_by_the_next_step(case: Case) -> None:
    """A step takes the digests anew, though the case is the very object that was judged."""
    frame = case.cleaned.frame.copy()
    judged = replace(case, cleaned=replace(case.cleaned, frame=frame))
    before = judged.digest

    frame.loc[0, "amount_usd"] += 0.01

    assert judged.anew().digest != before
