"""How far back to fit: longer where it pays, shorter only where that is shown."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.families.members.hist_gradient_boosting import STEADY_TREES
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.freezing import freeze
from fraud_assets.modelling.lookback.lengths import lengths, window_of
from fraud_assets.modelling.lookback.meeting import meet
from fraud_assets.modelling.lookback.search import Lookback, begin_look_back, history_to_take
from fraud_assets.modelling.lookback.walk import Try, Walk, blocks
from fraud_assets.modelling.reach import FittedReach, joined_rows
from fraud_assets.modelling.search.choice import Contender
from fraud_assets.modelling.search.sampling import Sample, thinned_rows
from tests.modelling.made_rows import make_rows, small_contract

SETTING = {"C": 1.0}
LOGISTIC = Contender("logistic_regression", SETTING, [], 1.0)


def look_back(*arguments: Any, **more: Any) -> Lookback | None:
    """What a search comes to that nothing is done beside."""
    return begin_look_back(*arguments, **more)()


def contract(**search: object) -> Contract:
    return small_contract(folds=3, legitimate_per_fraud=5, **search)


def shifted(rows: Rows, days: int) -> Rows:
    """The same rows, so many days earlier, spread over as many days."""
    assert rows.time is not None
    start = rows.time[0] - np.timedelta64(days, "D")
    steps = (np.arange(len(rows)) / len(rows) * days * 86_400).astype("timedelta64[s]")
    return replace(rows, time=(start + steps).astype("datetime64[us]"))


def spread(rows: Rows, days: int) -> Rows:
    """The same rows over so many days."""
    assert rows.time is not None
    steps = (np.arange(len(rows)) / len(rows) * days * 86_400).astype("timedelta64[s]")
    return replace(rows, time=(rows.time[0] + steps).astype("datetime64[us]"))


def upside_down(rows: Rows) -> Rows:
    """A world in which frauds look like the opposite of what they are now."""
    numbers = rows.features.select_dtypes("number").columns
    frame = rows.features.copy()
    middle = frame.loc[rows.label == 0, numbers].median()
    fraud = rows.label == 1
    frame.loc[fraud, numbers] = (middle**2 / frame.loc[fraud, numbers].clip(lower=1e-3)).to_numpy()
    return replace(rows, features=frame)


def test_lengths_double_in_frauds_from_half_the_window_to_all():
    """With 200 frauds in the window and 1,000 in all: 100, 200, 400, 800 and all of them."""
    n = 10_000
    label = (np.arange(n) % 10 == 0).astype("int8")
    time = np.datetime64("2026-01-01", "us") + np.arange(n) * np.timedelta64(3600, "s")
    rows = Rows(pd.DataFrame(index=range(n)), label, time)

    found = lengths(rows, 8000)

    frauds = [reach.taken(rows).frauds for reach in found]
    assert [round(count, -1) for count in frauds] == [100, 200, 400, 800, 1000, 1000]
    assert window_of(rows, 8000) in found
    assert [reach.half_life_days for reach in found[:-1]] == [None] * 5
    assert found[-1].half_life_days == window_of(rows, 8000).days


def test_nothing_but_the_window_where_frauds_are_few():
    """Half of 60 frauds is not tried, and there is nothing before."""
    rows = make_rows(600, 0.1)

    assert lengths(rows, 0) == (window_of(rows, 0),)


@settings(max_examples=50, deadline=None)
@given(
    days=st.one_of(st.none(), st.floats(0.1, 500)), half_life=st.one_of(st.none(), st.floats(1, 90))
)
def test_what_is_taken_is_the_newest_part_and_weights_never_grow_backwards(days, half_life):
    """A history is a suffix of the rows; its newest row weighs 1, an older one never more."""
    rows = spread(make_rows(200, 0.2), 300)
    reach = FittedReach(days, half_life)

    taken = reach.taken(rows)

    assert taken.time is not None
    assert rows.time is not None
    np.testing.assert_array_equal(taken.time, rows.time[len(rows) - len(taken) :])
    assert days is None or (rows.time[-1] - taken.time[0]) <= np.timedelta64(
        round(days * 86_400), "s"
    )
    weights = reach.weights(taken.time)
    if half_life is None:
        assert weights is None
        return
    assert weights[-1] == 1
    assert (np.diff(weights) >= 0).all()


def test_hand_worked_weight():
    """A row of 30 days ago at a half-life of 10 days weighs an eighth."""
    time = np.array(["2026-01-01", "2026-01-31"], dtype="datetime64[us]")

    assert FittedReach(half_life_days=10).weights(time).tolist() == [0.125, 1.0]


def test_no_block_is_fitted_on_what_comes_later():
    """Each block trains on all before it and nothing after, and lies in the fitted window."""
    for train, valid in blocks(1000, 400, 5):
        assert train.tolist() == list(range(valid[0]))
        assert valid[0] >= 400


@pytest.mark.parametrize("label", [0, 1])
def test_a_block_without_one_of_both_classes_is_not_compared_on(label: int):
    """Frauds that come in one burst leave a later block without any; the others are compared on."""
    rows = make_rows(1200, 0.2)
    block = slice(1050, 1200)
    rows.label[block] = label
    sample = Sample(rows, len(rows) - rows.frauds)

    walk = Walk(sample, 600, contract())
    alone = Walk(sample, 1050, contract(), count=1)

    assert walk.is_possible(FittedReach())
    assert walk.validation.ends == (150, 300)
    assert not alone.is_possible(FittedReach())


def test_a_history_that_is_ahead_but_not_taken_is_named():
    """That nothing was shown to be better does not say that nothing did better."""
    named = []
    for seed in range(8):
        alone = spread(make_rows(3000, 0.1, seed=seed), 40)
        section = look_back([LOGISTIC], alone, None, contract()).section
        taken = re.search(r"average precision (\S+) on later rows", section.sentence)[1]
        best = max(row.average_precision for row in section.curve)
        named.append(f"{best:.4f}" != taken)
        said = "does not show that they are better" in section.sentence
        assert said == (f"have {best:.4f}, which" in section.sentence) == named[-1]
    assert set(named) == {True, False}


def test_longer_where_it_pays():
    """The world stays: with ten times the frauds before the window the whole of it is taken."""
    fit, earlier = spread(make_rows(1500, 0.08, seed=1), 30), shifted(make_rows(9000, 0.08), 180)

    back = look_back([LOGISTIC], fit, earlier, contract())

    assert back is not None
    assert back.reach.taken(joined_rows(earlier, fit)).frauds > 3 * fit.frauds
    assert "With the fitted window's" in back.section.sentence
    assert [row.days for row in back.section.curve] == sorted(
        row.days for row in back.section.curve
    )


def test_shorter_where_the_world_moved():
    """What lies before the window says the opposite: it is left out, or fades."""
    fit = spread(make_rows(3000, 0.08, seed=1), 30)
    earlier = shifted(upside_down(make_rows(9000, 0.08)), 180)

    back = look_back([LOGISTIC], fit, earlier, contract())

    assert back is not None
    assert back.reach.half_life_days or back.reach.days <= 31


def test_forgetting_must_be_shown():
    """The world stays and nothing lies before: half of the window is not taken by luck."""
    taken = [
        look_back([LOGISTIC], spread(make_rows(3000, 0.1, seed=seed), 40), None, contract())
        for seed in range(8)
    ]

    assert sum(back is not None and back.reach.days >= 40 for back in taken) >= 7


@pytest.mark.parametrize(
    ("gains", "taken"),
    [
        ((0.0, 0.010, 0.008, 0.0, 0.0), 3),  # ahead by less than a standard error: the longest
        ((0.0, 0.030, 0.040, 0.0, 0.0), 2),  # ahead by more: the best of them
        ((0.030, 0.0, 0.0, 0.0, 0.030), 3),  # what forgets is ahead, not shown
        ((0.050, 0.0, 0.0, 0.0, 0.0), 0),  # shown to be better
        ((0.0, 0.0, 0.0, 0.0, 0.050), 4),
        ((0.050, 0.0, 0.040, 0.0, 0.0), 2),  # better than the longest, not than the best
    ],
)
def test_the_longest_history_unless_another_is_ahead(gains: tuple[float, ...], taken: int):
    """Half the window, the window, twice as far, all of it, all of it fading; errors of .02."""
    tried = [FittedReach(days) for days in (15, 30, 60, 90)] + [FittedReach(90, 30)]
    noise = np.random.default_rng(0).normal(0, 0.02, (400, 5))
    noise[:, 3] = 0

    best = history_to_take(tried, 1, 0.5 + np.array(gains), 0.5 + np.array(gains) + noise)

    assert best == taken


def test_longest_where_lengths_are_too_close_to_tell():
    """The world stays: of all lengths the longest is taken, whatever the draw of the rows."""
    for seed in range(4):
        fit = spread(make_rows(1500, 0.08, seed=seed), 30)
        earlier = shifted(make_rows(4500, 0.08, seed=seed + 9), 180)

        back = look_back([LOGISTIC], fit, earlier, contract())

        assert back is not None
        assert back.reach.taken(joined_rows(earlier, fit)).frauds > 2 * fit.frauds


@pytest.mark.parametrize(("history", "by"), [("window", "frauds"), ("auto", "days")])
def test_the_window_as_it_is_where_the_contract_says_so(history: str, by: str):
    """Fixed days stay fixed, and whoever asks for the window gets it."""
    asked = contract(history=history)
    asked = asked.model_copy(update={"windows": asked.windows.model_copy(update={"by": by})})

    assert look_back([LOGISTIC], make_rows(1500, 0.1), make_rows(1500, 0.1), asked) is None


def test_rows_without_a_time_have_no_history():
    """Nothing to look back over."""
    assert look_back([LOGISTIC], make_rows(900, 0.2, with_time=False), None, contract()) is None


def test_the_published_fit_holds_the_history_and_its_weights(monkeypatch: pytest.MonkeyPatch):
    """What is fitted is the history taken, earlier rows first, each with its weight."""
    fit, later = spread(make_rows(1500, 0.08, seed=1), 30), make_rows(1500, 0.08, seed=2)
    earlier = shifted(make_rows(1500, 0.08), 30)
    seen = {}
    family = FAMILIES["logistic_regression"]
    built = family.build(SETTING, 0)

    class Watched(type(built)):
        def fit(self, x, y, sample_weight=None):
            seen.setdefault("rows", len(y))
            seen.setdefault("weights", sample_weight)
            return super().fit(x, y, sample_weight)

    Watched.__name__ = "LogisticRegression"
    monkeypatch.setattr(
        "fraud_assets.modelling.pipeline.find_families",
        lambda names: [replace(family, build=lambda params, seed: Watched(**params))],
    )
    fit_uncalibrated(
        "logistic_regression", SETTING, joined_rows(earlier, fit), contract(), half_life_days=5
    )

    assert seen["rows"] > fit.frauds * 5
    assert seen["weights"][-1] == 1
    assert seen["weights"][0] < 0.01
    monkeypatch.undo()
    tuned = freeze("logistic_regression", SETTING, fit, later, contract(), earlier=earlier)
    longer = freeze(
        "logistic_regression", SETTING, fit, later, contract(), earlier=earlier, reach=FittedReach()
    )
    assert longer.training_samples > 1.8 * tuned.training_samples


def test_on_a_long_history_families_meet_again_within_the_budget():
    """Each family's best setting scores the newest rows, fitted on what is affordable.

    Where that is not all, those that fit slowly meet the others on few rows first.
    """
    fit, earlier = spread(make_rows(1500, 0.1, seed=1), 30), shifted(make_rows(12_000, 0.1), 180)
    rows, boosting = joined_rows(earlier, fit), FAMILIES["hist_gradient_boosting"]
    rival = Contender(boosting.name, {"max_iter": 50, **STEADY_TREES}, [], 1.0)

    said = {}
    for minutes in (0.001, 2):
        chosen, said[minutes] = meet(
            [LOGISTIC, rival, LOGISTIC], FittedReach(), rows, fit, contract(minutes=minutes)
        )
        assert chosen.family in (LOGISTIC.family, boosting.name)

    assert said[0.001].startswith(" On fewer rows hist_gradient_boosting led all families. 2 ")
    assert said[2].startswith(" 3 settings met once more, fitted on ")
    assert "% of those that lie before the scored ones: " in said[0.001]
    assert re.search(r"fitted on [\d,]+ rows that lie before the scored ones: ", said[2])


def test_few_compared_frauds_call_for_a_meeting():
    """What matters is how many frauds families were compared on, not how many the window has."""
    fit, earlier = spread(make_rows(1500, 0.1, seed=1), 30), shifted(make_rows(1500, 0.1), 30)
    rival = Contender("hist_gradient_boosting", {"max_iter": 20, **STEADY_TREES}, [], 1.0)

    same, fewer = (
        look_back([LOGISTIC, rival], fit, earlier, contract(), compared=count)
        for count in (fit.frauds, fit.frauds // 4)
    )

    assert same is not None
    assert fewer is not None
    assert same.sentence == ""
    assert "settings met once more" in fewer.sentence


def test_a_budget_that_does_not_last_leaves_out_earlier_rows_alone():
    """A walk on a share of the rows scores the same ones, and a fit costs that share."""
    rows = spread(make_rows(3000, 0.1), 60)
    walks = [Walk(Sample(rows, 0), 1500, contract(), count=1, share=share) for share in (1.0, 0.2)]
    try_it = Try(LOGISTIC.family, SETTING, FittedReach())

    whole, part = (walk.cost(try_it) for walk in walks)
    scored = [walk.score([try_it])[0].margins[0] for walk in walks]

    assert part == pytest.approx(0.2 * whole, rel=0.01)
    assert scored[0].shape == scored[1].shape == (750,)
    assert (scored[0] != scored[1]).any()
    np.testing.assert_array_equal(walks[0].validation.label, walks[1].validation.label)


def test_a_share_of_the_training_rows_leaves_no_scored_row_out():
    """Frauds and others are thinned alike, by a fixed draw; validation rows stay."""
    label = (np.arange(10_000) % 10 == 0).astype("int8")

    kept = thinned_rows(np.arange(5000), label, 0.2, 0)

    assert (len(kept), label[kept].sum()) == (1000, 100)
    assert (np.diff(kept) > 0).all()
    assert (kept == thinned_rows(np.arange(5000), label, 0.2, 0)).all()
    assert thinned_rows(kept, label, 1.0, 0) is kept
    ((train, valid),) = blocks(1000, 400, 5, 1)
    assert (len(train), valid[0], valid[-1]) == (700, 700, 999)
