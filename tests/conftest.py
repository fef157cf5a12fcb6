"""Fixtures that several wings' tests share."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from joblib import cpu_count
from threadpoolctl import threadpool_limits

from tests.shared import make_cases
from tests.weeks import Parts, Week, small_parts, small_week

# A machine that does other things as well is slow, not wrong.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

MOST_WAITING = 12
"""Workers of the slow tests: each takes up to a gigabyte with what it starts."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """`-n auto`: a worker per core, and two where tests mostly wait for processes they started."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # as xdist reads it
    waits = config.option.markexpr.startswith("slow")
    return min(2 * cpu_count(), MOST_WAITING) if waits else cpu_count()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Workers begin with files in which something takes long, then with those of many tests.

    So nobody waits at the end for one long file. Without workers the order is that of the names.
    """
    if not hasattr(config, "workerinput"):
        return
    long = {item.path for item in items if item.get_closest_marker("long") is not None}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in long, -tests[item.path]))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tests run beside each other: a fit's second thread would wait until another's turn ends.

    Here, not in what tests start; a test of threads takes two itself.
    """
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session", autouse=True)
def state_of_services(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Services that tests start keep their last good copies apart from this user's own."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def made_week() -> Week:
    """Simulated data and a contract, made once; never written to by a test."""
    return small_week()


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports as they really come, one folder for each; never written to by a test."""
    return make_cases(tmp_path_factory.mktemp("cases"))


@pytest.fixture(scope="session")
def parts() -> Parts:
    """The week's cleaned features, leaderboard and tuned pipeline, made once."""
    return small_parts()


@pytest.fixture
def week(made_week: Week, tmp_path) -> Week:
    """The week's data and contract in a folder of the test's own, with an empty store."""
    shutil.copytree(made_week.folder, tmp_path / "week")
    return Week(tmp_path / "week")
