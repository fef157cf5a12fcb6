from __future__ import annotations

import numpy as np

from fraud_assets.backtest.finished import FinishedWeek, TrainedWeek
from fraud_assets.backtest.schedule import next_tasks, plan
from fraud_assets.backtest.training import FoundSetting
from tests.backtest.histories import trained

DAYS = [np.datetime64(f"2025-06-{day:02}", "us") for day in (2, 9, 16, 23, 30)]
FOUND = trained("adaboost", {"n_estimators": 100})
FAILED = FinishedWeek(TrainedWeek("2025-06-02", None, "too few frauds"), {})


def test_every_third_week_searches_and_leads_the_two_after_it():
    """Five weeks, a search every three: two searches with two and one followers."""
    tasks = plan(DAYS, 3)

    assert [task.as_of for task in tasks] == [DAYS[0], DAYS[3]]
    assert [task.followers for task in tasks] == [(DAYS[1], DAYS[2]), (DAYS[4],)]


def test_followers_refit_what_the_search_found():
    """Family and parameters are the search's; a refit leads nobody."""
    search = plan(DAYS[:3], 3)[0]

    refits = next_tasks(search, FOUND)

    assert [task.as_of for task in refits] == DAYS[1:3]
    assert all(task.setting == FoundSetting("adaboost", {"n_estimators": 100}) for task in refits)
    assert next_tasks(refits[0], FOUND) == []


def test_a_search_that_found_nothing_passes_to_the_next_week():
    """Too little evidence in one week leaves no gap in those after it."""
    (successor,) = next_tasks(plan(DAYS[:3], 3)[0], FAILED)

    assert (successor.as_of, successor.setting) == (DAYS[1], None)
    assert successor.followers == (DAYS[2],)


def test_a_task_is_named_by_week_and_setting():
    """A refit with another setting is another piece of work."""
    search, *_ = plan(DAYS[:2], 2)
    refit, other = (
        next_tasks(search, trained("adaboost", p))[0]
        for p in ({"n_estimators": 100}, {"n_estimators": 200})
    )

    assert len({search.name, refit.name, other.name}) == 3
    assert refit.name.startswith("2025-06-09-")
