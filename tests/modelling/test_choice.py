"""Which family wins, and the words for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from benchmarks.choices import (
    BLUR,
    LEGITIMATE,
    PERFECT,
    PROMISED,
    family,
    pair,
    validation_rows,
    wrongly_chosen,
)
from fraud_assets.modelling.search.choice import (
    MARGINS,
    Contender,
    choose_setting,
    compare,
    leading,
    merit,
)
from fraud_assets.modelling.search.validation import AVERAGE_PRECISION


def test_measures_are_scikit_learns_fold_by_fold():
    """Means over folds of roc_auc_score, average_precision_score and the curve's precision."""
    validation, (dear, _) = pair(100, BLUR, 3)
    found = []
    for label, weight, scores in zip(
        validation.parts(validation.label), validation.parts(validation.weight), dear.scores,
        strict=True,
    ):  # fmt: skip
        precision, recall, _ = precision_recall_curve(label, scores, sample_weight=weight)
        found.append(
            (
                roc_auc_score(label, scores, sample_weight=weight),
                average_precision_score(label, scores, sample_weight=weight),
                precision[recall >= 0.9 - 1e-12][-1],
            )
        )

    assert validation.measures(dear.scores) == pytest.approx(np.mean(found, axis=0), abs=1e-12)


@pytest.mark.parametrize("cost", [0.0, np.inf])
def test_none_is_cheaper_than_itself(cost: float):
    """Trees that are roots cost nothing, a model without tables nobody knows what."""
    validation, (dear, _) = pair(100, BLUR, 3)
    alone = replace(dear, cost=cost)

    choice = choose_setting([alone], validation, 0)

    assert choice.contender is alone
    assert choice.sentence.endswith("none is cheaper to serve.")


def test_merit_adds_the_losses_up_in_their_margins():
    """By hand: .002 of ROC-AUC, .005 of average precision and .05 of precision weigh the same."""
    first = np.array([0.98, 0.9, 0.6])

    losses = [merit(first) - merit(first - loss) for loss in np.diag([0.002, 0.005, 0.05])]

    assert losses == pytest.approx([1, 1, 1])
    assert merit(np.full(3, np.nan)) == -np.inf


def test_a_hair_of_average_precision_does_not_outweigh_much_of_the_rest():
    """A family that ranks its last tenth of frauds at random loses, though its head is as good."""
    made = validation_rows(400, 2)
    validation, signal = made
    head, tail = np.quantile(signal[validation.label == 1], [0.5, 0.2])
    flat = np.where(signal < tail, np.random.default_rng(0).normal(-9, 1, len(signal)), signal)
    sharp = np.where(signal > head, signal + 0.4 * (validation.label == 1), signal)
    steep = Contender("steep", {}, validation.parts(np.where(signal > head, sharp, flat)), 500)
    whole = Contender("whole", {}, validation.parts(signal), 500)

    ahead = validation.measures(steep.scores) - validation.measures(whole.scores)

    assert ahead[AVERAGE_PRECISION] > 0 > ahead[0] + 0.01
    assert choose_setting([steep, whole], validation, 0).contender is whole


def test_a_family_that_scores_as_the_leader_and_is_cheaper_wins_with_the_numbers():
    """Equal scores are shown to be as good by any number of frauds."""
    validation, (dear, _) = pair(200, BLUR, 0)
    twin = Contender("cheap", {}, dear.scores, 300)

    choice = choose_setting([dear, twin], validation, 0)

    assert choice.contender is twin
    assert choice.sentence.startswith("dear is best on the validation rows, average precision 0.6")
    assert "5 folds with 200 frauds" in choice.sentence
    assert "cheap takes 300 tests a payment instead of 1,000 tests" in choice.sentence
    assert "at most 0.0000 of ROC-AUC (0.002 allowed)" in choice.sentence
    assert f"n = {200 + LEGITIMATE * 200:,}" in choice.sentence


def test_a_family_hardly_cheaper_is_not_worth_a_loss():
    """At nine tenths of the leader's tests nothing is gained that a loss could buy."""
    validation, (dear, _) = pair(200, BLUR, 0)
    twin = Contender("twin", {}, dear.scores, 900)

    choice = choose_setting([dear, twin], validation, 0)

    assert choice.contender is dear
    assert "none is cheaper to serve" in choice.sentence


def test_a_family_that_is_clearly_worse_loses_and_the_sentence_says_by_how_much():
    """The measure that fails by most margins stands there with what is allowed."""
    validation, (dear, cheap) = pair(400, 1.5, 0)

    choice = choose_setting([dear, cheap], validation, 0)

    loss = (validation.measures(dear.scores) - validation.measures(cheap.scores))[AVERAGE_PRECISION]
    assert choice.contender is dear
    assert f"loses {loss:.4f} of average precision, where 0.005 is allowed" in choice.sentence


def test_a_cheap_leader_by_luck_gives_way_to_a_dearer_one():
    """Few frauds do not show that the dearer one is not better by twice the margin."""
    for seed in range(50):
        validation, (dear, cheap) = pair(60, BLUR, seed)
        if leading([dear, cheap], validation) is cheap:
            break

    choice = choose_setting([dear, cheap], validation, 0)

    assert choice.contender is dear
    assert "too few to show that dear" in choice.sentence


@pytest.mark.parametrize("is_sum", [True, False])
def test_a_leader_by_luck_gives_way_to_a_sum_of_two_families_of_the_same_cost(is_sum):
    """A sum is steadier than one family; another family of that cost has no such claim."""
    for seed in range(50):
        validation, (other, best) = pair(60, BLUR, seed)
        if leading([other, best], validation) is best:
            break
    other, best = replace(other, cost=best.cost, is_sum=is_sum), replace(best, is_sum=False)

    choice = choose_setting([other, best], validation, 0)

    assert choice.contender is (other if is_sum else best)
    assert ("too few to show that dear" in choice.sentence) == is_sum


@pytest.mark.parametrize("seed", range(6))
def test_between_a_sum_and_a_dearer_family_too_few_frauds_take_the_sum(seed):
    """Whichever of them leads by luck."""
    validation, (first, second) = pair(60, BLUR, seed)
    total, single = replace(first, cost=100, is_sum=True), replace(second, cost=500)
    leader = leading([total, single], validation)

    choice = choose_setting([total, single], validation, 0)

    assert choice.contender is total
    assert ("too few to show" in choice.sentence) == (leader is single)


def test_a_sum_that_is_surely_worse_goes_before_nobody():
    """Being a sum wins nothing by itself."""
    validation, (best, worse) = pair(400, 1.5, 0)
    blend = replace(worse, cost=best.cost, is_sum=True)

    choice = choose_setting([best, blend], validation, 0)

    assert choice.contender is best


def test_a_cheap_family_that_is_clearly_better_wins():
    """Dearness alone wins nothing."""
    made = validation_rows(400, 1)
    dear, cheap = family("dear", 1000, 1.5, made, 1), family("cheap", 10, PERFECT, made, 1)

    choice = choose_setting([dear, cheap], made[0], 0)

    assert choice.contender is cheap
    assert "none is cheaper" in choice.sentence


def test_measures_vary_more_where_frauds_come_in_bursts():
    """Rows of a sender are drawn together: a burst of ten frauds is not ten frauds."""
    validation, (dear, _) = pair(400, BLUR, 5, burst=10)
    alone = replace(validation, sender=np.arange(len(validation.label)))

    by_sender, by_row = (v.replicates([dear.scores], 0).std(axis=0)[0] for v in (validation, alone))

    assert (by_sender[:2] > 1.5 * by_row[:2]).all()


def test_the_same_seed_gives_the_same_bounds():
    """Nothing but the seed is drawn from."""
    validation, (dear, cheap) = pair(200, PERFECT, 2)

    first, again = (compare(dear, [cheap], validation, 7)[0] for _ in range(2))

    assert first.bound is None or (first.bound == again.bound).all()
    assert (first.loss == again.loss).all()


def test_the_simulated_loss_is_twice_the_margin():
    """What the simulation below calls worse by twice the margin is that, to a tenth of it."""
    losses = []
    for seed in range(3):
        validation, (dear, cheap) = pair(20_000, BLUR, seed)
        losses.append(validation.measures(dear.scores) - validation.measures(cheap.scores))

    loss = np.mean(losses, axis=0)[AVERAGE_PRECISION]
    assert loss == pytest.approx(2 * MARGINS[AVERAGE_PRECISION], rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("frauds", "burst"), [(200, 1), (1000, 1), (300, 5), (1000, 3)])
def test_a_family_worse_by_twice_the_margin_is_seldom_chosen(frauds: int, burst: int):
    """At most one simulated search in twenty takes the cheap and worse one, however few frauds.

    150 searches may give more than 5 % by luck: the interval of their share must reach it.
    """
    assert wrongly_chosen(frauds, burst, searches=150).low <= PROMISED


def test_a_cheaper_one_that_is_ahead_but_not_surely_may_lose_what_is_not_shown():
    """A gain is not told as a loss below nothing; a fraction of a test is not none."""
    for seed in range(200):
        validation, (dear, cheap) = pair(60, PERFECT, seed)
        cheap = replace(cheap, cost=0.4)
        (found,) = compare(dear, [cheap], validation, 0)
        choice = choose_setting([dear, cheap], validation, 0)
        if found.bound is None or found.is_shown or choice.contender is cheap:
            continue
        worst = int((found.bound / MARGINS).argmax())
        if found.loss[worst] < 0:
            break

    assert "takes less than one test a payment" in choice.sentence
    assert f"but may lose at 95% confidence up to {found.bound[worst]:.4f}" in choice.sentence
    assert "loses -" not in choice.sentence
