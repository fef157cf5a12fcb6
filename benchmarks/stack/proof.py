"""What the stack left behind: the record, the webhook's notices, and what people may see."""

from __future__ import annotations

from typing import Any

from benchmarks.stack.load import Load
from fraud_assets.decisions.reading import read_decisions, read_labels
from fraud_assets.decisions.verify import verify_log
from stack.place import Place
from stack.supervisor import Supervisor
from stack.table import printed, rows_of
from tests.waiting import wait_until


def is_told(notices: list[dict[str, str]], run_id: str) -> bool:
    """Whether the webhook heard of the run's failure, and that it is tried again."""

    def heard() -> bool:
        return any(one.get("run_id") == run_id and "run again" in one["text"] for one in notices)

    try:
        wait_until(heard, 180)
    except AssertionError:
        return False
    return True


def on_record(place: Place, load: Load) -> dict[str, Any]:
    """Whether each payment that was acknowledged stands there once, by the id it was told."""
    log = place.folder / "decisions"
    decisions = read_decisions(log)
    ids: dict[str, list[str]] = {}
    for decision in decisions:
        ids.setdefault(decision.payment_id, []).append(decision.decision_id)
    labels = {label.payment_id for label in read_labels(log)}
    missing = [one for one, told in load.acknowledged.items() if told not in ids.get(one, [])]
    twice = [one for one in load.acknowledged if len(ids.get(one, [])) > 1]
    return {
        "decisions_on_record": len(decisions),
        "acknowledged": len(load.acknowledged),
        "every_acknowledged_on_record_once": not missing and not twice,
        "every_label_on_record": load.labelled <= labels,
        "missing": missing[:5],
        "twice": twice[:5],
        "the_record_holds": not verify_log(log).difference,
    }


def secrets(place: Place, supervisor: Supervisor) -> dict[str, Any]:
    """Whether a password is in the table, a file that others may read, or what Dagster keeps."""
    import psycopg  # noqa: PLC0415 - the stack's

    shown = {"table": printed(place, rows_of(supervisor, supervisor.programs))}
    for file in place.folder.rglob("*"):
        if file.is_file() and not file.is_relative_to(place.private):
            shown[str(file)] = file.read_bytes().decode("latin-1")
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
