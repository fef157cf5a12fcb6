"""One document says what was promised, what came, and what the evidence is worth."""

from __future__ import annotations

import numpy as np
import pytest

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
