"""A stack of its own, two weeks launched in its UI, and what its programs go through meanwhile."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from benchmarks.stack.clicks import launch, materialize_all
from benchmarks.stack.harm import Harm, Harmed, are_ready
from benchmarks.stack.load import Load
from benchmarks.stack.proof import is_told, on_record, secrets
from benchmarks.stack.runs import Ui, webhook
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from stack.place import Place
from stack.program import all_programs
from stack.supervisor import Supervisor
from tests.waiting import wait_until
from tests.weeks import make_week

PATIENCE = 900.0
WEEK = "2025-06-30"
"""The newest one, launched twice: the same payments make a tie, which the gate lets pass."""


def attempt(folder: Path) -> dict[str, Any]:
    """Everything, in a stack that has ended afterwards; the figures by what they are of."""
    week = make_week(folder / "week")
    week.edit("max_alert_rate = 0.75", "max_alert_rate = 0.9")  # its model is quick, and weak
    os.environ["FRAUD_ASSETS_CONTRACT"] = str(week.contract)
    with webhook() as (url, notices):
        os.environ["FRAUD_ASSETS_WEBHOOK"] = url
        place = Place.at(folder / "stack", is_free=True)
        supervisor = Supervisor(place, all_programs(place))
        os.environ |= place.environment
        began = time.monotonic()
        try:
            supervisor.up()
            up_seconds = time.monotonic() - began
            found = _at_work(place, supervisor, Load.of(week.folder, place), notices)
            return {"up_seconds": round(up_seconds, 1)} | found
        finally:
            supervisor.down()


def _at_work(
    place: Place, supervisor: Supervisor, load: Load, notices: list[dict[str, str]]
) -> dict[str, Any]:
    address = place.url("http", "webserver")
    ui = Ui(address)
    store = Store(place.models, Keys(place.folder / "keys"))
    materialize_all(address)
    first = ui.newest()
    wait_until(lambda: ui.is_ended(first), PATIENCE)
    if ui.status(first) != "SUCCESS":
        raise SystemExit(f"The first week ended in {ui.status(first)}: {ui.why(first)}")
    wait_until(lambda: are_ready(supervisor.programs), PATIENCE)
    before = store.history()
    load.start()
    second = launch(address, WEEK)
    wait_until(lambda: ui.has_started(second), PATIENCE)
    harms = _harmed(Harm(supervisor, load, lambda: ui.status(ui.last_try(second))), ui, second)
    wait_until(lambda: ui.is_ended(ui.last_try(second)), PATIENCE)
    moves = store.history(is_thorough=True)
    load.wait_for_version(moves[-1].version)
    load.stop()
    answered = sum(one.status == 200 for one in load.answers)
    return {
        "launched": "by clicks: Materialize all, then the Launchpad",
        "requests": len(load.answers),
        "answered_200": answered,
        "repeated": load.repeated,
        "no_request_failed": not load.failures and answered == len(load.answers) > 0,
        "failures": load.failures[:5],
        "slowest_ms": round(1000 * max(one.took for one in load.answers)),
        "tries_of_the_run": ui.tries(second),
        "no_run_lost": ui.status(ui.last_try(second)) == "SUCCESS",
        "why": ui.why(second),
        "one_promotion": len(moves) == len(before) + 1,
        "lost_worker_was_told": is_told(notices, second),
        "both_services_follow": load.versions_now() == {moves[-1].version},
        **on_record(place, load),
        **secrets(place, supervisor),
        "harms": harms,
    }


def _harmed(harm: Harm, ui: Ui, run_id: str) -> list[Harmed]:
    """One after the other; what concerns the run comes first, while it lasts."""
    done = [harm.killed("scoring-1")]
    wait_until(lambda: ui.steps_done(run_id) >= 1, PATIENCE)
    done.append(harm.restarted("postgres"))
    process = ui.process(run_id)
    done.append(harm.done("the run's process killed", lambda: os.kill(process, signal.SIGKILL)))
    restarted = ("s3", "webserver", "valkey", "daemon", "scoring-2")
    done += [harm.restarted(name) for name in restarted]
    done += [harm.killed(name) for name in ("dask-worker-1", "valkey", "s3", "scoring-2")]
    return done
