"""One document says what was promised, what came, and what the evidence is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.page import render_production
from fraud_assets.watch.production import production
from fraud_assets.watch.weeks import recall_of
from tests.watch.worlds import DAY, PLACE, START, lived, reign


def until(weeks: int) -> np.datetime64:
    return START + weeks * 7 * DAY


def test_a_model_that_keeps_its_promise_is_not_accused():
    """Eight weeks at .93: no alarm, and each week whose labels are in lies beside its promise."""
    found = production(lived([0.93] * 8), [reign()], PLACE, until(8))

    assert not found.alarmed
    assert [week.matured for week in found.weeks] == [True] * 6 + [False] * 2
    assert all(week.recall and week.promised for week in found.weeks[:6])
    assert all(week.recall is None for week in found.weeks[6:])
    assert "keeps its promise" in found.sentence


def test_a_model_that_fell_is_called_and_the_sentence_says_since_when():
    """Four weeks at .93, then .6: the alarm comes within a week of its first bad labels."""
    found = production(lived([0.93] * 4 + [0.6] * 4), [reign()], PLACE, until(10))

    assert found.alarmed
    alarm = np.datetime64(found.versions[0].alarm)
    assert until(4) < alarm <= until(5) + 2 * DAY
    assert found.sentence.startswith(f"Alarm since {alarm}: the recall of v1 lies below 90%")


def test_only_labels_of_one_age_count():
    """A fraud of yesterday changes neither recall nor evidence, though its label came early."""
    rows = lived([0.93] * 4)
    early = rows.where(np.arange(len(rows)) < len(rows))
    fresh = rows.time >= until(4) - np.timedelta64(14, "D")
    early.fraud[fresh] = True

    one, other = (production(r, [reign()], PLACE, until(4)) for r in (lived([0.93] * 4), early))

    assert one.versions == other.versions
    assert [week.recall for week in one.weeks] == [week.recall for week in other.weeks]


def test_weeks_by_hand():
    """Counts, amounts and shares of the first week are those of its rows."""
    rows = lived([0.9] * 4)
    first = rows.where(rows.time < until(1))
    week = production(rows, [reign()], PLACE, until(10)).weeks[0]

    caught = first.fraud & first.flagged
    assert (week.payments, week.alerts, week.frauds) == (
        len(first),
        int(first.flagged.sum()),
        int(first.fraud.sum()),
    )
    assert week.amount_caught == pytest.approx(first.amount[caught].sum())
    assert week.recall.value == pytest.approx(caught.sum() / first.fraud.sum())
    assert week.precision.k == caught.sum()
    assert week.released == 0


def test_where_everything_flagged_is_stopped_recall_is_said_to_be_unknown():
    """No number stands where none can be known, and the sentence says what to set."""
    found = production(lived([0.5] * 6, release=0.0), [reign()], PLACE, until(8))

    assert all(week.recall is None for week in found.weeks)
    assert found.versions[0].recall is None
    assert not found.alarmed
    assert "release_share" in found.unknown
    assert "cannot be known" in found.sentence


def test_a_small_share_let_through_is_enough():
    """With 2 % let through .93 is not accused, .6 is, and its interval holds the truth."""
    good, bad = (
        production(lived([recall] * 12, release=0.02), [reign()], PLACE, until(14))
        for recall in (0.93, 0.6)
    )

    assert not good.alarmed
    assert bad.alarmed
    recall = bad.versions[0].recall
    assert recall.low <= 0.6 <= recall.high
    assert sum(week.released for week in bad.weeks) > 0


def test_different_release_probabilities_give_one_honest_interval():
    """In 100 worlds whose share changed half-way the interval holds the truth in at least 95."""
    held = 0
    for seed in range(100):
        early, late = (lived([0.9] * 6, release=r, seed=seed) for r in (0.02, 0.05))
        both = early.where(early.time < until(3))
        rest = late.where(late.time >= until(3))
        joined = type(both)(
            *(np.concatenate(pair) for pair in zip(_columns(both), _columns(rest), strict=True))
        )
        found = recall_of(joined)
        held += found.low <= 0.9 <= found.high

    assert held >= 95


def _columns(rows):
    return [getattr(rows, name) for name in rows.__dataclass_fields__]


def test_each_version_answers_for_itself():
    """What v1 missed is no evidence against v2, which takes over in the fifth week."""
    bad = lived([0.5] * 4, version="v1")
    good = lived([0.95] * 8, version="v2", seed=9)
    good = good.where(good.time >= until(4))
    rows = type(bad)(
        *(np.concatenate(pair) for pair in zip(_columns(bad), _columns(good), strict=True))
    )

    found = production(rows, [reign("v1"), reign("v2", until(4))], PLACE, until(10))

    assert [version.alarm is not None for version in found.versions] == [True, False]
    assert found.versions[0].until == found.versions[1].since
    assert not found.alarmed


def test_many_more_alerts_than_promised_are_a_warning_and_no_alarm():
    """A week in which twice as many payments are flagged is named; nothing else follows."""
    rows = lived([0.93] * 4)
    last = np.flatnonzero(rows.time >= until(3))
    rows.flagged[last[: len(last) // 6]] = True

    found = production(rows, [reign()], PLACE, until(4))

    assert [warning.code for warning in found.warnings] == ["alert_rate_moved"]
    assert not found.alarmed


def test_nothing_decided_yet_is_a_page_too():
    """Before the first decision the document is empty and says so."""
    found = production(lived([]), [], PLACE, START)

    assert found.sentence == "No version serves yet."
    assert "nothing to show yet" in render_production(found)


def test_the_page_shows_promise_outcome_and_evidence():
    """Both pictures, the alarm's headline, each week; the same document gives the same bytes."""
    found = production(lived([0.93] * 4 + [0.6] * 4), [reign()], PLACE, until(10))

    page = render_production(found)

    assert page == render_production(found)
    assert "Alarm:" in page
    assert page.count("<svg") == 2
    assert page.count('<th scope="row">') == len(found.weeks)
    assert "<script" not in page


def few_frauds_among_alerts(share: float, weeks: int = 8, seed: int = 4) -> Outcomes:
    """Weeks in which alerts are frauds with that probability; recall is what it was."""
    rows = lived([0.95] * weeks, seed=seed)
    random = np.random.default_rng(seed)
    rows.fraud[rows.flagged] = random.random(int(rows.flagged.sum())) < share
    rows.fraud[~rows.flagged] = False
    return rows


def test_precision_is_watched_like_recall():
    """Alerts of which 5 % are frauds break a promise of 10 %; those of 12 % keep it."""
    promised = replace(reign(), precision_floor=0.10)

    bad = production(few_frauds_among_alerts(0.05, 16), [promised], PLACE, until(30))
    good = production(few_frauds_among_alerts(0.12, 16), [promised], PLACE, until(30))

    assert bad.precision_alarm is not None
    assert "the precision of its alerts lies below 10%" in bad.sentence
    assert not bad.alarmed  # recall alone moves production
    assert good.precision_alarm is None
    found = good.versions[0].precision
    assert (found.floor, found.alerts) == (0.10, found.value.n)


def test_precision_at_its_floor_is_called_bad_in_few_years():
    """At most 5 % of years of independent alerts at exactly the floor; here 2 of 100 or fewer."""
    promised = replace(reign(), precision_floor=0.10)
    worlds = (few_frauds_among_alerts(0.10, 10, seed) for seed in range(100))

    called = sum(
        production(rows, [promised], PLACE, until(20)).precision_alarm is not None
        for rows in worlds
    )

    assert called <= 9  # 5 expected at most; 10 or more have a probability under 3 %


def test_slices_name_where_less_is_caught():
    """The level whose frauds pass comes first, with its own n; together they are all rows."""
    rows = lived([0.95] * 8)
    chain = np.where(np.arange(len(rows)) % 4 == 0, "SOL", "ETH").astype(object)
    rows.flagged[(chain == "SOL") & (np.arange(len(rows)) % 8 == 0)] = False

    found = production(rows, [reign()], PLACE, until(30), {"chain": chain}).slices

    assert [one.level for one in found] == ["SOL", "ETH"]
    assert found[0].recall.value < 0.7 < found[1].recall.value
    assert sum(one.payments for one in found) == len(rows)
    assert found[0].frauds == int(rows.fraud[chain == "SOL"].sum())


def test_rare_levels_stand_together():
    """Of twenty chains the twelve most frequent stand alone; no payment is in no slice."""
    rows = lived([0.95] * 4)
    chain = np.array([f"C{at % 20}" for at in range(len(rows))], dtype=object)

    found = production(rows, [reign()], PLACE, until(30), {"chain": chain}).slices

    assert len(found) == 13
    assert "all others" in {one.level for one in found}
    assert sum(one.payments for one in found) == len(rows)


def test_calibration_is_a_warning_by_effect_size():
    """Twice as many frauds as the probabilities meant are said; as many as meant are not."""
    rows = lived([0.95] * 8)

    as_meant = production(rows, [reign()], PLACE, until(30)).warnings
    halved = replace(rows, probability=rows.probability / 2)
    found = production(halved, [reign()], PLACE, until(30)).warnings

    assert "calibration_moved" not in {warning.code for warning in as_meant}
    (text,) = (w.text for w in found if w.code == "calibration_moved")
    assert "2.0" in text


def test_one_sender_s_burst_is_no_calibration():
    """All surplus frauds from one sender: the interval, clustered by sender, holds one."""
    rows = lived([0.95] * 2)
    burst = np.flatnonzero(~rows.fraud & ~rows.flagged)[:400]
    rows.fraud[burst] = True
    rows.sender[burst] = -1

    found = production(rows, [reign()], PLACE, until(30)).warnings

    assert "calibration_moved" not in {warning.code for warning in found}
