"""The whole stack at work: a week launched as the UI does, payments all the while, things killed.

`python -m benchmarks.stack` starts a stack of its own on free ports, publishes a first week, and
then, while payments are posted through the balancer without pause: launches the next week, kills
a scoring service (kill -9), restarts PostgreSQL in the middle of the run, and kills the run's own
process. At the end no request failed, no run was lost, one version was promoted, the webhook was
told of the lost worker, every acknowledged payment is on record once, and no password is in what
anybody sees. Exits with 1 where one of it is not so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.finish import finish
from benchmarks.stack_load import Load
from benchmarks.stack_runs import Ui, webhook
from fraud_assets.decisions.reading import read_decisions
from fraud_assets.decisions.verify import verify_log
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from stack.place import Place
from stack.program import all_programs
from stack.supervisor import Supervisor
from stack.table import printed, rows_of
from tests.waiting import wait_until
from tests.weeks import make_week

OUT = Path(__file__).parent / "out" / "stack.json"
PATIENCE = 900.0
WEEKS = ("2025-06-30", "2025-06-30")  # the same payments twice: a tie, which the gate lets pass


def main() -> int:
    """Do it, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the stack's folder behind")
    args = parser.parse_args()
    # Whoever ends this ends the stack too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended before its end."))
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="fraud-stack-"))
    folder.chmod(0o711)  # PostgreSQL's user may reach its part
    try:
        found = attempt(folder)
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)
    held = {name: value for name, value in found.items() if isinstance(value, bool)}
    table = "\n".join(f"{name:<34} {value}" for name, value in found.items())
    finish(table, found, OUT, started)
    return 0 if all(held.values()) else 1


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
    ui = Ui(place.url("http", "webserver"))
    store = Store(place.models, Keys(place.folder / "keys"))
    first = ui.launch(WEEKS[0])
    wait_until(lambda: ui.is_ended(first), PATIENCE)
    if ui.status(first) != "SUCCESS":
        raise SystemExit(f"The first week ended in {ui.status(first)}: {ui.why(first)}")
    wait_until(lambda: all(one.is_ready() for one in supervisor.programs), PATIENCE)
    before = store.history()
    load.start()
    second = ui.launch(WEEKS[1])
    wait_until(lambda: ui.status(second) == "STARTED", PATIENCE)
    killed = _kill(supervisor, "scoring-1")
    wait_until(lambda: ui.steps_done(second) >= 1, PATIENCE)
    down = _restart(supervisor, "postgres")
    os.kill(ui.process(second), signal.SIGKILL)
    wait_until(lambda: ui.is_ended(ui.last_try(second)), PATIENCE)
    wait_until(lambda: all(one.is_ready() for one in supervisor.programs), PATIENCE)
    moves = store.history(is_thorough=True)
    load.wait_for_version(moves[-1].version)
    load.stop()
    return {
        "requests": load.sent,
        "answered_200": load.answered,
        "repeated": load.repeated,
        "no_request_failed": not load.failures and load.answered == load.sent > 0,
        "failures": load.failures[:5],
        "slowest_ms": round(load.slowest * 1000),
        "service_killed": killed,
        "postgres_down_seconds": round(down, 1),
        "tries_of_the_run": ui.tries(second),
        "no_run_lost": ui.status(ui.last_try(second)) == "SUCCESS",
        "why": ui.why(second),
        "one_promotion": len(moves) == len(before) + 1,
        "lost_worker_was_told": _is_told(notices, second),
        "both_services_follow": load.versions_now() == {moves[-1].version},
        **_on_record(place, load),
        **_secrets(place, supervisor),
    }


def _kill(supervisor: Supervisor, name: str) -> str:
    _, pid = supervisor.state(name)
    os.kill(pid, signal.SIGKILL)
    return f"{name}, process {pid}"


def _restart(supervisor: Supervisor, name: str) -> float:
    """Seconds from the stop until it answers again."""
    program = next(one for one in supervisor.programs if one.name == name)
    started = time.monotonic()
    supervisor.restart(name)
    wait_until(program.is_ready, PATIENCE)
    return time.monotonic() - started


def _is_told(notices: list[dict[str, str]], run_id: str) -> bool:
    """Whether the webhook heard of the run's failure, and that it is tried again."""

    def heard() -> bool:
        return any(one.get("run_id") == run_id and "run again" in one["text"] for one in notices)

    try:
        wait_until(heard, 180)
    except AssertionError:
        return False
    return True


def _on_record(place: Place, load: Load) -> dict[str, Any]:
    """Whether each payment that was acknowledged stands there once, by the id it was told."""
    log = place.folder / "decisions"
    decisions = read_decisions(log)
    ids: dict[str, list[str]] = {}
    for decision in decisions:
        ids.setdefault(decision.payment_id, []).append(decision.decision_id)
    missing = [one for one, told in load.acknowledged.items() if told not in ids.get(one, [])]
    twice = [one for one in load.acknowledged if len(ids.get(one, [])) > 1]
    return {
        "decisions_on_record": len(decisions),
        "acknowledged": len(load.acknowledged),
        "every_acknowledged_on_record_once": not missing and not twice,
        "missing": missing[:5],
        "twice": twice[:5],
        "the_record_holds": not verify_log(log).difference,
    }


def _secrets(place: Place, supervisor: Supervisor) -> dict[str, Any]:
    """Whether a password is in the table, a log, or anything that Dagster keeps."""
    import psycopg  # noqa: PLC0415 - the stack's

    shown = {"table": printed(place, rows_of(supervisor, supervisor.programs))}
    shown |= {file.name: file.read_text(errors="replace") for file in place.logs.iterdir()}
    with psycopg.connect(place.environment["DAGSTER_POSTGRES_URL"]) as connection:
        for table in ("event_logs", "runs", "run_tags", "job_ticks", "daemon_heartbeats"):
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            shown[table] = str(rows)
    found = {
        name: where
        for name, secret in place.passwords.items()
        for where, text in shown.items()
        if secret in text
    }
    return {"no_password_is_seen": not found, "passwords_seen": found}


if __name__ == "__main__":
    sys.exit(main())
