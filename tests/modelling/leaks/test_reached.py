"""A model that ranks every fraud first knows more than honest data tells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.leaks import Leak
from fraud_assets.modelling.leaks import leak_refusal, reached_too_much, refused

CONTRACT = """
format = 1
name = "t"
[source]
path = "x.csv"
[columns]
event_time = "t"
amount = "amount"
[label]
column = "y"
[features]
numeric = ["amount", "a", "b"]
"""


def contract() -> Contract:
    return parse_contract(CONTRACT)


def rows(frauds: int = 60, n: int = 2000, amount: float = 0.0) -> Rows:
    """Two features of which the sum alone is the label, and an amount that tells `amount`."""
    rng = np.random.default_rng(0)
    label = np.zeros(n, dtype="int8")
    label[rng.choice(n, frauds, replace=False)] = 1
    a = rng.normal(size=n)
    features = {"amount": rng.normal(size=n) + amount * label, "a": a, "b": label * 3 - a}
    return Rows(pd.DataFrame(features), label)


def test_a_perfect_ranking_is_refused_and_names_the_strongest():
    """Neither a nor b is a copy of the label; together they are."""
    judged = rows()

    leak = reached_too_much(judged, judged.features[["a", "b"]].sum(axis=1).to_numpy(), contract())

    assert (leak.severity, leak.code) == ("refuse", "reached_too_much")
    assert leak.features == ("b", "a")
    assert leak.value == 1.0
    assert (leak.n, leak.frauds) == (2000, 60)


def test_a_perfect_ranking_by_the_amount_is_a_warning():
    """The payment itself makes its amount; frauds of another size are no leak."""
    judged = rows(amount=12.0)

    leak = reached_too_much(judged, judged.features["amount"].to_numpy(), contract())

    assert leak.severity == "warn"
    assert "facts of the payments" in leak.text


@pytest.mark.parametrize(("frauds", "noise"), [(20, 0.0), (60, 1.0)])
def test_few_frauds_and_honest_models_are_not_spoken_of(frauds, noise):
    """Twenty frauds may all rank first by chance; an area of .98 is honest."""
    judged = rows(frauds)
    scores = judged.features[["a", "b"]].sum(axis=1) + noise * np.random.default_rng(1).normal(
        size=2000
    )

    assert reached_too_much(judged, scores.to_numpy(), contract()) is None


def test_hardly_a_false_alarm_is_refused_though_some_frauds_are_missed():
    """Most of 200 frauds come first, some look like anybody: an honest area, not so precise."""
    judged = rows(frauds=200)
    scores = judged.features[["a", "b"]].sum(axis=1).to_numpy().copy()
    frauds = np.flatnonzero(judged.label == 1)
    scores[frauds[:10]] = np.linspace(-1, 0.5, 10)

    leak = reached_too_much(judged, scores, contract())

    assert (leak.severity, leak.code) == ("refuse", "reached_too_much")
    assert leak.value == 1.0
    assert leak.measure == "precision at a recall of 0.9"
    assert "finds 186 of 200 judged frauds by 186 alarms" in leak.text


def test_a_precision_that_some_honest_models_have_is_not_spoken_of():
    """Nine alarms of ten are right."""
    judged = rows(frauds=200)
    scores = judged.label.astype(float)
    scores[np.flatnonzero(judged.label == 0)[:20]] = 1.0
    scores[np.flatnonzero(judged.label == 1)[:12]] = 0.0

    assert reached_too_much(judged, scores, contract()) is None


def mixed(flag: float = 0.0, seed: int = 2) -> Rows:
    """A copy of the label but for a share `flag` of its values, and honest numbers beside it."""
    judged, rng = rows(), np.random.default_rng(seed)
    label = judged.label.astype(float)
    wrong = rng.random(len(label)) < flag
    return Rows(
        pd.DataFrame(
            {
                "amount": judged.features["amount"],
                "a": np.where(wrong, 1 - label, label),
                "b": rng.normal(size=len(label)) + 1.5 * label,
                "c": rng.normal(size=len(label)) + label,
            }
        ),
        judged.label,
    )


def test_beside_a_copy_of_the_label_no_honest_feature_is_named():
    """The evidence of each stands in the sentence: the copy, and the best of the others."""
    judged = mixed()

    leak = reached_too_much(judged, judged.label.astype(float), contract())

    assert leak.features == ("a",)
    assert "the ROC-AUC of each alone is a 1.0000; of the others b reaches most, 0.8" in leak.text
    assert "0.9995 is too much" in leak.text


def test_what_is_refused_by_itself_is_named_and_not_what_is_merely_strong():
    """A finding on b stands already; a is stronger on these rows, and no worse than b."""
    judged = mixed(0.01)
    known = Leak(("b",), "copies_the_label", "refuse", "ROC-AUC alone", 1.0, 10, 5, "b is it.")

    leak = reached_too_much(judged, judged.label.astype(float), contract(), [known])

    assert leak.features == ("b",)


def test_a_checked_feature_hides_no_other_unless_it_explains_the_model():
    """A person vouches for a: with .95 alone it gives no perfect model, with 1 it does."""
    vouched = contract().model_copy(
        update={"policy": contract().policy.model_copy(update={"checked": {"a": "known"}})}
    )

    some, all_of_it = (
        reached_too_much(made, made.label.astype(float), vouched)
        for made in (mixed(0.05), mixed(0.0))
    )

    assert some.features == ("a", "b", "c")
    assert all_of_it.features == ("a",)
    assert refused([some], {"a": "known"}) == (some,)


def test_a_refusal_is_one_sentence_that_names_the_leak_alone():
    """Value, bound, and what to do; the model's own finding is no news beside it."""
    copy = Leak(
        ("a",), "copies_the_label", "refuse", "ROC-AUC alone", 1.0, 10, 5,
        "a alone ranks frauds with a ROC-AUC of 1.0000, where 0.98 is too much to be honest.",
    )  # fmt: skip
    judged = mixed()
    reached = reached_too_much(judged, judged.label.astype(float), contract(), [copy])

    sentence = leak_refusal([reached, copy], {})

    assert sentence == (
        "No feature may know the label, but a alone ranks frauds with a ROC-AUC of 1.0000, where "
        "0.98 is too much to be honest; take a out of [features] or, where a payment does have it "
        "when it is made, let a person write why into the contract: [policy.checked] "
        'a = "...".'
    )
